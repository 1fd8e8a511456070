import { UserError } from "../model/errors.js";
import { balancer } from "./balancer.js";
import { jfsqZeroWaiting } from "./jfsq-zero-waiting.js";
import { jsqHeavyTraffic } from "./jsq-heavy-traffic.js";
import { rateScaling } from "./rate-scaling.js";
import type { Scenario } from "./scenario.js";
import { spatialGraphs } from "./spatial-graphs.js";
import { utility } from "./utility.js";

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  rateScaling,
  jsqHeavyTraffic,
  jfsqZeroWaiting,
  utility,
  spatialGraphs,
  balancer,
];

/** The scenario of that name. Throws UserError naming those there are. */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    throw new UserError(`unknown scenario "${name}": use one of ${scenarios.map((s) => s.name).join(", ")}`);
  }
  return scenario;
}
