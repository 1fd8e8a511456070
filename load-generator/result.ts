import type { GroupReport } from "./generator-group.js";
import type { Duration, JobCounts, Recorder, RecorderSnapshot } from "./recorder.js";
import type { Threshold } from "./thresholds.js";

/** Raised whenever a field changes its meaning or is removed. */
export const FORMAT = 1;

/** Statistics of the recorded durations, in seconds. */
export interface DurationSummary {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly "p99.9": number;
  readonly max: number;
}

/** The result of a run, as `--output json` prints it; described in docs/load-generator.md. */
export interface Summary {
  readonly format: typeof FORMAT;
  readonly version: string;
  readonly target: string;
  readonly arrivals: string;
  readonly sizes: string;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  /** From the end of the warm-up to the end of sending: of the duration, or the last intended send time if the jobs ended before. */
  readonly measuredSeconds: number;
  readonly jobs: JobCounts & { readonly underWay: number };
  readonly sentPerSecond: number | null;
  readonly completedPerSecond: number | null;
  /** Null where nothing was recorded, e.g. waiting times if the target does not report them. */
  readonly seconds: Readonly<Record<Duration, DurationSummary | null>>;
  readonly thresholds: readonly { readonly threshold: string; readonly holds: boolean | null }[];
  /** Why the run is void; null if it is not. */
  readonly whyVoid: string | null;
  /** All that was recorded, so that the results of several generators can be merged. */
  readonly recorded: RecorderSnapshot;
}

/** What was measured, and whether it meets the thresholds. */
export function statistics(
  report: Pick<GroupReport, "recorder" | "measuredSeconds" | "underWay">,
  thresholds: readonly Threshold[],
): Pick<Summary, "measuredSeconds" | "jobs" | "sentPerSecond" | "completedPerSecond" | "seconds" | "thresholds"> {
  const { recorder, measuredSeconds, underWay } = report;
  const perSecond = (jobs: number): number | null => (measuredSeconds > 0 ? jobs / measuredSeconds : null);
  return {
    measuredSeconds,
    jobs: { ...recorder.counts, underWay },
    sentPerSecond: perSecond(recorder.counts.sent),
    completedPerSecond: perSecond(recorder.counts.completed),
    seconds: {
      sojourn: durationSummary(recorder, "sojourn"),
      waiting: durationSummary(recorder, "waiting"),
      lag: durationSummary(recorder, "lag"),
      transit: durationSummary(recorder, "transit"),
    },
    thresholds: thresholds.map((one) => ({ threshold: one.text, holds: one.holds(report) ?? null })),
  };
}

function durationSummary(recorder: Recorder, duration: Duration): DurationSummary | null {
  if (recorder.count(duration) === 0) return null;
  const percentile = (p: number): number => recorder.percentile(duration, p);
  return {
    mean: recorder.mean(duration),
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    "p99.9": percentile(99.9),
    max: percentile(100),
  };
}
