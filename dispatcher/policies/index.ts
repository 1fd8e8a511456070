import { UserError } from "../../model/errors.js";
import { jfsq } from "./jfsq.js";
import { jiq } from "./jiq.js";
import { jsq } from "./jsq.js";
import { jsqD, parseJsqDOptions } from "./jsq-d.js";
import type { PolicyFactory } from "./policy.js";
import { random } from "./random.js";
import { roundRobin } from "./round-robin.js";
import { parseTies } from "./ties.js";

export { fixedClass } from "./fixed-class.js";
export { jlmu } from "./jlmu.js";
export { jsqDOnGraph } from "./jsq-d-graph.js";
export type { PolicyFactory, PolicyInformation } from "./policy.js";
export { slta } from "./slta.js";

/** Every policy by the one name it has everywhere: file, parameter, metric label. */
export const policies: ReadonlyMap<string, PolicyFactory> = new Map([
  ["jiq", jiq],
  ["jfsq", jfsq("uniform")],
  ["jsq", jsq("uniform")],
  ["jsq-d", jsqD({ choices: 2, replacement: false })],
  ["random", random],
  ["round-robin", roundRobin],
]);

/**
 * The policy of that name. `jsq-d` alone draws two distinct servers; `jsq-d:CHOICES` draws that many, and
 * `jsq-d:CHOICES,with-replacement` may draw one more than once. `jsq:lowest-number` and `jfsq:lowest-number` break
 * ties by the servers' numbers instead of at random. Throws UserError naming the policies there are.
 */
export function policyNamed(name: string): PolicyFactory {
  if (name.startsWith("jsq-d:")) return jsqD(parseJsqDOptions(name.slice("jsq-d:".length)));
  if (name.startsWith("jsq:")) return jsq(parseTies("jsq", name.slice("jsq:".length)));
  if (name.startsWith("jfsq:")) return jfsq(parseTies("jfsq", name.slice("jfsq:".length)));
  const policy = policies.get(name);
  if (policy === undefined)
    throw new UserError(`unknown policy "${name}": use one of ${[...policies.keys()].join(", ")}`);
  return policy;
}
