import { UserError } from "../model/errors.js";
import { type Family, readMember } from "../model/family.js";
import { definition as fixedClass } from "./class.js";
import { definition as consistentHash } from "./consistent-hash.js";
import { definition as jfsq } from "./jfsq.js";
import { definition as jfsqD } from "./jfsq-d.js";
import { definition as jiq } from "./jiq.js";
import { definition as jlmu } from "./jlmu.js";
import { definition as jsq } from "./jsq.js";
import { definition as jsqD } from "./jsq-d.js";
import { definition as jsqDOnGraph } from "./jsq-d-graph.js";
import { definition as jsqDMemory } from "./jsq-d-memory.js";
import { definition as leastConnections } from "./least-connections.js";
import { definition as leastWork } from "./least-work.js";
import { definition as llD } from "./ll-d.js";
import { definition as peakEwma } from "./peak-ewma.js";
import { plugIns } from "./plug-in.js";
import type { Configuration, PolicyDefinition, PolicyFactory, PoolSetting } from "./policy.js";
import { definition as prequal } from "./prequal.js";
import { definition as random } from "./random.js";
import { definition as redundancyD } from "./redundancy-d.js";
import { definition as roundRobin } from "./round-robin.js";
import { definition as sed } from "./sed.js";
import { definition as sedD } from "./sed-d.js";
import { definition as slta } from "./slta.js";
import { definition as weightedRandom } from "./weighted-random.js";
import { definition as weightedRoundRobin } from "./weighted-round-robin.js";

export type { Fleet, FleetIndex } from "./indexes/fleet.js";
export type { PlugIn, PlugInFactory } from "./plug-in.js";
export type { Job, Knowledge, Policy, PolicyFactory, PolicyInformation, Probes, Thresholds } from "./policy.js";

/** Every policy. Its name is the same in file name, parameter and metric label, and suffices by itself: every option has a default. */
export const policies: readonly PolicyDefinition[] = [
  ...[jiq, jfsq, jsq, jsqD, random, roundRobin],
  ...[weightedRandom, weightedRoundRobin, sed, sedD, jfsqD, leastConnections, leastWork, llD],
  ...[jsqDMemory, peakEwma, prequal, consistentHash],
  redundancyD,
  ...[jlmu, slta, fixedClass],
  jsqDOnGraph,
];

/** Policies for any fleet. */
export const generalPolicies: readonly Family<PolicyFactory>[] = policies.flatMap((policy) =>
  policy.fleet === "any" ? [policy.family] : [],
);

/** Policies for any fleet in virtual time. */
export const simulatedPolicies: readonly Family<PolicyFactory>[] = policies.flatMap((policy) =>
  policy.fleet === "any" || policy.fleet === "simulated" ? [policy.family] : [],
);

/** The policy that one is where all servers are equally fast; undefined if that is itself. */
export function amongEquals(name: string): string | undefined {
  return policies.find(({ family }) => family.name === name)?.guide.amongEquals;
}

/** The lines of configuration that switch a policy on, by product; empty where none has it with these options. */
export function configurationOf(text: string): Configuration {
  const [name, options] = text.split(/:(.*)/s);
  const found = policies.find(({ fleet, family }) => fleet === "any" && family.name === name);
  if (found === undefined) return {};
  const { configuration = {}, configurations = {} } = found.guide;
  return found.family.isPlain(options) ? configuration : (configurations[options] ?? {});
}

/** Policies for server pools: those specific to pools, and all general ones. */
export const poolPolicies: readonly Family<(setting: PoolSetting) => PolicyFactory>[] = policies.flatMap((policy) => {
  if (policy.fleet === "graph" || policy.fleet === "simulated") return [];
  if (policy.fleet === "pools") return [policy.family];
  const { family } = policy;
  return [{ ...family, read: (options: string | undefined) => () => family.read(options) }];
});

/**
 * Parses a general policy: `jsq`, `jsq-d:3`, `jsq-d:d=3:replacement=yes`, or the module of a plug-in that was loaded.
 *
 * @throws UserError listing the known policies, or naming the invalid option
 */
export function policyNamed(text: string): PolicyFactory {
  return plugIns.get(text) ?? readPolicy(generalPolicies, text);
}

/** Parses a general policy, or one for virtual time only. Throws UserError as `policyNamed` does. */
export function simulatedPolicyNamed(text: string): PolicyFactory {
  return plugIns.get(text) ?? readPolicy(simulatedPolicies, text);
}

/** Parses a policy for server pools. Throws UserError as `policyNamed` does. */
export function poolPolicyNamed(text: string, setting: PoolSetting): PolicyFactory {
  return plugIns.get(text) ?? readPolicy(poolPolicies, text)(setting);
}

function readPolicy<T>(families: readonly Family<T>[], text: string): T {
  const [name] = text.split(":", 1);
  if (simulatedPolicies.some((one) => one.name === name) && !families.some((one) => one.name === name))
    throw new UserError(`policy "${text}": only \`simulate fleet\` has it, in virtual time; use another policy`);
  if (/\/|\.[cm]?js$/.test(text))
    throw new UserError(`policy "${text}": a module is used only if the command line of this process names it`);
  if (text.includes(","))
    throw new UserError(`policy "${text}": commas separate policies; write options as in jsq-d:d=3:replacement=yes`);
  return readMember("policy", families, text);
}
