import type { FigureSource } from "../figure.js";
import { rushHourFigure } from "./rush-hour.js";

/** Fleets of servers of several speeds. */
export const fleetFigures: readonly FigureSource[] = [rushHourFigure];
