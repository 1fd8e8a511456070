import type { DispatcherState } from "../live/dispatcher-state.js";
import type { ViewQuality } from "../model/view-quality.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { PolicyInformation } from "../scenarios/scenario.js";
import type { Prediction } from "../theory/prediction.js";
import { describeClaim } from "../theory/verdict.js";

/** Lays out rows in columns as wide as their widest cell; numbers line up on the right. */
export function layOut(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number>,
): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (rightAligned.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** The verdict table: every quantity measured, with its interval, beside the sharpest prediction and the limit. */
export function verdictTable(quantities: readonly QuantityEvidence[], familyConfidence: number): string {
  const header = [
    "quantity",
    "measured",
    `${formatPercent(familyConfidence)} joint interval`,
    "predicted",
    "kind",
    "limit",
    "verdict",
  ];
  const rows = quantities.map((quantity) => {
    const sharpest = quantity.predictions.find((prediction) => prediction.kind !== "bound");
    const limit = quantity.predictions.find((prediction) => prediction.kind === "limit" && prediction !== sharpest);
    return [
      quantity.name,
      formatNumber(quantity.measured),
      formatInterval(quantity),
      sharpest === undefined ? "-" : describePredicted(sharpest),
      sharpest === undefined ? "-" : kindOf(sharpest),
      limit === undefined ? "-" : describeClaim(limit),
      quantity.verdict,
    ];
  });
  const notes = quantities
    .filter(({ verdict }) => verdict === "differs" || verdict === "undecided")
    .map(({ name, verdict, reason }) => `${name} ${verdict === "differs" ? "differs" : "is undecided"}: ${reason}`);
  return [layOut(header, rows, new Set([1, 2])), ...notes].join("\n");
}

/** The books of the jobs, in a line. That they balance is checked while they are kept. */
export function books({ offered, completed, blocked, lost, inFlight, retried }: DispatcherState["totals"]): string {
  const retries = retried === 0 ? "" : `; ${retried} sent again`;
  return `jobs: ${offered} offered = ${completed} completed + ${blocked} blocked + ${lost} lost + ${inFlight} in flight${retries}`;
}

function kindOf({ kind, status }: Prediction): string {
  return status === "applies" ? kind : `${kind} (outside assumptions)`;
}

/** The claim and how far it may be off, e.g. "1.5814 ± 0.0016". */
export function describePredicted(prediction: Prediction): string {
  const error = prediction.modelError;
  return error > 0 ? `${describeClaim(prediction)} ± ${Number(error.toPrecision(2))}` : describeClaim(prediction);
}

function formatInterval({ ciLow, ciHigh }: QuantityEvidence): string {
  if (ciLow === null && ciHigh === null) return "-";
  return `[${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`;
}

/** What a policy cost in information, as a result has it: messages counted since the start. */
export function policyCost(
  name: string,
  { messages, bitsPerServer }: PolicyInformation,
  offered: number,
): { readonly name: string; readonly messagesPerJob: number | null; readonly bitsPerServer: number } {
  return { name, messagesPerJob: offered === 0 ? null : messages / offered, bitsPerServer };
}

/** The same in words. */
export function policyLine({ name, messagesPerJob, bitsPerServer }: ReturnType<typeof policyCost>): string {
  const messages =
    messagesPerJob === null ? "no job yet" : `${messagesPerJob.toFixed(2)} messages a job besides the job`;
  return `policy ${name}: ${messages}, ${bitsPerServer} bits kept of each server`;
}

/** How good the views of several dispatchers were, in words. */
export function viewLine({ dispatchers, meanAge, meanError, meanAbsoluteError, wrongFraction }: ViewQuality): string {
  const percent = wrongFraction === null ? "-" : formatPercent(Number(wrongFraction.toPrecision(3)));
  return (
    `views of ${dispatchers} dispatchers: queues are told after ${formatNumber(meanAge)} time units; they are wrong for ${percent} of ` +
    `jobs, by ${formatNumber(meanAbsoluteError)} jobs on average over all, ${formatNumber(meanError)} with sign`
  );
}

/** Five significant digits; "-" where there is nothing. */
export function formatNumber(value: number | null): string {
  if (value === null) return "-";
  return value === 0 ? "0" : Number(value.toPrecision(5)).toString();
}

/** A fraction as a percentage without trailing zeros. */
export function formatPercent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(6))} %`;
}
