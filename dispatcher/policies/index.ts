import { UserError } from "../../model/errors.js";
import { jiq } from "./jiq.js";
import type { PolicyFactory } from "./policy.js";
import { random } from "./random.js";
import { roundRobin } from "./round-robin.js";

/** Every policy by the one name it has everywhere: file, parameter, metric label. */
export const policies: ReadonlyMap<string, PolicyFactory> = new Map([
  ["jiq", jiq],
  ["random", random],
  ["round-robin", roundRobin],
]);

/** The policy of that name. Throws UserError naming those there are. */
export function policyNamed(name: string): PolicyFactory {
  const policy = policies.get(name);
  if (policy === undefined)
    throw new UserError(`unknown policy "${name}": use one of ${[...policies.keys()].join(", ")}`);
  return policy;
}
