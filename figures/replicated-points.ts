import { acrossRuns, meanOf } from "../model/statistics/across-runs.js";
import { decayExponent } from "../model/statistics/decay-exponent.js";
import { confidenceInterval } from "../model/statistics/interval.js";
import type { QuantityName } from "../scenarios/index.js";
import type { SimulationOutput } from "../simulator/simulation.js";
import { CONFIDENCE, type Point } from "./figure.js";

/** A quantity over replications of one system, times a factor, at `x`, with its individual interval. */
export function averaged(
  x: number,
  outputs: readonly SimulationOutput[],
  name: QuantityName,
  factor = 1,
): Required<Point> {
  const { value, interval } = acrossRuns(
    outputs.map(({ estimates }) => estimates[name]),
    CONFIDENCE,
  );
  return { x, y: factor * value, low: factor * interval.low, high: factor * interval.high };
}

/** The mean of values of independent runs, at `x`, with its individual interval. */
export function meanPoint(x: number, values: readonly number[]): Required<Point> {
  const mean = meanOf(values);
  return { x, y: mean.value, ...confidenceInterval(mean, CONFIDENCE) };
}

/** The exponent with which a quantity falls as x grows, and its interval, as cells of a table: null where points are too few. */
export function decayCells(points: readonly Required<Point>[]): (number | null)[] {
  const sized = points.map(({ x, y, low, high }) => ({ size: x, value: y, halfWidth: (high - low) / 2 }));
  const exponent = decayExponent(sized, CONFIDENCE);
  if (!Number.isFinite(exponent.standardError)) return [null, null, null];
  const { low, high } = confidenceInterval(exponent, CONFIDENCE);
  return [exponent.value, low, high];
}
