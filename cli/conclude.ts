import { overallVerdict, type QuantityEvidence } from "../experiments/evidence.js";
import { EXIT } from "../live/processes/process.js";
import { VERSION } from "../live/processes/version.js";
import type { Verdict } from "../theory/verdict.js";
import { paperFor, print, printPainted, writeJson } from "./output.js";
import { RESULT_FORMAT, type Result } from "./result.js";
import { formatNumber, verdictLegend, verdictTable } from "./table.js";

/** The findings of a run: a result without the fields derived from the others. */
export interface Findings extends Omit<Result, "format" | "version" | "verdict" | "quantities"> {
  readonly quantities: readonly QuantityEvidence[];
}

/**
 * Ends every command that measures: prints the table, some notes on the run, and the verdict or why the run is void, and
 * writes the result for `--json`.
 *
 * @param notes lines between the table and the verdict
 * @param json the value of `--json`
 * @returns the exit code
 * @throws OutputError if the result cannot be written
 */
export function conclude(findings: Findings, notes: readonly string[], json: string | undefined): number {
  const { assumptions, whyVoid, quantities, ...run } = findings;
  const verdict = overallVerdict(quantities);
  printPainted(verdictTable(quantities, paperFor(json)), json);
  print(verdictLegend(findings), json);
  for (const note of notes) print(note, json);
  print(
    whyVoid === null ? `verdict: ${verdict}${courseOf(findings, verdict === "differs")}` : `void: ${whyVoid}`,
    json,
  );
  if (json !== undefined) {
    const result: Result = {
      format: RESULT_FORMAT,
      version: VERSION,
      ...run,
      assumptions,
      verdict,
      whyVoid,
      quantities: quantities.map((quantity) => ({ ...quantity, predictions: [...quantity.predictions] })),
    };
    writeJson(result, json);
  }
  return EXIT_CODES[whyVoid === null ? verdict : "void"];
}

/** After how much measuring, and why no more. */
function courseOf({ measuredTime, looks, stoppedBy }: Findings, differs: boolean): string {
  const after = ` after ${formatNumber(measuredTime)} time units`;
  if (stoppedBy === "decided" && looks > 0)
    return `${after}, by look ${looks}: ${differs ? "a difference was found" : "all that has a prediction is decided"}`;
  return after;
}

const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  agrees: EXIT.ok,
  differs: EXIT.differs,
  void: EXIT.void,
  undecided: EXIT.undecided,
};
