import { partAbove, TIME_BINS, timeAt } from "../model/statistics/time-counts.js";
import type { ModelTime } from "../model/units.js";

/** What a replication counted after its warm-up. All of it can be added up over replications. */
export interface Sample {
  readonly offered: number;
  readonly blocked: number;
  /** Jobs whose clients had given up when they ended. */
  readonly timedOut: number;
  /** Messages that the policy needed besides the jobs. */
  readonly messages: number;
  /** Jobs in the system at the end less those at the start. */
  readonly gained: number;
  /** Sum of the sojourn times of completed jobs, at their servers. */
  readonly sojournTime: ModelTime;
  /** How many there were of each length, in the bins of `TimeCounts` from number `first` on. */
  readonly first: number;
  readonly counts: readonly number[];
}

/** The samples of several replications, together. */
export class PooledSample implements Sample {
  offered = 0;
  blocked = 0;
  timedOut = 0;
  messages = 0;
  gained = 0;
  sojournTime: ModelTime = 0;
  readonly first = 0;
  readonly counts: number[] = new Array<number>(TIME_BINS).fill(0);

  add({ offered, blocked, timedOut, messages, gained, sojournTime, first, counts }: Sample): void {
    this.offered += offered;
    this.blocked += blocked;
    this.timedOut += timedOut;
    this.messages += messages;
    this.gained += gained;
    this.sojournTime += sojournTime;
    for (const [i, count] of counts.entries()) this.counts[first + i] += count;
  }
}

/** Bins as a sample has them: without those at both ends that nothing fell into. */
export function sparse(counts: ArrayLike<number>): Pick<Sample, "first" | "counts"> {
  let first = 0;
  let end = counts.length;
  while (first < end && counts[first] === 0) first++;
  while (end > first && counts[end - 1] === 0) end--;
  return { first, counts: Array.from({ length: end - first }, (_, i) => counts[first + i]) };
}

/** What a policy is judged by, or is shown besides; of all of them less is better. */
export const METRICS = {
  mean: { label: "mean sojourn time", unit: "time units" },
  p50: { label: "median of the sojourn times", unit: "time units", percentile: 0.5 },
  p90: { label: "90th percentile of the sojourn times", unit: "time units", percentile: 0.9 },
  p99: { label: "99th percentile of the sojourn times", unit: "time units", percentile: 0.99 },
  p999: { label: "99.9th percentile of the sojourn times", unit: "time units", percentile: 0.999 },
  messages: { label: "messages per job besides the job", unit: "" },
  "over-slo": { label: "share of jobs with longer sojourn times than the slo", unit: "", floor: 0.001 },
  blocked: { label: "share of jobs blocked by full servers", unit: "", floor: 0.001 },
  "timed-out": { label: "share of jobs whose clients gave up before they were served", unit: "", floor: 0.001 },
} as const satisfies Record<string, MetricDefinition>;

interface MetricDefinition {
  readonly label: string;
  /** "" for a pure number. */
  readonly unit: "time units" | "";
  readonly percentile?: number;
  /** A difference that never matters. */
  readonly floor?: number;
}

export type Metric = keyof typeof METRICS;

/** What is said of a metric. */
export function definitionOf(metric: Metric): MetricDefinition {
  return METRICS[metric];
}

/**
 * The value of a metric in a sample; NaN where nothing was counted.
 *
 * @param slo limit of the sojourn times, for `over-slo`
 */
export function metricOf(metric: Metric, sample: Sample, slo: ModelTime | undefined): number {
  const { offered, first, counts } = sample;
  switch (metric) {
    case "messages":
      return sample.messages / offered;
    case "blocked":
      return sample.blocked / offered;
    case "timed-out":
      return sample.timedOut / offered;
    case "mean":
      return sample.sojournTime / sumOf(counts);
    case "over-slo":
      if (slo === undefined) return Number.NaN;
      return counts.reduce((over, count, i) => over + count * partAbove(first + i, slo), 0) / sumOf(counts);
    default:
      return timeAt(METRICS[metric].percentile, counts, sumOf(counts), first);
  }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
