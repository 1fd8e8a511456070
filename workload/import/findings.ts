import type { Imported } from "./import-log.js";

/** Jobs above p99.9, for a family to be held against that. */
const ENOUGH_JOBS = 10_000;
const OVERLOADED = 0.97;
const GROWN = 2;
/** Of the jobs: more that are out of order, without a server, or no requests are worth a word. */
const MANY = 0.001;
/** Ticks that are longer than this part of the mean gap or the mean service time are worth a word. */
const COARSE = 0.05;

/** What whoever reads the figures must know first, the gravest first. Each is one sentence. */
export function warningsOf(imported: Imported): string[] {
  return [...ofTheSystem(imported), ...ofTheLog(imported)];
}

function ofTheSystem({ summary, busiest, intake }: Imported): string[] {
  const warnings: string[] = [];
  const growth = summary.responseGrowth();
  if (busiest > OVERLOADED)
    warnings.push(
      `overload: the busiest server was busy ${percent(busiest)} of the time, so that queues grow with the length of the log, and there is no steady state to compare with`,
    );
  else if (growth > GROWN)
    warnings.push(
      `overload: response times in the last quarter of the log are ${short(growth)} times those in the first, so that there may be no steady state`,
    );
  const { isStationary, quietest, busiest: most } = summary.stationarity();
  if (!isStationary)
    warnings.push(
      `the arrival rate changes over the log, between ${percent(quietest)} and ${percent(most)} of its mean in tenths of it: cut it (--from, --to) to a time when it does not, ` +
        "or use the trace",
    );
  if (summary.jobs < ENOUGH_JOBS)
    warnings.push(
      `short: ${summary.jobs} jobs; below ${ENOUGH_JOBS} nobody can tell the p99.9, and families of laws are told apart by what is below it`,
    );
  if (intake.late > MANY * intake.entries)
    warnings.push(`${intake.late} jobs are so far out of order that their arrivals are wrong: sort the log`);
  return warnings;
}

function ofTheLog({ intake, malformed, summary }: Imported): string[] {
  const warnings: string[] = [];
  const { tickSeconds, hasResponses } = intake.contents;
  if (malformed.first !== undefined) {
    const { line, text } = malformed.first;
    const what = malformed.count === 1 ? "line is no request" : "lines are no requests, the first of them";
    warnings.push(`${malformed.count} ${what}: line ${line}, "${text}"`);
  }
  if (!hasResponses)
    warnings.push("the log does not say how long a request took: what stands for arrivals are the times of its lines");
  if (tickSeconds > COARSE * summary.gaps.mean || tickSeconds >= 1)
    warnings.push(
      `stamps count in ticks of ${short(tickSeconds)} s, ${short(tickSeconds / summary.gaps.mean)} of the mean time between arrivals: arrivals are spread evenly within them`,
    );
  if (summary.works.mean > 0 && tickSeconds > COARSE * summary.works.mean)
    warnings.push(
      `ticks of ${short(tickSeconds)} s are ${percent(tickSeconds / summary.works.mean)} of the mean service time: its variation is known no better than that`,
    );
  if (intake.unserved > MANY * intake.entries && intake.contents.hasServers)
    warnings.push(`${intake.unserved} of ${intake.entries} requests were refused, or reached no server`);
  return warnings;
}

/** A share in percent, of few digits. */
export function percent(fraction: number): string {
  return `${short(100 * fraction)} %`;
}

/** So many significant digits. */
export function short(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}
