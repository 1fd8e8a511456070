import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { type Imported, percentilesOf } from "../workload/import/import-log.js";

const CONFIDENCE = 0.95;

/** What was learned from a log, for programs: times are in seconds. docs/logs.md describes it. */
export function importResult(file: string, imported: Imported, warnings: readonly string[]): unknown {
  const { summary, intake, malformed, identification, classes, load, busiest, sizes, arrivals, check } = imported;
  const isIdentified = identification.kind !== "not identified";
  return {
    log: file,
    requests: intake.entries,
    malformed: { count: malformed.count, first: malformed.first ?? null },
    warnings,
    jobs: summary.jobs,
    seconds: summary.spanSeconds,
    arrivalRate: estimated(summary.rate()),
    interarrivalVariation: summary.gaps.variance / summary.gaps.mean ** 2,
    responseSeconds: percentilesOf(summary.responses),
    serviceTimes: identification,
    meanServiceSeconds: isIdentified ? estimated(summary.meanWork()) : null,
    serviceVariation: isIdentified ? estimated(summary.workVariation()) : null,
    load,
    busiestServer: busiest,
    servers: intake.servers.map(({ name, foundIdle, foundBusy }, index) => ({
      ...{ name, jobs: foundIdle.count + foundBusy.count, speed: classes.speeds[index] },
    })),
    sizes:
      sizes === undefined
        ? null
        : {
            chosen: sizes.chosen?.law.name ?? "empirical",
            candidates: sizes.candidates.map(({ law, ...candidate }) => ({ law: law.name, ...candidate })),
          },
    arrivals:
      arrivals === undefined ? null : { chosen: arrivals.chosen?.name ?? "trace", candidates: arrivals.candidates },
    check: check ?? null,
  };
}

function estimated(estimate: Estimate): {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
} {
  const { low, high } = confidenceInterval(estimate, CONFIDENCE);
  const isKnown = Number.isFinite(low) && Number.isFinite(high);
  return { value: estimate.value, low: isKnown ? low : null, high: isKnown ? high : null };
}
