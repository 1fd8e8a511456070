import { confidenceInterval } from "../../model/statistics/interval.js";
import type { GraphKind, SpatialRunInput } from "../../simulator/spatial-run.js";
import type { Figure, Point, Progress } from "../figure.js";

/** What holds in section 5 of the paper: M = N, d = 2 with replacement. */
export const ARRIVAL_RATE = 0.8;
export const CHOICES = 2;
/** Each interval by itself. */
export const CONFIDENCE = 0.95;
export const PAPER = "Rutten and Mukherjee, Mean-Field Analysis for Load Balancing on Spatial Graphs";
export const PARAMETERS: Figure["parameters"] = {
  arrivalRate: String(ARRIVAL_RATE),
  choices: String(CHOICES),
  replacement: "yes",
  taskTypes: "as many as servers",
};

/** How the degree of task types grows with the number of servers. */
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

/** What most runs have in common. */
export const BASE: Pick<SpatialRunInput, "arrivalRate" | "looks" | "predict"> = {
  arrivalRate: ARRIVAL_RATE,
  looks: [],
  predict: false,
};

/** The mean of a quantity over runs on graphs of their own, with its interval. */
export function pointOf(x: number, values: readonly number[]): Point {
  const y = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { x, y };
  const variance = values.reduce((sum, value) => sum + (value - y) ** 2, 0) / (values.length - 1);
  const estimate = {
    value: y,
    standardError: Math.sqrt(variance / values.length),
    degreesOfFreedom: values.length - 1,
  };
  return { x, y, ...confidenceInterval(estimate, CONFIDENCE) };
}

/** Calls `progress` with the part done, once for each of so many pieces of work. */
export function counter(total: number, progress: Progress): () => void {
  let done = 0;
  return () => progress(++done / total);
}

/** Whether runs on these graphs have a steady state at all. */
export function hasSteadyState(kind: GraphKind, rule: DegreeRule): boolean {
  return kind === "regular" || (rule.label !== "degree 3" && rule.label !== "degree ln N");
}
