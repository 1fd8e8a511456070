import { type Family, family, formsOf, readMember } from "../model/family.js";
import type { Rate } from "../model/units.js";
import { generalPolicies, policyNamed, simulatedPolicies, simulatedPolicyNamed } from "../policies/index.js";
import { jiqOptions } from "../policies/jiq.js";
import { jsqDOptions, MOST_CHOICES } from "../policies/jsq-d.js";
import { leastConnectionsOptions } from "../policies/least-connections.js";
import type { PolicyFactory } from "../policies/policy.js";
import { redundancyOptions } from "../policies/redundancy-d.js";
import { tieOptions } from "../policies/ties.js";
import {
  byExpectedDelay,
  byLength,
  byLengthAndOnePerRate,
  byLengthPerRate,
  byLengthThenSpeed,
  type Preference,
} from "../theory/queues/preferences.js";
import {
  bestOfAllLaw,
  bestOfDrawnLaw,
  jfsqLaw,
  jiqLaw,
  jsqDLaw,
  jsqLaw,
  type RoutingLaw,
  randomLaw,
  weightedRandomLaw,
} from "../theory/queues/routing-laws.js";
import type { RoutedBy } from "../theory/stability.js";
import { oneOf, type ParameterDefinition, wholeNumber } from "./parameters.js";

/** The routing parameters of a scenario. */
export interface RoutingOptions {
  /** As `policyNamed` parses it. */
  readonly policy: string;
  /** d of jsq-d. */
  readonly choices: number;
  readonly replacement: "yes" | "no";
}

/** A parameter that takes any general policy. */
export function policyParameter(policy: string, description: string) {
  return policyOfFamilies(policy, description, generalPolicies, policyNamed);
}

/** A parameter that takes any general policy, and those for virtual time only. */
export function simulatedPolicyParameter(policy: string, description: string) {
  return policyOfFamilies(policy, description, simulatedPolicies, simulatedPolicyNamed);
}

function policyOfFamilies(
  policy: string,
  description: string,
  families: readonly Family<PolicyFactory>[],
  read: (text: string) => PolicyFactory,
) {
  return {
    description,
    unit: "",
    default: policy,
    range: `${formsOf(families)} | ./FILE.mjs`,
    parse(text) {
      read(text);
      return text;
    },
  } satisfies ParameterDefinition<string>;
}

/** A policy parameter, with parameters for the options of jsq-d. */
export function routingParameters(policy: string, theorems: string) {
  return {
    policy: policyParameter(policy, `routing policy; the theorems are about ${theorems}`),
    choices: {
      description: "d, the number of servers that jsq-d samples; used when policy is plain jsq-d",
      unit: "",
      default: "2",
      range: "whole number >= 1",
      parse: wholeNumber(1, MOST_CHOICES),
    },
    replacement: {
      description: "whether jsq-d samples servers with replacement; used when policy is plain jsq-d",
      unit: "",
      default: "no",
      range: "yes | no",
      parse: oneOf("yes", "no"),
    },
  } satisfies Record<string, ParameterDefinition<unknown>>;
}

const jsqD = [family("jsq-d", jsqDOptions, (options) => options)];
const jiq = [family("jiq", jiqOptions, ({ tokens }) => tokens)];
const redundancy = [family("redundancy-d", redundancyOptions, (options) => options)];

/**
 * The same routing in the form that theorems use: a policy with default options by its plain name, and the options of jsq-d in
 * `choices` and `replacement`.
 */
export function plainRouting<V extends RoutingOptions>(values: V): V {
  const [name, options] = values.policy.split(/:(.*)/s);
  if (options === undefined) return values;
  const drawn = jsqDOptionsOf(values.policy);
  if (drawn !== undefined)
    return { ...values, policy: name, choices: drawn.d, replacement: drawn.replacement ? "yes" : "no" };
  const isPlain = generalPolicies.find((policy) => policy.name === name)?.isPlain(options);
  return isPlain ? { ...values, policy: name } : values;
}

/** The options of a policy written as for `policyNamed` if it is jsq-d; undefined otherwise. */
export function jsqDOptionsOf(policy: string): { readonly d: number; readonly replacement: boolean } | undefined {
  return nameOf(policy) === "jsq-d" ? readMember("policy", jsqD, policy) : undefined;
}

/** A policy that sends each job to the best of d servers drawn at random. */
export interface BestOfDrawn {
  readonly d: number;
  readonly replacement: boolean;
  /** Which is the best; `work` by the work left, which is no function of queue lengths. */
  readonly best: Preference | "work";
}

const bestOf: readonly Family<BestOfDrawn>[] = [
  ...(
    [
      ["jsq-d", byLength],
      ["sed-d", byExpectedDelay],
      ["jfsq-d", byLengthThenSpeed],
      ["ll-d", "work"],
    ] as const
  ).map(([name, best]) => family(name, jsqDOptions, (options): BestOfDrawn => ({ ...options, best }))),
];

/** The policy, written as for `policyNamed`, if it is one of these; undefined otherwise. */
export function bestOfDrawn(policy: string): BestOfDrawn | undefined {
  return bestOf.some(({ name }) => name === nameOf(policy)) ? readMember("policy", bestOf, policy) : undefined;
}

/** The options of a policy written as for `policyNamed` if it is redundancy-d; undefined otherwise. */
export function redundancyOptionsOf(policy: string) {
  return nameOf(policy) === "redundancy-d" ? readMember("policy", redundancy, policy) : undefined;
}

/** Which dispatchers an idle server tells so under jiq, written as for `policyNamed`; undefined of other policies. */
export function tokensOfJiq(policy: string): "one" | "all" | undefined {
  return nameOf(policy) === "jiq" ? readMember("policy", jiq, policy) : undefined;
}

/** The policy for the dispatcher. */
export function policyOf(options: RoutingOptions): PolicyFactory {
  return policyNamed(policyTextOf(options));
}

/** The routing law of the policy, for theory; undefined if there is none. */
export function routingLawOf(options: RoutingOptions): RoutingLaw | undefined {
  return routingLawNamed(policyTextOf(options));
}

/** Policies that theory solves exactly: functions of queue lengths and rates. Other policies are only simulated. */
const laws: readonly Family<RoutingLaw | undefined>[] = [
  family("jsq", tieOptions, ({ ties }) => (ties === "uniform" ? jsqLaw : undefined)),
  family("jfsq", tieOptions, ({ ties }) => (ties === "uniform" ? jfsqLaw : undefined)),
  family("jsq-d", jsqDOptions, ({ d, replacement }) => jsqDLaw(d, replacement)),
  family("jiq", jiqOptions, () => jiqLaw),
  family("random", {}, () => randomLaw),
];

/** Likewise, but they may give more than an equal share to a server with the longest queue, if it is fast. */
const lawsByRates: readonly Family<RoutingLaw | undefined>[] = [
  ...laws,
  family("sed", {}, () => bestOfAllLaw(byExpectedDelay)),
  family("least-connections", leastConnectionsOptions, ({ variant }) => {
    if (variant === "envoy") return undefined;
    return bestOfAllLaw(variant === "nginx" ? byLengthPerRate : byLengthAndOnePerRate);
  }),
  family("sed-d", jsqDOptions, ({ d, replacement }) => bestOfDrawnLaw(d, replacement, byExpectedDelay)),
  family("jfsq-d", jsqDOptions, ({ d, replacement }) => bestOfDrawnLaw(d, replacement, byLengthThenSpeed)),
  family("weighted-random", {}, () => weightedRandomLaw),
];

/**
 * The routing law of a policy written as for `policyNamed`; undefined if there is none, or if it may give more than an equal share to a server
 * with the longest queue.
 */
export function routingLawNamed(policy: string): RoutingLaw | undefined {
  return lawAmong(laws, policy);
}

/** The routing law of a policy written as for `policyNamed`, for finite buffers; undefined if there is none. */
export function anyRoutingLawNamed(policy: string): RoutingLaw | undefined {
  return lawAmong(lawsByRates, policy);
}

function lawAmong(families: readonly Family<RoutingLaw | undefined>[], policy: string): RoutingLaw | undefined {
  return families.some(({ name }) => name === nameOf(policy)) ? readMember("policy", families, policy) : undefined;
}

/** What stability depends on besides the policy: the rates of the servers, and the name of the law of the sizes. */
type Routes = (rates: readonly Rate[], sizes: string) => RoutedBy;

/** How policies route, as far as stability depends on it. */
const routes: readonly Family<Routes>[] = [
  family("jsq", tieOptions, () => () => ({ kind: "all-servers" })),
  family("jfsq", tieOptions, () => () => ({ kind: "all-servers" })),
  family("sed", {}, () => () => ({ kind: "all-servers" })),
  family("least-work", {}, () => () => ({ kind: "all-servers" })),
  family("least-connections", leastConnectionsOptions, ({ variant }) => () => ({
    kind: variant === "envoy" ? "other" : "all-servers",
  })),
  ...["jsq-d", "sed-d", "jfsq-d", "ll-d"].map((name) =>
    family(
      name,
      jsqDOptions,
      ({ d: choices, replacement }) =>
        (): RoutedBy => ({
          kind: "d-choices",
          choices,
          replacement,
        }),
    ),
  ),
  family("redundancy-d", redundancyOptions, ({ d: choices, copies }) => (_rates, sizes): RoutedBy => {
    if (copies === "identical") return { kind: "other" };
    if (sizes === "exponential") return { kind: "d-choices", choices, replacement: false };
    return {
      kind: "unknown",
      why: `sizes are ${sizes}: the first copy to be done may be much less work than the job, or hardly less`,
    };
  }),
  family("jiq", jiqOptions, () => () => ({ kind: "jiq" })),
  family("random", {}, () => () => ({ kind: "random" })),
  family("round-robin", {}, () => () => ({ kind: "round-robin" })),
  ...["weighted-random", "weighted-round-robin"].map((name) =>
    family(
      name,
      {},
      () =>
        (weights: readonly Rate[]): RoutedBy => ({ kind: "weighted", weights }),
    ),
  ),
];

/**
 * How a policy written as for `policyNamed` routes servers of these rates, as far as stability depends on it.
 *
 * @param sizes the name of the law of the sizes
 */
export function routedBy(policy: string, rates: readonly Rate[], sizes: string): RoutedBy {
  const isKnown = routes.some(({ name }) => name === nameOf(policy));
  return isKnown ? readMember("policy", routes, policy)(rates, sizes) : { kind: "other" };
}

/** Whether a policy is known to give servers of equal rates the same part of the jobs in the long run: not where some number goes first. */
export function treatsAlike(policy: string): boolean {
  const hasLaw = laws.some(({ name }) => name === nameOf(policy));
  return hasLaw ? routingLawNamed(policy) !== undefined : routedBy(policy, [1], "exponential").kind !== "other";
}

/** Whether jobs only join a shortest queue under the policy. */
export function joinsShortest({ policy }: Pick<RoutingOptions, "policy">): boolean {
  return nameOf(policy) === "jsq" || nameOf(policy) === "jfsq";
}

/** The policy with its options, as `policyNamed` parses it. */
export function policyTextOf({ policy, choices, replacement }: RoutingOptions): string {
  return policy === "jsq-d" ? `jsq-d:d=${choices}:replacement=${replacement}` : policy;
}

function nameOf(policy: string): string {
  return policy.split(":", 1)[0];
}
