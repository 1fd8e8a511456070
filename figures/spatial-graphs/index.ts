import type { FigureSource } from "../figure.js";
import { graphsFigure } from "./graphs.js";
import { meanQueueFigure } from "./mean-queue.js";
import { pictureFigure } from "./picture.js";
import { stalenessFigure } from "./staleness.js";
import { tailFigure } from "./tails.js";
import { transientFigures } from "./transients.js";

/** Numerical experiments of Rutten and Mukherjee (2023), section 5, the effect of stale views, and pictures of graphs and their queues. */
export const spatialGraphsFigures: readonly FigureSource[] = [
  graphsFigure,
  meanQueueFigure,
  ...transientFigures,
  tailFigure,
  stalenessFigure,
  pictureFigure,
];
