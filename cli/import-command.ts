import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { renderReport } from "../figures/report.js";
import { writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { messageOf, OutputError, UserError } from "../model/errors.js";
import { randomStream } from "../model/random.js";
import { writeFleetFile } from "../workload/fleet-text.js";
import { short, warningsOf } from "../workload/import/findings.js";
import { type Imported, importLog } from "../workload/import/import-log.js";
import { learnedFleet, learnedTitle, SIZES_FILE, TRACE_FILE } from "../workload/import/learned-fleet.js";
import { readLogInThread } from "../workload/import/read-log-in-thread.js";
import { writeTrace } from "../workload/import/trace-file.js";
import { LOG_FORMATS } from "../workload/logs/index.js";
import { importFigure } from "./import-figure.js";
import { importResult } from "./import-result.js";
import { importText } from "./import-text.js";
import { checkWritable, print, warn, writeJson } from "./output.js";
import { ProgressLine } from "./progress-line.js";

/** The parsed options of `import`. */
export interface ImportFlags {
  readonly format?: string;
  readonly pattern?: string;
  readonly columns?: string;
  readonly from?: number;
  readonly to?: number;
  readonly load?: number;
  readonly fresh?: number;
  readonly out: string;
  readonly seed: string;
  readonly json?: string;
}

/** Sizes in the file of an empirical law at most. */
const MOST_SIZES = 100_000;

/** What was learned from a log. */
export interface Learned {
  readonly imported: Imported;
  /** What whoever reads the figures must know first. */
  readonly warnings: readonly string[];
  /** By the keys of a fleet file; undefined if the log tells no service times or names no servers. */
  readonly fleet: Readonly<Record<string, string>> | undefined;
}

/** `equipoise import`: what can be learned from a log, as a trace, a fleet file and a report. Returns the exit code. */
export async function importCommand(file: string, flags: ImportFlags): Promise<number> {
  if (flags.json !== undefined) checkWritable(flags.json);
  const { imported, warnings } = await learn(file, flags);
  if (flags.json !== undefined) writeJson(importResult(file, imported, warnings), flags.json);
  return EXIT.ok;
}

/**
 * Reads a log, writes what was learned from it to its folder, and says it, the warnings first.
 *
 * @throws UserError if it cannot be read, or holds no requests
 */
export async function learn(file: string, flags: ImportFlags): Promise<Learned> {
  const { format, pattern, columns, from, to, seed } = flags;
  if (format === undefined) throw new UserError(`--format: say how ${file} is written: ${LOG_FORMATS.join(", ")}`);
  makeFolder(flags.out);
  const line = new ProgressLine(file);
  const imported = await importLog({
    ...{ file, format, form: { pattern, columns }, from, to, seed, folder: flags.out, read: readLogInThread },
    progress: (done) => done > 0 && line.show(done),
  });
  try {
    line.end();
    const fleet = learnedFleet(imported);
    const written = await writeFiles(file, imported, fleet, flags);
    const warnings = warningsOf(imported);
    for (const warning of warnings) warn(`warning: ${warning}`);
    print(importText(file, imported), flags.json);
    for (const name of written) print(`wrote ${join(flags.out, name)}`, flags.json);
    return { imported, warnings, fleet };
  } finally {
    imported.jobs.remove();
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new OutputError(`--out ${folder}: cannot be made (${messageOf(error)})`);
  }
}

/** Writes what was learned. Returns the names of the files. */
async function writeFiles(
  file: string,
  imported: Imported,
  fleet: Learned["fleet"],
  flags: ImportFlags,
): Promise<string[]> {
  const { summary, jobs, load } = imported;
  const hasSizes = summary.works.count > 0;
  if (flags.load !== undefined && !(load > 0))
    throw new UserError(`--load ${flags.load}: the log's own load is not known, for service times are not identified`);
  const unitSeconds = hasSizes ? summary.works.mean : 1;
  const stretch = flags.load === undefined ? 1 : load / flags.load;
  const random = randomStream(flags.seed, "blocks");
  const count = writeTrace(join(flags.out, TRACE_FILE), jobs, {
    ...{ unitSeconds, stretch, hasSizes },
    fresh: flags.fresh === undefined ? undefined : { jobs: flags.fresh, random },
    title: [
      `from ${file}: one unit of time is ${short(unitSeconds, 6)} s${hasSizes ? ", the mean size at speed 1" : ""}`,
    ],
  });
  const names = [`${TRACE_FILE} (${count} jobs)`];
  if (hasSizes) {
    const sizes = summary.workSample().subarray(0, MOST_SIZES);
    writeWhole(
      join(flags.out, SIZES_FILE),
      `size\n${Array.from(sizes, (size) => short(size / unitSeconds, 6)).join("\n")}\n`,
      "--out",
    );
    names.push(SIZES_FILE);
  }
  if (fleet !== undefined) {
    writeWhole(join(flags.out, "fleet.yaml"), writeFleetFile(fleet, learnedTitle(file)), "--out");
    names.push("fleet.yaml");
  }
  const figure = importFigure(file, imported, flags.seed);
  writeWhole(join(flags.out, "figure.json"), JSON.stringify(figure), "--out");
  writeWhole(
    join(flags.out, "report.html"),
    await renderReport({ title: `Imported: ${file}`, text: figure.caption }, [figure]),
    "--out",
  );
  return [...names, "figure.json", "report.html"];
}
