import type { Law } from "../model/law.js";
import { randomStream } from "../model/random.js";
import { jobSizesNamed, type Plan } from "./plan.js";
import { checkDraws, type LawCheck } from "./self-test.js";
import { arrivalProcess, rateScheduleNamed } from "./workload.js";

/** Draws of each law. */
const DRAWS = 400_000;
/** How often no value of a generator that draws rightly is said to differ. */
const CONFIDENCE = 0.9999;

/**
 * Draws from the laws of the plan, as a run of the same seed would, and holds them against what they claim. Returns the report,
 * and whether anything differs.
 */
export function selfTest(plan: Plan): { readonly report: string; readonly differs: boolean } {
  const works = jobSizesNamed(plan.sizes);
  const sequence = works.sequence(randomStream(plan.seed, "works"));
  const sizes = checkDraws(
    Float64Array.from({ length: DRAWS }, () => sequence.next()),
    works,
    CONFIDENCE,
  );
  const gaps = plan.clients === undefined && !/^(trace|slots):/.test(plan.arrivals) ? checkArrivals(plan) : undefined;
  const report =
    `gaps between arrivals: ${gaps === undefined ? "the workload claims no law for them" : plan.arrivals}\n` +
    (gaps === undefined ? "" : table(gaps)) +
    `job sizes: ${plan.sizes}\n${table(sizes)}`;
  return { report, differs: [...sizes, ...(gaps ?? [])].some(({ verdict }) => verdict === "differs") };
}

/** Under a schedule the gaps are counted in jobs expected, in which the process has rate 1. */
function checkArrivals({ arrivals, arrivalRate, schedule, seed }: Plan): LawCheck[] {
  const rate = schedule === undefined ? arrivalRate : rateScheduleNamed(schedule);
  const process = arrivalProcess(arrivals, rate, seed);
  const law = arrivalProcess(arrivals, typeof rate === "number" ? rate : 1, seed).gaps as Law;
  const clock = (time: number): number => (typeof rate === "number" ? time : rate.expectedBy(time));
  const gaps = new Float64Array(DRAWS);
  let previous = 0;
  for (let i = 0; i < DRAWS; i++) {
    const time = process.next(previous);
    gaps[i] = clock(time) - clock(previous);
    previous = time;
  }
  return checkDraws(gaps, law, CONFIDENCE);
}

function table(checks: readonly LawCheck[]): string {
  const cells = checks.map(({ quantity, drawn, low, high, claimed, verdict }) => [
    quantity,
    drawn.toPrecision(5),
    `[${low.toPrecision(5)}, ${high.toPrecision(5)}]`,
    claimed.toPrecision(5),
    verdict,
  ]);
  const rows = [["quantity", "drawn", "joint interval", "claimed", "verdict"], ...cells];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd());
  return `${lines.join("\n")}\n`;
}
