import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { CaseInput, CaseRun } from "./cases.js";
import type { Trial, TrialInput } from "./trial.js";

export type Result = Trial | CaseRun;

/** All results so far, in a file of one line of JSON each, to which new ones are appended. */
export class Results {
  private readonly known: Result[];
  private readonly keys: Set<string>;

  constructor(private readonly file: string) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    this.known = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Result);
    this.keys = new Set(this.known.map(keyOf));
  }

  get trials(): Trial[] {
    return this.known.filter((result): result is Trial => "scenario" in result);
  }

  get caseRuns(): CaseRun[] {
    return this.known.filter((result): result is CaseRun => "case" in result);
  }

  has(input: TrialInput | CaseInput): boolean {
    return this.keys.has(keyOf(input));
  }

  add(result: Result): void {
    this.known.push(result);
    this.keys.add(keyOf(result));
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }

  /** Forgets results, for good, such as those of code that has changed. */
  drop(isDropped: (result: Result) => boolean): void {
    const kept = this.known.filter((result) => !isDropped(result));
    this.known.splice(0, this.known.length, ...kept);
    this.keys.clear();
    for (const result of kept) this.keys.add(keyOf(result));
    writeFileSync(this.file, kept.map((result) => `${JSON.stringify(result)}\n`).join(""));
  }
}

function keyOf(input: TrialInput | CaseInput): string {
  return "case" in input ? `${input.case}/${input.seed}` : `${input.scenario}/${input.seed}`;
}
