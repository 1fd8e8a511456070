import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { renderReport } from "../figures/report.js";
import { writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { messageOf, OutputError, UserError } from "../model/errors.js";
import { randomStream } from "../model/random.js";
import { short, warningsOf } from "../workload/import/findings.js";
import { type Imported, importLog } from "../workload/import/import-log.js";
import { fleetText, learnedFleet } from "../workload/import/learned-fleet.js";
import { readLogInThread } from "../workload/import/read-log-in-thread.js";
import { writeTrace } from "../workload/import/trace-file.js";
import { importFigure } from "./import-figure.js";
import { importResult } from "./import-result.js";
import { importText } from "./import-text.js";
import { checkWritable, print, warn, writeJson } from "./output.js";
import { ProgressLine } from "./progress-line.js";

/** The parsed options of `import`. */
export interface ImportFlags {
  readonly format: string;
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

/** `equipoise import`: what can be learned from a log, as a trace, a fleet file and a report. Returns the exit code. */
export async function importCommand(file: string, flags: ImportFlags): Promise<number> {
  if (flags.json !== undefined) checkWritable(flags.json);
  makeFolder(flags.out);
  const line = new ProgressLine(file);
  const { format, pattern, columns, from, to, seed } = flags;
  const imported = await importLog({
    ...{ file, format, form: { pattern, columns }, from, to, seed, folder: flags.out, read: readLogInThread },
    progress: (done) => done > 0 && line.show(done),
  });
  try {
    line.end();
    const written = await writeFiles(file, imported, flags);
    const warnings = warningsOf(imported);
    for (const warning of warnings) warn(`warning: ${warning}`);
    print(importText(file, imported), flags.json);
    for (const name of written) print(`wrote ${join(flags.out, name)}`, flags.json);
    if (flags.json !== undefined) writeJson(importResult(file, imported, warnings), flags.json);
  } finally {
    imported.jobs.remove();
  }
  return EXIT.ok;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new OutputError(`--out ${folder}: cannot be made (${messageOf(error)})`);
  }
}

/** Writes what was learned. Returns the names of the files. */
async function writeFiles(file: string, imported: Imported, flags: ImportFlags): Promise<string[]> {
  const { summary, jobs, load } = imported;
  const hasSizes = summary.works.count > 0;
  if (flags.load !== undefined && !(load > 0))
    throw new UserError(`--load ${flags.load}: the log's own load is not known, for service times are not identified`);
  const unitSeconds = hasSizes ? summary.works.mean : 1;
  const stretch = flags.load === undefined ? 1 : load / flags.load;
  const random = randomStream(flags.seed, "blocks");
  const count = writeTrace(join(flags.out, "trace.csv"), jobs, {
    ...{ unitSeconds, stretch, hasSizes },
    fresh: flags.fresh === undefined ? undefined : { jobs: flags.fresh, random },
    title: [
      `from ${file}: one unit of time is ${short(unitSeconds, 6)} s${hasSizes ? ", the mean size at speed 1" : ""}`,
    ],
  });
  const names = [`trace.csv (${count} jobs)`];
  if (hasSizes) {
    const sizes = summary.workSample().subarray(0, MOST_SIZES);
    writeWhole(
      join(flags.out, "sizes.csv"),
      `size\n${Array.from(sizes, (size) => short(size / unitSeconds, 6)).join("\n")}\n`,
      "--out",
    );
    names.push("sizes.csv");
  }
  const fleet = learnedFleet(imported);
  if (fleet !== undefined) {
    writeWhole(join(flags.out, "fleet.yaml"), fleetText(file, fleet), "--out");
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
