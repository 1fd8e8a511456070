import { join, resolve } from "node:path";
import type { Command } from "commander";
import { fromFolder, withFile } from "../live/processes/setting-files.js";
import { arrivalsNamed } from "../model/arrivals/index.js";
import { UserError } from "../model/errors.js";
import type { Recorded } from "../workload/fleet-file.js";
import { TRACE_FILE } from "../workload/import/learned-fleet.js";
import { type ImportFlags, learn } from "./import-command.js";
import { importRows, statements } from "./import-text.js";

type RecordedFlags = ImportFlags & {
  readonly log?: string;
  readonly trace?: string;
  readonly fleet?: string;
  readonly loads?: readonly number[];
};

/** What a comparison tells of the log that it is about. */
export interface LearnedLog {
  readonly log: string;
  /** What must be known first. */
  readonly warnings: readonly string[];
  /** Which laws were fitted and how well, and what is not identified. */
  readonly statements: readonly string[];
  /** Quantities, their values, intervals and units. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * What the log or the trace that a command names says of the fleet, which comes before its fleet file. What was learned from a log, and what
 * was not, is said at once.
 *
 * @throws UserError if the log or the trace cannot be read, or does not tell enough
 */
export async function recordedJobs(command: Command): Promise<Recorded | undefined> {
  if (!command.options.some((option) => option.attributeName() === "trace")) return undefined;
  const flags = command.opts<RecordedFlags>();
  if (flags.log !== undefined) return ofLog(flags.log, flags, command);
  const idle = (["format", "pattern", "columns", "from", "to"] as const).find((name) => flags[name] !== undefined);
  if (idle !== undefined) throw new UserError(`--${idle}: is for a log; name one with --log FILE`);
  return flags.trace === undefined ? undefined : ofTrace(flags.trace);
}

function ofTrace(file: string): Recorded {
  const arrivals = fromFolder(".", `trace:${file}`);
  const source = arrivalsNamed(withFile("--trace", arrivals));
  const hasSizes = source.kind === "process" && source.trace?.sizes !== undefined;
  return { first: { arrivals }, without: hasSizes ? ["sizes", "load"] : [] };
}

async function ofLog(log: string, flags: RecordedFlags, command: Command): Promise<Recorded> {
  const { imported, warnings, fleet } = await learn(log, flags);
  const learned: LearnedLog = { log, warnings, statements: statements(imported), rows: importRows(imported) };
  command.setOptionValue("learned", learned);
  const folder = resolve(flags.out);
  if (fleet !== undefined) {
    const values = Object.entries(fleet).map(([key, value]) => [key, fromFolder(folder, value)]);
    return { first: Object.fromEntries(values) as Recorded["first"], without: [] };
  }
  if (flags.fleet === undefined)
    throw new UserError(
      `--log ${log}: tells no fleet, for its ${imported.summary.works.count > 0 ? "servers" : "service times"} are not identified; ` +
        "say with --fleet FILE what they are, and at which load",
    );
  const jobs = ofTrace(join(folder, TRACE_FILE));
  // Without sizes the trace is in seconds, and nothing says how many there are in a unit of time.
  return { ...jobs, needsLoad: jobs.without.length === 0 && flags.loads === undefined };
}
