import { VERSION } from "../live/version.js";
import { GREATEST_SCHEDULE_LAG } from "../scenarios/run.js";
import type { CrewReport } from "./crew.js";
import type { Plan } from "./plan.js";
import type { Duration, JobCounts, Recorder } from "./recorder.js";
import type { Threshold } from "./thresholds.js";

/** Raised whenever a field changes its meaning or is taken away. */
const FORMAT = 1;

/** Of the durations recorded, in seconds. */
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
  /** From the end of the warm-up to the last send time. */
  readonly measuredSeconds: number;
  readonly jobs: JobCounts & { readonly underWay: number };
  readonly sentPerSecond: number | null;
  readonly completedPerSecond: number | null;
  /** Null where nothing was recorded, and for waiting times where the target does not tell them. */
  readonly seconds: Readonly<Record<Duration, DurationSummary | null>>;
  readonly thresholds: readonly { readonly threshold: string; readonly holds: boolean | null }[];
  /** Why the result is not what it claims to be; null if it is. */
  readonly whyVoid: string | null;
}

/**
 * Summarises what was recorded.
 *
 * @param cutShort whether the run ended before its jobs did: those under way are then not slow ones
 */
export function summarise(
  plan: Plan,
  report: CrewReport,
  thresholds: readonly Threshold[],
  cutShort: boolean,
): Summary {
  const { recorder, measuredSeconds, underWay } = report;
  const perSecond = (jobs: number): number | null => (measuredSeconds > 0 ? jobs / measuredSeconds : null);
  return {
    format: FORMAT,
    version: VERSION,
    target: plan.via ?? plan.dispatcher,
    arrivals: describeArrivals(plan),
    sizes: plan.sizes,
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
    },
    thresholds: thresholds.map((one) => ({ threshold: one.text, holds: one.holds(recorder) ?? null })),
    whyVoid: whyVoid(plan, report, cutShort) ?? null,
  };
}

function describeArrivals({ arrivals, arrivalRate, schedule, clients, thinkTime }: Plan): string {
  if (clients !== undefined) return `closed loop of ${clients} clients, think time ${thinkTime}`;
  return arrivals.startsWith("trace:") ? arrivals : `${arrivals} at rate ${schedule ?? arrivalRate}`;
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

/** Why the generator was the limit, or saw too little; undefined if it did its work. */
function whyVoid(plan: Plan, { recorder, underWay, totals }: CrewReport, cutShort: boolean): string | undefined {
  const { counts } = recorder;
  if (counts.sent === 0) return "no job was sent after the warm-up; give it more time, jobs, or a target";
  if (counts.unsent > 0) {
    return (
      `${counts.unsent} jobs were not sent when they were due, because the target was gone or --max-in-flight ` +
      `${plan.maxInFlight} were under way; the target did not keep up`
    );
  }
  const lag = recorder.mean("lag") / plan.timeUnitSeconds;
  if (lag > GREATEST_SCHEDULE_LAG && totals.heldBack > 0) {
    return (
      `the generator was held back: the dispatcher did not read as fast as jobs were due, which were sent ${lag.toFixed(3)} time ` +
      `units late on average (limit ${GREATEST_SCHEDULE_LAG}); lower the rate, or add server nodes`
    );
  }
  if (lag > GREATEST_SCHEDULE_LAG) {
    return (
      `the generator could not keep up: it sent jobs ${lag.toFixed(3)} time units late on average ` +
      `(limit ${GREATEST_SCHEDULE_LAG}); use more --workers, a longer --time-unit or a lower rate`
    );
  }
  if (underWay > 0 && !cutShort) {
    return (
      `${underWay} jobs had not ended ${plan.patienceSeconds} s after the last was sent, so the longest times are missing; ` +
      "raise --patience or lower the rate"
    );
  }
  return undefined;
}
