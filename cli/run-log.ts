import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { z } from "zod";
import { writeWhole } from "../live/processes/output-files.js";
import { VERSION } from "../live/processes/version.js";
import { messageOf, OutputError, UserError } from "../model/errors.js";

/** What a log is of. */
export interface LogContent {
  /** "sweep", say: as messages name it. */
  readonly kind: string;
  readonly format: string;
  /** What must be the same for all runs in the file. */
  readonly header: object;
  readonly run: z.ZodType;
}

/**
 * The file of finished runs: a header line that identifies what they belong to, and a line for each. What was interrupted resumes from it.
 */
export class RunLog<Run> {
  /** The runs already in the file. */
  readonly runs: readonly Run[];

  /** @throws UserError if the file belongs to something else, or cannot be read or written */
  constructor(
    readonly file: string,
    private readonly content: LogContent,
  ) {
    const { format, header: about } = content;
    const header = JSON.stringify({ format, version: VERSION, ...about });
    const text = existsSync(file) ? readText(file) : "";
    if (text === "") {
      this.runs = [];
      attempt(file, () => writeFileSync(file, `${header}\n`));
      return;
    }
    const [first, ...lines] = text.split("\n");
    this.checkHeader(first, header);
    const torn = lines.pop();
    this.runs = lines.map((line, i) => this.readRun(line, i + 2));
    // The incomplete last line of a command that was killed while writing.
    if (torn !== "") writeWhole(file, [first, ...lines, ""].join("\n"), "--runs");
  }

  /** Throws OutputError if the run cannot be written. */
  add(run: Run): void {
    try {
      appendFileSync(this.file, `${JSON.stringify(run)}\n`);
    } catch (error) {
      throw new OutputError(`--runs ${this.file}: cannot be written (${messageOf(error)})`);
    }
  }

  private checkHeader(found: string, wanted: string): void {
    if (found === wanted) return;
    const { file } = this;
    const { kind } = this.content;
    const elsewhere = "choose another file with --runs, or remove this one to start afresh";
    let header: unknown;
    try {
      header = JSON.parse(found);
    } catch {
      throw new UserError(`--runs ${file}: is not the log of a ${kind}; ${elsewhere}`);
    }
    const { format, version } = header as { format?: unknown; version?: unknown };
    if (format !== this.content.format)
      throw new UserError(`--runs ${file}: is not a ${kind} log of this format; ${elsewhere}`);
    const why = version === VERSION ? `another ${kind}` : `version ${String(version)}, not ${VERSION}`;
    throw new UserError(`--runs ${file}: is the log of ${why}; ${elsewhere}`);
  }

  private readRun(line: string, lineNumber: number): Run {
    let content: unknown;
    try {
      content = JSON.parse(line);
    } catch {
      // Reported below.
    }
    const run = this.content.run.safeParse(content);
    if (run.success) return run.data as Run;
    const [issue] = run.error.issues;
    throw new UserError(
      `--runs ${this.file}: line ${lineNumber} is not a run of a ${this.content.kind} (${issue.path.join(".") || "it"}: ${issue.message}); ` +
        "remove the line, and the run is repeated",
    );
  }
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
