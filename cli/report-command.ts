import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Figure } from "../figures/figure.js";
import { renderReport } from "../figures/report.js";
import { EXIT } from "../live/process.js";
import { messageOf, UserError } from "../model/errors.js";
import { checkWritable, print } from "./output.js";
import { resultSchema } from "./result.js";
import { resultFigure } from "./result-figure.js";

/** The options of `report`, as read. */
export interface ReportFlags {
  readonly out: string;
  readonly title: string;
}

const axis = z.looseObject({ label: z.string(), unit: z.string(), scale: z.enum(["linear", "log"]) });
const point = z.looseObject({ x: z.number(), y: z.number() });
/** As much of a figure as its renderers need: figures are written by this program. */
const figureSchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  caption: z.string(),
  claim: z.string(),
  parameters: z.record(z.string(), z.string()),
  seed: z.string(),
  confidence: z.number(),
  panels: z.array(
    z.looseObject({
      title: z.string(),
      x: axis,
      y: axis,
      series: z.array(z.looseObject({ quantity: z.string(), role: z.string(), points: z.array(point) })),
    }),
  ),
  tables: z.array(
    z.object({
      title: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    }),
  ),
});

/** `equipoise report`: results of runs and figures, in the order given, as one page to be sent to somebody. */
export async function report(files: readonly string[], flags: ReportFlags): Promise<number> {
  checkWritable(flags.out, "--out");
  const figures = files.map(readFigure);
  const text =
    "Measured by Equipoise, a live load-balancing laboratory, with confidence intervals, beside what theory predicts. " +
    "This page asks nobody for anything: pictures and data are in it.";
  writeFileSync(flags.out, await renderReport({ title: flags.title, text }, figures));
  print(`wrote ${flags.out}`);
  return EXIT.ok;
}

/** Throws UserError if the file is neither the result of a run nor a figure. */
function readFigure(file: string): Figure {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: cannot be read as JSON (${messageOf(error)})`);
  }
  const result = resultSchema.safeParse(content);
  if (result.success) return resultFigure(result.data);
  const figure = figureSchema.safeParse(content);
  if (figure.success) return figure.data as unknown as Figure;
  const isFigure = typeof content === "object" && content !== null && "panels" in content;
  const [issue] = (isFigure ? figure : result).error.issues;
  throw new UserError(
    `${file}: no result of a run (--json) and no figure (${isFigure ? "figure" : "result"}: ${issue.path.join(".") || "it"}: ${issue.message})`,
  );
}
