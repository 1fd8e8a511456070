import type { FigureSource } from "../figure.js";
import { tableOneFigure } from "./table-1.js";

/** Numerical results of Goldsztajn, Borst and van Leeuwaarden (2023). */
export const utilityFigures: readonly FigureSource[] = [tableOneFigure];
