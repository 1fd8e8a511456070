import { claimsOf } from "../../experiments/evidence.js";
import type { Experiment } from "../../experiments/scenario.js";
import type { RateScalingQuantity } from "../../scenarios/rate-scaling/quantities.js";
import type { SimulationOutput } from "../../simulator/simulation.js";
import type { PredictionKind } from "../../theory/prediction.js";
import type { Point } from "../figure.js";

/** The conditions of a simulated run. */
const PROMPT = { messageDelay: 0, heldUpFraction: 0 };

/** What runs measured of a quantity, one at each value of the axis. */
export function measuredPoints(
  values: readonly number[],
  outputs: readonly SimulationOutput[],
  name: RateScalingQuantity,
): Point[] {
  return values.flatMap((x, i) => {
    const found = outputs[i].quantities.find((quantity) => quantity.name === name);
    if (found === undefined || found.measured === null) return [];
    const { measured, ciLow, ciHigh } = found;
    return [{ x, y: measured, ...(ciLow === null || ciHigh === null ? {} : { low: ciLow, high: ciHigh }) }];
  });
}

/** The first prediction of one of these kinds at each value of the axis, with its error. */
export function predictedPoints(
  values: readonly number[],
  experiments: readonly Experiment[],
  name: RateScalingQuantity,
  kinds: readonly PredictionKind[],
): Point[] {
  return values.flatMap((x, i) => {
    const claims = claimsOf(experiments[i], PROMPT).get(name) ?? [];
    const claim = claims.find(({ kind }) => kinds.includes(kind));
    if (claim === undefined || !("value" in claim)) return [];
    const { value: y, modelError } = claim;
    return [{ x, y, ...(modelError === 0 ? {} : { low: y - modelError, high: y + modelError }) }];
  });
}

/** A bound of a quantity at each value of the axis. */
export function boundPoints(
  values: readonly number[],
  experiments: readonly Experiment[],
  name: RateScalingQuantity,
  side: "atMost" | "atLeast",
): Point[] {
  return values.flatMap((x, i) => {
    const claims = claimsOf(experiments[i], PROMPT).get(name) ?? [];
    return claims.flatMap((claim) => {
      const y = side === "atMost" ? "atMost" in claim && claim.atMost : "atLeast" in claim && claim.atLeast;
      return y === false ? [] : [{ x, y }];
    });
  });
}
