import { styleText } from "node:util";
import type { QuantityEvidence } from "../experiments/evidence.js";
import type { QuantityRole } from "../experiments/quantities.js";
import type { PolicyInformation } from "../experiments/scenario.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import type { ViewQuality } from "../model/view-quality.js";
import type { Prediction } from "../theory/prediction.js";
import { describeClaim, describePrediction } from "../theory/verdict.js";

/**
 * Lays out rows in columns as wide as their widest cell; numbers line up on the right.
 *
 * @param paint what a cell of a row looks like: the text itself, with colours around it
 */
export function layOut(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number>,
  paint: (text: string, column: number) => string = (text) => text,
): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const padding = " ".repeat(widths[column] - cell.length);
        return rightAligned.has(column) ? padding + paint(cell, column) : paint(cell, column) + padding;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** Columns of the verdict table, in order. */
const COLUMNS = ["quantity", "measured", "interval", "predicted", "kind", "limit", "verdict", "would find"] as const;
type Column = (typeof COLUMNS)[number];
/** Columns to be left out where there is no room, first to last. */
const DISPENSABLE: readonly Column[] = ["limit", "would find", "kind"];
const NUMERIC: ReadonlySet<Column> = new Set(["measured", "interval", "would find"]);

/** What a table is printed on; for a file or a pipe, of any size and without colours. */
export interface Paper {
  /** Characters in a line; columns that do not fit are left out. */
  readonly width: number;
  /** Lines that there is room for; what does not fit is counted instead. */
  readonly lines: number;
  readonly hasColours: boolean;
}

export const ANY_PAPER: Paper = { width: Number.POSITIVE_INFINITY, lines: Number.POSITIVE_INFINITY, hasColours: false };

/** The terminal at the other end of a stream, if it is one. No colours where NO_COLOR asks for none (no-color.org). */
export function paperOf({ isTTY, columns }: NodeJS.WriteStream): Paper {
  if (!isTTY) return ANY_PAPER;
  return { ...ANY_PAPER, width: columns, hasColours: (process.env.NO_COLOR ?? "") === "" };
}

const COLOURS = { agrees: "green", differs: "red", undecided: "yellow", void: "magenta" } as const;

/**
 * The verdict table: every quantity measured, with its joint interval, beside the prediction that decides and the limit, and how small a
 * deviation would have been found. Headline quantities come first, inputs last; then reasons for what does not agree.
 */
export function verdictTable(quantities: readonly QuantityEvidence[], { width, lines, hasColours }: Paper): string {
  const inOrder = ROLE_ORDER.flatMap((role) => quantities.filter((quantity) => quantity.role === role));
  const rows = inOrder.map(cellsOf);
  let columns: readonly Column[] = COLUMNS;
  const table = (): string =>
    layOut(
      columns,
      rows.map((row) => columns.map((column) => row[column])),
      new Set(columns.flatMap((column, i) => (NUMERIC.has(column) ? [i] : []))),
      (text, column) => (hasColours && columns[column] === "verdict" ? coloured(text) : text),
    );
  for (const column of DISPENSABLE) {
    if (table().indexOf("\n") <= width) break;
    columns = columns.filter((one) => one !== column);
  }
  const notes = notesOn(inOrder);
  return fitted([...table().split("\n"), ...notes], { width, lines }).join("\n");
}

/** Why quantities do not agree; a reason that holds for all of them is given once. */
function notesOn(quantities: readonly QuantityEvidence[]): string[] {
  const [first, ...others] = quantities;
  if (first?.verdict === "undecided" && others.length > 0 && others.every(({ reason }) => reason === first.reason))
    return [`every quantity is undecided: ${first.reason}`];
  return quantities
    .filter(({ verdict }) => verdict === "differs" || verdict === "undecided")
    .map(({ name, verdict, reason }) => `${name} ${verdict === "differs" ? "differs" : "is undecided"}: ${reason}`);
}

function coloured(text: string): string {
  const colour = COLOURS[text as QuantityEvidence["verdict"]];
  return colour === undefined ? text : styleText(colour, text);
}

/** As much as there is room for if there is a last line, and how much more there would be. */
function fitted(all: readonly string[], { width, lines }: Pick<Paper, "width" | "lines">): readonly string[] {
  if (lines === Number.POSITIVE_INFINITY) return all;
  const shown = all.length <= lines ? all.length : Math.max(0, lines - 1);
  const rest = all.length - shown;
  const more = rest === 0 ? [] : [`... ${rest} more lines, on the page or in a higher terminal`];
  return [...all.slice(0, shown), ...more].map((line) => shortened(line, width));
}

/** What fits into a line of a terminal; lines with colours fit, or there are no columns left to leave out. */
export function shortened(line: string, width: number): string {
  return line.length <= width || line.includes("\u001b") ? line : `${line.slice(0, width - 3)}...`;
}

const ROLE_ORDER = ["headline", "other", "input"] as const satisfies readonly QuantityRole[];

function cellsOf(quantity: QuantityEvidence): Record<Column, string> {
  const { name, role, measured, predictions, decidedBy, verdict, wouldFind } = quantity;
  const shown = predictions.find((one) => describePrediction(one) === decidedBy) ?? predictions[0];
  const limit = predictions.find((prediction) => prediction.kind === "limit" && prediction !== shown);
  return {
    quantity: role === "headline" ? `${name} *` : name,
    measured: formatNumber(measured),
    interval: formatInterval(quantity),
    predicted: shown === undefined ? "-" : describePredicted(shown),
    kind: shown === undefined ? "-" : kindOf(shown),
    limit: limit === undefined ? "-" : describeClaim(limit),
    verdict,
    "would find": wouldFind === null ? "-" : Number(wouldFind.toPrecision(2)).toString(),
  };
}

/** What the table leaves unsaid. */
export function verdictLegend({ familyConfidence, within }: { familyConfidence: number; within: number }): string {
  return (
    `* headline: the run agrees if these do. Intervals hold jointly with ${formatPercent(familyConfidence)}, over all looks; agrees: the whole interval is ` +
    `within the prediction's error plus ${formatPercent(within)}`
  );
}

/** The job balance in a line. That it holds is checked where the jobs are counted. */
export function jobBalance({
  offered,
  completed,
  blocked,
  lost,
  inFlight,
  retried,
}: DispatcherState["totals"]): string {
  const retries = retried === 0 ? "" : `; ${retried} sent again`;
  return `jobs: ${offered} offered = ${completed} completed + ${blocked} blocked + ${lost} lost + ${inFlight} in flight${retries}`;
}

function kindOf({ kind, status }: Prediction): string {
  return status === "applies" ? kind : `${kind} (outside assumptions)`;
}

/** The claim with its model error, e.g. "1.5814 ± 0.0016". */
export function describePredicted(prediction: Prediction): string {
  const error = prediction.modelError;
  return error > 0 ? `${describeClaim(prediction)} ± ${Number(error.toPrecision(2))}` : describeClaim(prediction);
}

function formatInterval({ ciLow, ciHigh }: QuantityEvidence): string {
  if (ciLow === null && ciHigh === null) return "-";
  return `[${formatNumber(ciLow, 4)}, ${formatNumber(ciHigh, 4)}]`;
}

/** What a policy cost in information since the start, as part of a result. */
export function policyCost(
  name: string,
  { messages, bitsPerServer }: PolicyInformation,
  offered: number,
): { readonly name: string; readonly messagesPerJob: number | null; readonly bitsPerServer: number } {
  return { name, messagesPerJob: offered === 0 ? null : messages / offered, bitsPerServer };
}

/** The cost of a policy in words. */
export function policyLine({ name, messagesPerJob, bitsPerServer }: ReturnType<typeof policyCost>): string {
  const messages =
    messagesPerJob === null ? "no job yet" : `${messagesPerJob.toFixed(2)} messages per job besides the job itself`;
  return `policy ${name}: ${messages}, ${bitsPerServer} bits of state per server`;
}

/** The accuracy of the views of several dispatchers, in words. */
export function viewLine({
  dispatchers,
  meanAge,
  meanAgeError,
  meanError,
  meanAbsoluteError,
  wrongFraction,
}: ViewQuality): string {
  const percent = wrongFraction === null ? "-" : formatPercent(Number(wrongFraction.toPrecision(3)));
  return (
    `views of ${dispatchers} dispatchers: what servers tell takes ${formatNumber(meanAge)} +- ${formatNumber(meanAgeError)} time units; the view was wrong for ${percent} of ` +
    `jobs; mean absolute error ${formatNumber(meanAbsoluteError)} jobs, mean error ${formatNumber(meanError)}`
  );
}

/** So many significant digits; "-" for null. */
export function formatNumber(value: number | null, digits = 5): string {
  if (value === null) return "-";
  return value === 0 ? "0" : Number(value.toPrecision(digits)).toString();
}

/** A fraction as a percentage without trailing zeros. */
export function formatPercent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(6))} %`;
}
