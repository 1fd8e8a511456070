import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pointsCsv, tableCsv } from "../figures/csv.js";
import type { Figure, FigureSource } from "../figures/figure.js";
import { figureSourceOf, figureSources } from "../figures/index.js";
import { renderReport } from "../figures/report.js";
import { renderSvg } from "../figures/svg.js";
import { EXIT } from "../live/process.js";
import { messageOf, UserError } from "../model/errors.js";
import { Pool } from "../simulator/parallel/pool.js";
import { ProgressLine } from "./progress-line.js";

/** The options of the commands that make figures, as read. */
export interface FigureFlags {
  readonly out: string;
  readonly seed: string;
  readonly workers: number;
  readonly preview?: true;
}

const REPORT_TEXT =
  "What the papers show, simulated, with confidence intervals, beside what theory predicts for these very sizes and in the limit.";

/** `equipoise figure`: makes one figure as CSV, JSON and SVG, and as a page. */
export async function figure(id: string, flags: FigureFlags): Promise<number> {
  const source = figureSourceOf(id);
  const [made] = await makeAll([source], flags);
  const heading = { title: "Equipoise", text: REPORT_TEXT };
  write(flags.out, `${fileNameOf(made)}.html`, await renderReport(heading, [made]));
  return EXIT.ok;
}

/** `equipoise figures`: makes all of them, and one page that shows them. */
export async function figures(flags: FigureFlags): Promise<number> {
  const made = await makeAll(figureSources, flags);
  const heading = { title: "Equipoise: figures", text: REPORT_TEXT };
  write(flags.out, "index.html", await renderReport(heading, made));
  return EXIT.ok;
}

async function makeAll(sources: readonly FigureSource[], flags: FigureFlags): Promise<Figure[]> {
  prepare(flags.out);
  const runner = new Pool(flags.workers);
  const made: Figure[] = [];
  try {
    for (const source of sources) {
      const line = new ProgressLine(source.id);
      const options = { seed: flags.seed, preview: flags.preview === true, runner };
      const figure = await source.make(options, (done) => line.show(done));
      line.end();
      await writeFigure(figure, flags.out);
      made.push(figure);
    }
  } finally {
    await runner.close();
  }
  return made;
}

async function writeFigure(figure: Figure, folder: string): Promise<void> {
  const name = fileNameOf(figure);
  write(folder, `${name}.json`, `${JSON.stringify(figure, null, 2)}\n`);
  write(folder, `${name}.csv`, pointsCsv(figure));
  for (const [i, table] of figure.tables.entries()) write(folder, `${name}-table-${i + 1}.csv`, tableCsv(table));
  write(folder, `${name}.svg`, await renderSvg(figure, "light"));
}

function fileNameOf({ id }: Figure): string {
  return id.replaceAll("/", "-");
}

/** Makes the folder: before the work, not after it. */
function prepare(folder: string): void {
  try {
    makeFolder(resolve(folder));
  } catch (error) {
    throw new UserError(`--out ${folder}: cannot be made (${messageOf(error)}); name a folder that can be written`);
  }
}

/** Not with `recursive`: where the system makes no folders, as in /proc, Node would try for ever. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function write(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`--out ${folder}: ${messageOf(error)}`);
  }
  process.stdout.write(`${file}\n`);
}
