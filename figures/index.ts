import { UserError } from "../model/errors.js";
import type { FigureSource } from "./figure.js";
import { heavyTrafficFigures } from "./heavy-traffic/index.js";
import { rateScalingFigures } from "./rate-scaling/index.js";
import { spatialGraphsFigures } from "./spatial-graphs/index.js";
import { utilityFigures } from "./utility/index.js";

/** Every figure that can be made. */
export const figureSources: readonly FigureSource[] = [
  ...rateScalingFigures,
  ...utilityFigures,
  ...spatialGraphsFigures,
  ...heavyTrafficFigures,
];

/** The source of the figure of that id. Throws UserError naming those there are. */
export function figureSourceOf(id: string): FigureSource {
  const source = figureSources.find((candidate) => candidate.id === id);
  if (source === undefined) {
    throw new UserError(`unknown figure "${id}": use one of ${figureSources.map((s) => s.id).join(", ")}`);
  }
  return source;
}
