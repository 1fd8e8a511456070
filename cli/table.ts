import { styleText } from "node:util";
import type { QuantityEvidence } from "../experiments/evidence.js";
import type { QuantityRole } from "../experiments/quantities.js";
import type { PolicyInformation } from "../experiments/scenario.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { printable } from "../model/printable.js";
import type { ViewQuality } from "../model/view-quality.js";
import type { Prediction } from "../theory/prediction.js";
import { describeClaim, describePrediction } from "../theory/verdict.js";
import { layOut, type Paper, shortened } from "./paper.js";

/** Columns of the verdict table, in order. */
const COLUMNS = ["quantity", "measured", "interval", "predicted", "kind", "limit", "verdict", "would find"] as const;
type Column = (typeof COLUMNS)[number] | "claim";
/** Columns to be left out where there is no room, first to last. */
const DISPENSABLE: readonly Column[] = ["limit", "would find", "kind"];
/** How far off a prediction may be itself is left out last. */
const WITHOUT_ERROR: readonly Column[] = ["quantity", "measured", "interval", "claim", "verdict"];
const NUMERIC: ReadonlySet<Column> = new Set(["measured", "interval", "would find"]);

const COLOURS = { agrees: "green", differs: "red", undecided: "yellow", void: "magenta" } as const;

/**
 * The verdict table: every quantity measured, with its joint interval, beside the prediction that decides and the limit, and how small a
 * deviation would have been found. Headline quantities come first, inputs last; then reasons for what does not agree. Printable, but for
 * its colours.
 */
export function verdictTable(quantities: readonly QuantityEvidence[], { width, lines, hasColours }: Paper): string {
  const inOrder = ROLE_ORDER.flatMap((role) => quantities.filter((quantity) => quantity.role === role));
  const rows = inOrder.map(cellsOf);
  let columns: readonly Column[] = COLUMNS;
  const table = (room = Number.POSITIVE_INFINITY): string =>
    layOut(
      columns.map((column) => (column === "claim" ? "predicted" : column)),
      rows.map((row) => columns.map((column) => row[column])),
      new Set(columns.flatMap((column, i) => (NUMERIC.has(column) ? [i] : []))),
      {
        width: room,
        paint: (text, column) => (hasColours && columns[column] === "verdict" ? coloured(text) : text),
      },
    );
  // The rule below the titles is as wide as the table.
  const isTooWide = (): boolean => table().split("\n")[1].length > width;
  for (const column of DISPENSABLE) if (isTooWide()) columns = columns.filter((one) => one !== column);
  if (isTooWide()) columns = WITHOUT_ERROR;
  const notes = notesOn(inOrder);
  return fitted([...table(width).split("\n"), ...notes], { width, lines }).join("\n");
}

/** Why quantities do not agree; a reason that holds for several of them is given once. */
function notesOn(quantities: readonly QuantityEvidence[]): string[] {
  const alike = new Map<string, QuantityEvidence[]>();
  for (const quantity of quantities) {
    const { verdict, reason } = quantity;
    if (verdict !== "differs" && verdict !== "undecided") continue;
    const same = alike.get(`${verdict} ${reason}`);
    if (same === undefined) alike.set(`${verdict} ${reason}`, [quantity]);
    else same.push(quantity);
  }
  return [...alike.values()].map((same) => {
    const [{ verdict, reason }] = same;
    const isOne = same.length === 1;
    const are = verdict === "differs" ? (isOne ? "differs" : "differ") : `${isOne ? "is" : "are"} undecided`;
    const isAll = same.length === quantities.length && !isOne;
    return printable(`${isAll ? "all quantities" : namesOf(same)} ${are}: ${reason}`);
  });
}

/** More names than this are not all told: the table has them. */
const MOST_NAMES = 6;
const FIRST_NAMES = 3;

function namesOf(quantities: readonly QuantityEvidence[]): string {
  const names = quantities.map(({ name }) => name);
  if (names.length <= MOST_NAMES) return names.join(", ");
  return `${names.slice(0, FIRST_NAMES).join(", ")} and ${names.length - FIRST_NAMES} others`;
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
    claim: shown === undefined ? "-" : describeClaim(shown),
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
  timedOut,
  lost,
  inFlight,
  retried,
}: DispatcherState["totals"]): string {
  const late = timedOut === 0 ? "" : ` + ${timedOut} timed out`;
  const retries = retried === 0 ? "" : `; ${retried} sent again`;
  return `jobs: ${offered} offered = ${completed} completed + ${blocked} blocked${late} + ${lost} lost + ${inFlight} in flight${retries}`;
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
