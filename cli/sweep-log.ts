import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import type { SweepPlan, SweepRun } from "../simulator/sweep.js";

const FORMAT = "equipoise sweep 1";

/**
 * The runs of a sweep that are done, in a file: a line that says what the sweep is, and a line for each run. A sweep that was
 * interrupted goes on from there. More replications may be asked for later; all else must be the same.
 */
export class SweepLog {
  /** Runs that were in the file already. */
  readonly runs: readonly SweepRun[];

  /** @throws UserError if the file holds something else, or cannot be read or written */
  constructor(
    readonly file: string,
    plan: SweepPlan,
  ) {
    const header = headerOf(plan);
    const text = existsSync(file) ? readText(file) : "";
    if (text === "") {
      this.runs = [];
      attempt(file, () => writeFileSync(file, `${header}\n`));
      return;
    }
    const [first, ...lines] = text.split("\n");
    checkHeader(first, header, file);
    const torn = lines.pop();
    this.runs = lines.map((line, i) => readRun(line, i + 2, file));
    // What a run that was killed while it wrote has left of its last line.
    if (torn !== "") attempt(file, () => writeFileSync(file, [first, ...lines, ""].join("\n")));
  }

  add(run: SweepRun): void {
    attempt(this.file, () => appendFileSync(this.file, `${JSON.stringify(run)}\n`));
  }
}

function headerOf({ common, varied }: SweepPlan): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, common, varied });
}

function checkHeader(found: string, wanted: string, file: string): void {
  if (found === wanted) return;
  const elsewhere = "name another file with --runs, or remove this one to start anew";
  let header: unknown;
  try {
    header = JSON.parse(found);
  } catch {
    throw new UserError(`--runs ${file}: is not a log of a sweep; ${elsewhere}`);
  }
  const { format, version } = header as { format?: unknown; version?: unknown };
  if (format !== FORMAT) throw new UserError(`--runs ${file}: is not a log of a sweep of this format; ${elsewhere}`);
  const why = version === VERSION ? "another sweep" : `version ${String(version)}, not ${VERSION}`;
  throw new UserError(`--runs ${file}: is the log of ${why}; ${elsewhere}`);
}

function readRun(line: string, number: number, file: string): SweepRun {
  try {
    const run = JSON.parse(line) as SweepRun;
    if (Number.isInteger(run.point) && Number.isInteger(run.replication)) {
      // JSON has no NaN, which stands for an estimate that could not be made.
      for (const estimate of Object.values(run.output.estimates))
        Object.assign(estimate, { value: estimate.value ?? Number.NaN });
      return run;
    }
  } catch {
    // Said below.
  }
  throw new UserError(
    `--runs ${file}: line ${number} is not a run of a sweep; take it out, and that run is done again`,
  );
}

function readText(file: string): string {
  let text = "";
  attempt(file, () => {
    text = readFileSync(file, "utf8");
  });
  return text;
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new UserError(`--runs ${file}: ${messageOf(error)}`);
  }
}
