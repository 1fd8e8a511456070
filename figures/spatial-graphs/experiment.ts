import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import type { GraphKind, SpatialRunInput } from "../../simulator/spatial-run.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { pairApproximation } from "../../theory/power-of-d/pair-approximation.js";
import { CONFIDENCE, type Figure, type Point } from "../figure.js";

/** The setting of section 5 of the paper: M = N, d = 2 with replacement. */
export const ARRIVAL_RATE = 0.8;
export const CHOICES = 2;
export const PAPER: Reference = "Rutten and Mukherjee (2023)";
export const PARAMETERS: Figure["parameters"] = {
  arrivalRate: String(ARRIVAL_RATE),
  choices: String(CHOICES),
  replacement: "yes",
  taskTypes: "as many as servers",
};

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

/** Parameters common to most runs. */
export const BASE: Pick<SpatialRunInput, "arrivalRate" | "choices" | "replacement" | "sampleTimes" | "predict"> = {
  arrivalRate: ARRIVAL_RATE,
  choices: CHOICES,
  replacement: true,
  sampleTimes: [],
  predict: false,
};

/** The mean of a quantity over runs on independent graphs, with its interval. */
export function pointOf(x: number, values: readonly number[]): Point {
  const mean = meanOf(values);
  return { x, y: mean.value, ...(values.length < 2 ? {} : confidenceInterval(mean, CONFIDENCE)) };
}

/** The tail of queue lengths on regular graphs with as many servers as task types, of this degree, by pairs. */
export function regularTail(degree: number, replacement = true): readonly number[] {
  const system = { arrivalRate: ARRIVAL_RATE, typeDegree: degree, serverDegree: degree, replacement };
  return pairApproximation(system).tail;
}

/** Whether runs on these graphs have a steady state. */
export function hasSteadyState(kind: GraphKind, rule: DegreeRule): boolean {
  return kind === "regular" || (rule.label !== "degree 3" && rule.label !== "degree ln N");
}
