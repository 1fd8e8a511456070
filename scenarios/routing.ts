import { type PolicyFactory, policies, policyNamed } from "../dispatcher/policies/index.js";
import { jfsqLaw, jiqLaw, jsqDLaw, jsqLaw, type RoutingLaw, randomLaw } from "../theory/routing-laws.js";
import { MOST_CHOICES, oneOf, type ParameterDefinition, wholeNumber } from "./parameters.js";

/** Policies that look at queue lengths and rates at most, so that any of them can be set beside any other. */
const NAMES = ["jsq", "jfsq", "jsq-d", "jiq", "random", "round-robin"] as const;
export type RoutingName = (typeof NAMES)[number];

export interface RoutingOptions {
  readonly policy: RoutingName;
  readonly choices: number;
  readonly replacement: "with" | "without";
}

/** The parameters by which a scenario lets one choose a policy. */
export function routingParameters(policy: RoutingName, theorems: string) {
  return {
    policy: {
      description: `routing policy; the theorems are about ${theorems}`,
      unit: "",
      default: policy,
      range: NAMES.join(" | "),
      parse: oneOf(...NAMES.filter((name) => policies.has(name))),
    },
    choices: {
      description: "servers that jsq-d asks for their queue lengths, d",
      unit: "",
      default: "2",
      range: "whole number >= 1",
      parse: wholeNumber(1, MOST_CHOICES),
    },
    replacement: {
      description: "whether jsq-d may ask a server twice for one job",
      unit: "",
      default: "without",
      range: "with | without",
      parse: oneOf("with", "without"),
    },
  } satisfies Record<string, ParameterDefinition<unknown>>;
}

/** The policy for the dispatcher. */
export function policyOf({ policy, choices, replacement }: RoutingOptions): PolicyFactory {
  if (policy !== "jsq-d") return policyNamed(policy);
  return policyNamed(`jsq-d:${choices}${replacement === "with" ? ",with-replacement" : ""}`);
}

/** The policy for theory; undefined if it is not a function of queue lengths and rates. */
export function routingLawOf({ policy, choices, replacement }: RoutingOptions): RoutingLaw | undefined {
  switch (policy) {
    case "jsq":
      return jsqLaw;
    case "jfsq":
      return jfsqLaw;
    case "jsq-d":
      return jsqDLaw(choices, replacement === "with");
    case "jiq":
      return jiqLaw;
    case "random":
      return randomLaw;
    case "round-robin":
      return undefined;
  }
}

/** Whether a queue only gets longer under the policy when all others are at least as long. */
export function joinsShortest({ policy }: RoutingOptions): boolean {
  return policy === "jsq" || policy === "jfsq";
}
