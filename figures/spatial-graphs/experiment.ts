import {
  fraction,
  oneOf,
  type ParameterDefinitions,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import type { Rate } from "../../model/units.js";
import { MOST_CHOICES } from "../../policies/jsq-d.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import type { GraphKind } from "../../simulator/spatial-run.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { independentRegularQueues } from "../../theory/power-of-d/independent-regular-queues.js";
import { pairApproximation } from "../../theory/power-of-d/pair-approximation.js";
import { CONFIDENCE, type Figure, type Point } from "../figure.js";

export const PAPER: Reference = "Rutten and Mukherjee (2023)";

/** The setting of section 5 of the paper, M = N and d = 2 with replacement, of which all can be set. */
export const SPATIAL_PARAMETERS = {
  arrivalRate: { ...spatialGraphs.parameters.arrivalRate, parse: fraction },
  choices: { ...spatialGraphs.parameters.choices, parse: wholeNumber(1, MOST_CHOICES) },
  replacement: { ...spatialGraphs.parameters.replacement, parse: oneOf("yes", "no") },
  typesPerServer: {
    ...{ description: "task types per server, M/N: M is rounded to a whole number", unit: "", default: "1" },
    ...{ range: "> 0", parse: positiveNumber },
  },
} as const satisfies ParameterDefinitions;

/** JSQ(d) as a figure has it, whatever the graph. */
export interface SpatialSetting {
  readonly arrivalRate: Rate;
  readonly choices: number;
  readonly replacement: boolean;
  /** M/N. */
  readonly typesPerServer: number;
}

/** The setting of the paper. */
export const OF_PAPER: SpatialSetting = settingOf(readParameters(SPATIAL_PARAMETERS, {}).values);

/** A setting as it was read. */
export function settingOf(values: ParameterValues<typeof SPATIAL_PARAMETERS>): SpatialSetting {
  const { arrivalRate, choices, replacement, typesPerServer } = values;
  return { arrivalRate, choices, replacement: replacement === "yes", typesPerServer };
}

/** As a figure shows it. */
export function parametersOf(setting: SpatialSetting): Figure["parameters"] {
  const { arrivalRate, choices, replacement, typesPerServer } = setting;
  return {
    ...{ arrivalRate: String(arrivalRate), choices: String(choices), replacement: replacement ? "yes" : "no" },
    typesPerServer: String(typesPerServer),
  };
}

/** What a run on a graph of this many servers has of it. */
export function ofServers({ typesPerServer, ...setting }: SpatialSetting, servers: number) {
  return { ...setting, servers, taskTypes: Math.max(1, Math.round(typesPerServer * servers)) };
}

/** The growth of the degree of task types with the number of servers. */
export interface DegreeRule {
  readonly label: string;
  of(servers: number): number;
}

export const DEGREES: readonly DegreeRule[] = [
  { label: "degree 3", of: () => 3 },
  { label: "degree ln N", of: (servers) => Math.log(servers) },
  { label: "degree (ln N)^2", of: (servers) => Math.log(servers) ** 2 },
  { label: "degree sqrt N", of: (servers) => Math.sqrt(servers) },
];

export const KINDS: readonly { readonly kind: GraphKind; readonly title: string }[] = [
  { kind: "geometric", title: "random bipartite geometric graphs" },
  { kind: "regular", title: "random regular bipartite graphs" },
];

/** The mean of a quantity over runs on independent graphs, with its interval. */
export function pointOf(x: number, values: readonly number[]): Point {
  const mean = meanOf(values);
  return { x, y: mean.value, ...(values.length < 2 ? {} : confidenceInterval(mean, CONFIDENCE)) };
}

/**
 * The tail of queue lengths on regular graphs of this degree of task types, for many servers: by pairs where two are drawn, otherwise as if queues
 * were independent, which they are for a single choice.
 */
export function regularTail(setting: SpatialSetting, degree: number): readonly number[] {
  const { choices, typesPerServer } = setting;
  const system = { ...setting, typeDegree: degree, serverDegree: degree * typesPerServer };
  return choices === 2 && degree >= 2 ? pairApproximation(system).tail : independentRegularQueues(system);
}

/** Whether runs on these graphs have a steady state. */
export function hasSteadyState(kind: GraphKind, rule: DegreeRule): boolean {
  return kind === "regular" || (rule.label !== "degree 3" && rule.label !== "degree ln N");
}
