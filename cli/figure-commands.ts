import { mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readSettings } from "../experiments/parameters.js";
import { pointsCsv, tableCsv } from "../figures/csv.js";
import type { Figure, FigureSource } from "../figures/figure.js";
import { figureSourceOf, figureSources } from "../figures/index.js";
import type { Width } from "../figures/layout.js";
import { renderReport } from "../figures/report.js";
import { renderSvg } from "../figures/svg.js";
import { checkWritable, writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { messageOf, UserError } from "../model/errors.js";
import { Pool } from "../simulator/parallel/pool.js";
import { print } from "./output.js";
import { parameterList } from "./parameter-list.js";
import { checkFormats, type PictureFormat, pictureOf } from "./pictures.js";
import { ProgressLine } from "./progress-line.js";

/** The parsed options of the figure commands. */
export interface FigureFlags {
  readonly out: string;
  readonly seed: string;
  /** For a single figure. */
  readonly set?: readonly string[];
  readonly parameters?: true;
  readonly workers: number;
  readonly preview?: true;
  readonly format: readonly PictureFormat[];
  readonly width: Width;
}

const REPORT_TEXT =
  "The results of the papers, simulated, with confidence intervals, beside what theory predicts for these system sizes and in the limit.";

/** `equipoise figure`: makes one figure as CSV, JSON and SVG, and as a page. */
export async function figure(id: string, flags: FigureFlags): Promise<number> {
  const source = figureSourceOf(id);
  if (flags.parameters === true) {
    const list = parameterList(source.parameters, readSettings(flags.set ?? []));
    print(list === "" ? `figure ${id} has no parameters to set` : list);
    return EXIT.ok;
  }
  const [made] = await makeAll([source], flags);
  const heading = { title: "Equipoise", text: REPORT_TEXT };
  write(flags.out, `${fileNameOf(made)}.html`, await renderReport(heading, [made]));
  return EXIT.ok;
}

/** `equipoise figures`: makes all figures, and one page that shows them. */
export async function figures(flags: FigureFlags): Promise<number> {
  const made = await makeAll(figureSources, flags);
  const heading = { title: "Equipoise: figures", text: REPORT_TEXT };
  write(flags.out, "index.html", await renderReport(heading, made, "beside"));
  return EXIT.ok;
}

async function makeAll(sources: readonly FigureSource[], flags: FigureFlags): Promise<Figure[]> {
  prepare(flags.out);
  checkFormats(flags.format);
  const runner = new Pool(flags.workers);
  const made: Figure[] = [];
  try {
    for (const source of sources) {
      const line = new ProgressLine(source.id);
      const options = {
        seed: flags.seed,
        settings: readSettings(flags.set ?? []),
        preview: flags.preview === true,
        runner,
      };
      const figure = await source.make(options, (done) => line.show(done));
      line.end();
      await writeFigure(figure, flags);
      made.push(figure);
    }
  } finally {
    await runner.close();
  }
  return made;
}

async function writeFigure(figure: Figure, { out: folder, format: formats, width }: FigureFlags): Promise<void> {
  const name = fileNameOf(figure);
  write(folder, `${name}.json`, `${JSON.stringify(figure, null, 2)}\n`);
  write(folder, `${name}.csv`, pointsCsv(figure));
  for (const [i, table] of figure.tables.entries()) write(folder, `${name}-table-${i + 1}.csv`, tableCsv(table));
  const svg = await renderSvg(figure, "light", width);
  write(folder, `${name}.svg`, svg);
  for (const format of new Set(formats))
    if (format !== "svg") write(folder, `${name}.${format}`, await pictureOf(svg, format));
}

function fileNameOf({ id }: Figure): string {
  return id.replaceAll("/", "-");
}

/** Creates the folder, so that a bad --out is reported before the work and not after it. */
function prepare(folder: string): void {
  try {
    makeFolder(resolve(folder));
  } catch (error) {
    throw new UserError(`--out ${folder}: cannot be created (${messageOf(error)}); choose a writable folder`);
  }
  checkWritable(join(folder, "index.html"), "--out");
}

/** Does not use `recursive`: where no folder can be created, as in /proc, Node would never return. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function write(folder: string, name: string, content: string | Uint8Array): void {
  const file = join(folder, name);
  writeWhole(file, content, "--out");
  print(file);
}
