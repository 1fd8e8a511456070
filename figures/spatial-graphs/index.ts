import type { FigureSource } from "../figure.js";
import { meanQueueFigure } from "./mean-queue.js";
import { pictureFigure } from "./picture.js";
import { tailFigure } from "./tails.js";
import { transientFigures } from "./transients.js";

/** Numerical experiments of Rutten and Mukherjee, section 5, and a picture of a graph with its queues. */
export const spatialGraphsFigures: readonly FigureSource[] = [
  meanQueueFigure,
  ...transientFigures,
  tailFigure,
  pictureFigure,
];
