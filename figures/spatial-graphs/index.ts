import type { FigureSource } from "../figure.js";
import { effectiveChoicesFigure } from "./effective-choices.js";
import { graphsFigure } from "./graphs.js";
import { meanQueueFigure } from "./mean-queue.js";
import { mixingFigure } from "./mixing.js";
import { pictureFigure } from "./picture.js";
import { graphServicesFigure } from "./services.js";
import { stalenessFigure } from "./staleness.js";
import { tailFigure } from "./tails.js";
import { transientFigures } from "./transients.js";

/** Numerical experiments of Rutten and Mukherjee (2023), section 5, the effect of stale views, and pictures of graphs and their queues. */
export const spatialGraphsFigures: readonly FigureSource[] = [
  graphsFigure,
  meanQueueFigure,
  ...transientFigures,
  tailFigure,
  effectiveChoicesFigure,
  mixingFigure,
  graphServicesFigure,
  stalenessFigure,
  pictureFigure,
];
