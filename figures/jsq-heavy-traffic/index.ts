import type { FigureSource } from "../figure.js";
import { distanceFigure } from "./distance.js";
import { errorFigure } from "./error.js";
import { lawFigure } from "./law.js";
import { regimesFigure } from "./regimes.js";

/** The theorems of Hurtado-Lange and Maguluri (2020) about growing fleets in heavy traffic. */
export const jsqHeavyTrafficFigures: readonly FigureSource[] = [lawFigure, distanceFigure, errorFigure, regimesFigure];
