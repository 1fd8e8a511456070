import { GREATEST_SCHEDULE_LAG } from "../experiments/run.js";
import { VERSION } from "../live/processes/version.js";
import type { GroupReport } from "./generator-group.js";
import type { Plan } from "./plan.js";
import type { Duration, JobCounts, Recorder } from "./recorder.js";
import type { Threshold } from "./thresholds.js";
import type { Workload } from "./workload.js";

/** Raised whenever a field changes its meaning or is removed. */
const FORMAT = 1;

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
}

/**
 * Summarises what was recorded.
 *
 * @param cutShort whether the run was ended before its jobs: those still in flight are then not necessarily slow
 */
export function summarise(
  plan: Plan,
  workload: Workload,
  report: GroupReport,
  thresholds: readonly Threshold[],
  cutShort: boolean,
): Summary {
  const { recorder, measuredSeconds, underWay } = report;
  const perSecond = (jobs: number): number | null => (measuredSeconds > 0 ? jobs / measuredSeconds : null);
  return {
    format: FORMAT,
    version: VERSION,
    target: plan.via ?? plan.dispatchers.join(","),
    arrivals: describeArrivals(plan, workload),
    sizes: describeSizes(workload),
    seed: plan.seed,
    timeUnitSeconds: plan.timeUnitSeconds,
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
    whyVoid: whyVoid(plan, report, cutShort) ?? null,
  };
}

function describeArrivals({ arrivals, arrivalRate, schedule, clients, thinkTime }: Plan, workload: Workload): string {
  if (clients !== undefined) return `closed loop of ${clients} clients, think time ${thinkTime}`;
  return workload.arrivals.loop === "trace" ? arrivals : `${arrivals} at rate ${schedule ?? arrivalRate}`;
}

/** The sizes that are sent: those of a trace that has some, whatever the law. */
export function describeSizes({ arrivals, sizes }: Workload): string {
  return arrivals.loop === "trace" && arrivals.hasSizes ? `of trace:${arrivals.name}` : sizes.name;
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

/** Why the run is void: the generator was the bottleneck, or too little was recorded; undefined if it is not void. */
function whyVoid(plan: Plan, { recorder, underWay, totals }: GroupReport, cutShort: boolean): string | undefined {
  const { counts } = recorder;
  if (counts.sent === 0) return "no job was sent after the warm-up; allow more time or jobs, or check the target";
  if (counts.completed === 0 && !cutShort) {
    return (
      `none of the ${counts.sent} jobs sent was completed (${counts.blocked} blocked, ${counts.timedOut} timed out, ${counts.lost} lost): is the target what it ` +
      "is taken for, and do its servers take jobs?"
    );
  }
  if (counts.unsent > 0) {
    return (
      `${counts.unsent} jobs were not sent when they were due, because the target was gone or --max-in-flight ` +
      `${plan.maxInFlight} was reached; the target did not keep up`
    );
  }
  const lag = recorder.mean("lag") / plan.timeUnitSeconds;
  if (lag > GREATEST_SCHEDULE_LAG && totals.pauses > 0) {
    return (
      `the generator was held back: the dispatcher did not read as fast as jobs were due, so they were sent ${lag.toFixed(3)} time ` +
      `units late on average (limit ${GREATEST_SCHEDULE_LAG}); lower the arrival rate or add server nodes`
    );
  }
  if (lag > GREATEST_SCHEDULE_LAG) {
    return (
      `the generator could not keep up: it sent jobs ${lag.toFixed(3)} time units late on average ` +
      `(limit ${GREATEST_SCHEDULE_LAG}); use more --workers, a longer --time-unit or a lower arrival rate`
    );
  }
  if (underWay > 0 && !cutShort) {
    return (
      `${underWay} jobs had not ended ${plan.patienceSeconds} s after the last was sent, so the longest times are missing; ` +
      "raise --patience or lower the arrival rate"
    );
  }
  return undefined;
}
