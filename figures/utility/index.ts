import type { FigureSource } from "../figure.js";
import { distancesFigure } from "./distances.js";
import { figureThree } from "./figure-3.js";
import { fluidFigure } from "./fluid.js";
import { servicesFigure } from "./services.js";
import { suboptimalityFigure } from "./suboptimality.js";
import { tableOneFigure } from "./table-1.js";
import { trackingFigure } from "./tracking.js";

/** Numerical results of Goldsztajn, Borst and van Leeuwaarden (2023), and its theorems on transient behaviour. */
export const utilityFigures: readonly FigureSource[] = [
  ...[figureThree, tableOneFigure, fluidFigure, trackingFigure],
  ...[distancesFigure, suboptimalityFigure, servicesFigure],
];
