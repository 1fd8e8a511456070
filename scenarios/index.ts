import type { Scenario } from "../experiments/scenario.js";
import { useOneOf } from "../model/did-you-mean.js";
import { UserError } from "../model/errors.js";
import { fleet } from "./fleet/index.js";
import type { FleetQuantity } from "./fleet/quantities.js";
import { jfsqZeroWaiting } from "./jfsq-zero-waiting/index.js";
import type { JfsqQuantity } from "./jfsq-zero-waiting/quantities.js";
import { jsqHeavyTraffic } from "./jsq-heavy-traffic/index.js";
import type { HeavyTrafficQuantity } from "./jsq-heavy-traffic/quantities.js";
import { rateScaling } from "./rate-scaling/index.js";
import type { RateScalingQuantity } from "./rate-scaling/quantities.js";
import { spatialGraphs } from "./spatial-graphs/index.js";
import type { SpatialGraphsQuantity } from "./spatial-graphs/quantities.js";
import { utility } from "./utility/index.js";
import type { TrackingQuantity, UtilityQuantity } from "./utility/quantities.js";

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  rateScaling,
  jsqHeavyTraffic,
  jfsqZeroWaiting,
  utility,
  spatialGraphs,
  fleet,
];

/** The quantities of any scenario. */
export type QuantityName =
  | RateScalingQuantity
  | HeavyTrafficQuantity
  | JfsqQuantity
  | UtilityQuantity
  | TrackingQuantity
  | SpatialGraphsQuantity
  | FleetQuantity;

/** Earlier names of scenarios, which are still understood. */
const ALIASES: Readonly<Record<string, string>> = { balancer: fleet.name };

/** The scenario of that name, or of that earlier name. Throws UserError naming those there are. */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === (ALIASES[name] ?? name));
  if (scenario === undefined) {
    const known = scenarios.map((one) => one.name);
    throw new UserError(`unknown scenario "${name}": ${useOneOf(name, known)}`);
  }
  return scenario;
}
