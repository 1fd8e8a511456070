import type { FigureSource } from "../figure.js";
import { collapseFigure } from "./collapse.js";
import { waitingFigure } from "./waiting.js";

/** The theorems of Liu and Ying (2025) about growing fleets of unequal servers. */
export const jfsqZeroWaitingFigures: readonly FigureSource[] = [collapseFigure, waitingFigure];
