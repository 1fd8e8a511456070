import { useOneOf } from "../model/did-you-mean.js";
import { UserError } from "../model/errors.js";
import type { FigureSource } from "./figure.js";
import { fleetFigures } from "./fleet/index.js";
import { jfsqZeroWaitingFigures } from "./jfsq-zero-waiting/index.js";
import { jsqHeavyTrafficFigures } from "./jsq-heavy-traffic/index.js";
import { rateScalingFigures } from "./rate-scaling/index.js";
import { spatialGraphsFigures } from "./spatial-graphs/index.js";
import { utilityFigures } from "./utility/index.js";

/** All figures. */
export const figureSources: readonly FigureSource[] = [
  ...rateScalingFigures,
  ...utilityFigures,
  ...spatialGraphsFigures,
  ...jsqHeavyTrafficFigures,
  ...jfsqZeroWaitingFigures,
  ...fleetFigures,
];

/** The source of the figure with this id. Throws UserError listing the valid ids. */
export function figureSourceOf(id: string): FigureSource {
  const source = figureSources.find((candidate) => candidate.id === id);
  if (source === undefined) {
    const known = figureSources.map((one) => one.id);
    throw new UserError(`unknown figure "${id}": ${useOneOf(id, known)}`);
  }
  return source;
}
