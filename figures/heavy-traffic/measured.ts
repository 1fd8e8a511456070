import { acrossRuns } from "../../model/statistics/across-runs.js";
import type { SimulationOutput } from "../../simulator/simulation.js";
import type { Point } from "../figure.js";

/** A quantity of several runs of one system together, times a factor, at `x`, in an interval by itself. */
export function averaged(
  x: number,
  outputs: readonly SimulationOutput[],
  name: string,
  confidence: number,
  factor = 1,
): Required<Point> {
  const { value, interval } = acrossRuns(
    outputs.map(({ estimates }) => estimates[name]),
    confidence,
  );
  return { x, y: factor * value, low: factor * interval.low, high: factor * interval.high };
}
