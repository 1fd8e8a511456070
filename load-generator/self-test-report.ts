import { arrivalProcess } from "../model/arrivals/index.js";
import { randomStream } from "../model/random.js";
import type { Plan } from "./plan.js";
import { checkDraws, type LawCheck } from "./self-test.js";
import { describeSizes } from "./summary.js";
import type { Workload } from "./workload.js";

/** Sample size for each law. */
const DRAWS = 400_000;
/** Probability that a correct generator passes all tests. */
const CONFIDENCE = 0.9999;

/**
 * Draws samples from the laws of the workload, as a run with the same seed would, and tests them against the laws. A trace, which
 * has been read to its end, follows none. Returns the report, and whether anything differs.
 */
export function selfTest(plan: Plan, workload: Workload): { readonly report: string; readonly differs: boolean } {
  const gaps = checkGaps(workload);
  const sizes = checkSizes(workload);
  const report =
    `gaps between arrivals: ${describeGaps(plan, workload, gaps)}\n${table(gaps)}` +
    `job sizes: ${describeSizes(workload)}${sizes === undefined ? ", no law to test" : ""}\n${table(sizes)}`;
  return { report, differs: [...(sizes ?? []), ...(gaps ?? [])].some(({ verdict }) => verdict === "differs") };
}

function describeGaps(plan: Plan, { arrivals }: Workload, gaps: readonly LawCheck[] | undefined): string {
  if (arrivals.loop === "trace") {
    const { name, jobs, first, last } = arrivals;
    return `of trace:${name}, ${jobs} jobs from ${first} to ${last}, no law to test`;
  }
  return gaps === undefined ? "no law to test" : plan.arrivals;
}

function checkSizes({ arrivals, sizes, seed }: Workload): LawCheck[] | undefined {
  if (arrivals.loop === "trace" && arrivals.hasSizes) return undefined;
  const sequence = sizes.sequence(randomStream(seed, "works"));
  const draws = Float64Array.from({ length: DRAWS }, () => sequence.next());
  return checkDraws(draws, sizes, CONFIDENCE);
}

/** Tests arrivals that claim a law. Under a schedule the gaps are measured in expected jobs, in which the process has rate 1. */
function checkGaps({ arrivals, seed }: Workload): LawCheck[] | undefined {
  if (arrivals.loop !== "open") return undefined;
  const { process: source, rate } = arrivals;
  const process = arrivalProcess(source, rate, randomStream(seed, "arrivals"));
  const law = arrivalProcess(source, typeof rate === "number" ? rate : 1, randomStream(seed, "arrivals")).gaps;
  if (law === undefined) return undefined;
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

function table(checks: readonly LawCheck[] | undefined): string {
  if (checks === undefined) return "";
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
