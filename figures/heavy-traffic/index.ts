import type { FigureSource } from "../figure.js";
import { collapseFigure } from "./collapse.js";
import { distanceFigure } from "./distance.js";
import { lawFigure } from "./law.js";
import { waitingFigure } from "./waiting.js";

/** What the theorems of Hurtado-Lange and Maguluri, and of Liu and Ying, say of growing fleets in heavy traffic. */
export const heavyTrafficFigures: readonly FigureSource[] = [lawFigure, distanceFigure, collapseFigure, waitingFigure];
