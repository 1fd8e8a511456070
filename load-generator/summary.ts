import { GREATEST_SCHEDULE_LAG } from "../experiments/run.js";
import { VERSION } from "../live/processes/version.js";
import type { GroupReport } from "./generator-group.js";
import type { Plan } from "./plan.js";
import { FORMAT, type Summary, statistics } from "./result.js";
import type { Threshold } from "./thresholds.js";
import type { Workload } from "./workload.js";

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
  return {
    format: FORMAT,
    version: VERSION,
    target: plan.via ?? plan.dispatchers.join(","),
    arrivals: describeArrivals(plan, workload),
    sizes: describeSizes(workload),
    seed: plan.seed,
    timeUnitSeconds: plan.timeUnitSeconds,
    ...statistics(report, thresholds),
    whyVoid: whyVoid(plan, report, cutShort) ?? null,
    recorded: report.recorder.snapshot(),
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
