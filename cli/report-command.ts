import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Figure } from "../figures/figure.js";
import { renderReport } from "../figures/report.js";
import { checkWritable, writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { messageOf, UserError } from "../model/errors.js";
import { comparisonFigures } from "./compare-figures.js";
import { comparisonSchema } from "./compare-result.js";
import { print } from "./output.js";
import { resultSchema } from "./result.js";
import { resultFigure } from "./result-figure.js";
import { sweepFigure, sweepSchema } from "./sweep-figure.js";

/** The parsed options of `report`. */
export interface ReportFlags {
  readonly out: string;
  readonly title: string;
}

const axis = z.looseObject({ label: z.string(), unit: z.string(), scale: z.enum(["linear", "log"]) });
const point = z.looseObject({ x: z.number(), y: z.number() });
/** The fields of a figure that its renderers need. */
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

/** `equipoise report`: results of runs, sweeps and comparisons, and figures, in the order given, as one self-contained page. */
export async function report(files: readonly string[], flags: ReportFlags): Promise<number> {
  checkWritable(flags.out, "--out");
  const figures = files.flatMap(readFigures);
  const text =
    "Measured by Equipoise, a live load-balancing laboratory, with confidence intervals, beside what theory predicts. " +
    "This page is self-contained: it loads nothing from elsewhere.";
  writeWhole(flags.out, await renderReport({ title: flags.title, text }, figures), "--out");
  print(`wrote ${flags.out}`);
  return EXIT.ok;
}

/** What a file may hold: how it is recognised, read and drawn. */
interface Kind {
  readonly what: string;
  readonly is: (content: Readonly<Record<string, unknown>>) => boolean;
  readonly read: (content: unknown) => z.ZodSafeParseResult<Figure[]>;
}

/** The last one stands for whatever is none of the others. */
const KINDS: readonly Kind[] = [
  kind(
    "figure",
    ({ panels }) => panels !== undefined,
    figureSchema,
    (figure) => [figure as unknown as Figure],
  ),
  kind("comparison", ({ mode }) => mode === "compared", comparisonSchema, comparisonFigures),
  kind(
    "sweep",
    ({ mode }) => mode === "sweep",
    sweepSchema,
    (sweep) => [sweepFigure(sweep)],
  ),
  kind(
    "result",
    () => true,
    resultSchema,
    (result) => [resultFigure(result)],
  ),
];

function kind<T>(what: string, is: Kind["is"], schema: z.ZodType<T>, figures: (content: T) => Figure[]): Kind {
  return { what, is, read: (content) => schema.transform(figures).safeParse(content) };
}

/** Throws UserError if the file is neither the result of a command nor a figure. */
function readFigures(file: string): Figure[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: cannot be read as JSON (${messageOf(error)})`);
  }
  const [{ what, read }] = KINDS.filter(({ is }) => is(Object(content)));
  const found = read(content);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new UserError(
    `${file}: neither the result of a run, sweep or comparison (--json) nor a figure (${what}: ${issue.path.join(".") || "it"}: ${issue.message})`,
  );
}
