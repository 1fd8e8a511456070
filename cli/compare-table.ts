import { advisedLoad, chosen, loadText, type Written } from "../compare/advice.js";
import type { Cell, Estimated, LoadAnswer } from "../compare/answer.js";
import { definitionOf, METRICS, type Metric } from "../compare/sample.js";
import type { ComparisonResult } from "./compare-result.js";
import { layOut, type Paper } from "./paper.js";
import { formatNumber, formatPercent } from "./table.js";

/** In milliseconds where it is known how long a time unit is. */
export function writtenIn(timeUnitSeconds: number | null): Written {
  const isTime = (metric: Metric): boolean => definitionOf(metric).unit !== "";
  return {
    number: (value, metric) =>
      formatNumber(timeUnitSeconds !== null && isTime(metric) ? 1000 * timeUnitSeconds * value : value, 3),
    unit(metric) {
      if (!isTime(metric)) return "";
      return timeUnitSeconds === null ? "time units" : "ms";
    },
  };
}

type Row = (string | number | null)[];

/** A row for every metric of every policy at every load. */
export function comparisonRows({ loads, policies }: ComparisonResult): {
  readonly columns: string[];
  readonly rows: Row[];
} {
  const columns = [
    ...["load", "policy", "status", "replications", "metric", "value", "low", "high"],
    ...["difference to the current policy", "difference low", "difference high"],
    ...["stable below load", "unstable from load", "within slo up to load", "over slo from load"],
  ];
  const rows = loads.flatMap(({ load, cells }) =>
    cells.flatMap(({ policy, status, replications, metrics, difference }, place) => {
      const { stableBelow, unstableFrom, meetsSloUpTo, missesSloFrom } = policies[place];
      const bears = [stableBelow, unstableFrom, meetsSloUpTo, missesSloFrom];
      const found = Object.entries(metrics) as [Metric, Estimated][];
      const about = [load, policy, status, replications];
      if (found.length === 0) return [[...about, ...new Array<null>(6).fill(null), ...bears]];
      return found.map(([metric, { value, low, high }], i) => [
        ...[...about, metric, value, low, high],
        ...(i === 0 && difference !== null ? [difference.value, difference.low, difference.high] : [null, null, null]),
        ...bears,
      ]);
    }),
  );
  return { columns, rows };
}

/** All that was found, for people: tables as wide as the paper allows, and the advice. */
export function answerText(result: ComparisonResult, paper: Paper): string {
  const { metric, timeUnitSeconds, familyConfidence, within, current } = result;
  const written = writtenIn(timeUnitSeconds);
  const unit = written.unit(metric) === "" ? "" : `, ${written.unit(metric)}`;
  const title = `${METRICS[metric].label}${unit}, with joint intervals of ${formatPercent(familyConfidence)}`;
  return [
    `${title}; * best, or within ${formatPercent(within)} of it`,
    matrix(result, paper, (cell) => valueText(cell, metric, written)),
    "",
    `difference to ${current}, which runs now, on the same jobs${unit}`,
    matrix(result, paper, (cell) => (cell.difference === null ? "-" : intervalText(cell.difference, metric, written))),
    "",
    policyTable(result, paper),
    ...changeLines(result, paper),
    "",
    result.advice,
    ...configurationRows(result).map(([product, lines]) => `  ${product}: ${lines}`),
  ].join("\n");
}

/** A table of policies by loads; loads that do not fit beside each other are below. */
function matrix(
  { loads, current, policies }: ComparisonResult,
  { width }: Paper,
  text: (cell: Cell) => string,
): string {
  const table = (shown: readonly LoadAnswer[]): string =>
    layOut(
      ["policy", ...shown.map((at) => `load ${loadText(at)}`)],
      policies.map(({ policy }, i) => [
        policy === current ? `${policy} (now)` : policy,
        ...shown.map(({ cells }) => text(cells[i])),
      ]),
      new Set(shown.map((_, i) => i + 1)),
    );
  const blocks: LoadAnswer[][] = [];
  for (const at of loads) {
    const last = blocks.at(-1);
    if (last !== undefined && table([...last, at]).indexOf("\n") <= width) last.push(at);
    else blocks.push([at]);
  }
  return blocks.map(table).join("\n\n");
}

function valueText({ status, metrics }: Cell, metric: Metric, written: Written): string {
  const found = metrics[metric];
  if (found === undefined) return status === "growing" ? "queues grow" : status;
  const mark = status === "best" ? "*" : status === "open" ? "?" : " ";
  return `${intervalText(found, metric, written)} ${mark}`;
}

export function intervalText({ value, low, high }: Estimated, metric: Metric, written: Written): string {
  const interval =
    low === null || high === null ? "" : ` [${written.number(low, metric)}, ${written.number(high, metric)}]`;
  return `${written.number(value, metric)}${interval}`;
}

/** What each policy can bear, and what it costs. */
function policyTable({ policies, loads, timeUnitSeconds }: ComparisonResult, paper: Paper): string {
  const written = writtenIn(timeUnitSeconds);
  const hasSlo = hasSearched(policies);
  const header = ["policy", "stable below load", ...(hasSlo ? [SLO_LOAD] : []), "messages per job"];
  const rows = policies.map(({ policy, ...bears }, i) => {
    const messages = loads.flatMap(({ cells }) => cells[i].metrics.messages ?? []).at(-1);
    return [
      policy,
      stableText(bears),
      ...(hasSlo ? [sloText(bears)] : []),
      messages === undefined ? "-" : written.number(messages.value, "messages"),
    ];
  });
  return layOut(header, rows, new Set([...header.keys()].slice(1)), paper);
}

export function stableText({
  stableBelow,
  unstableFrom,
}: Pick<ComparisonResult["policies"][number], "stableBelow" | "unstableFrom">): string {
  if (stableBelow === null || unstableFrom === null) return "any";
  if (stableBelow === unstableFrom) return formatNumber(unstableFrom, 4);
  return `${formatNumber(stableBelow, 4)}; none from ${formatNumber(unstableFrom, 4)}`;
}

/** The heading of `sloText`. */
export const SLO_LOAD = "within slo up to load";

type SloLoads = Pick<ComparisonResult["policies"][number], "meetsSloUpTo" | "missesSloFrom">;

/** Whether it was searched up to which loads the slo is met. */
export function hasSearched(policies: readonly SloLoads[]): boolean {
  return policies.some(({ meetsSloUpTo, missesSloFrom }) => meetsSloUpTo !== null || missesSloFrom !== null);
}

/** Between which loads a policy begins to miss the slo: what is in between is not known. */
export function sloText({ meetsSloUpTo, missesSloFrom }: SloLoads): string {
  const upTo = meetsSloUpTo === null ? "none" : formatNumber(meetsSloUpTo, 4);
  return missesSloFrom === null ? upTo : `${upTo}; not from ${formatNumber(missesSloFrom, 4)}`;
}

/** By product, the lines that switch the advised policy on; none while it is not known. */
export function configurationRows({ loads, policies, current }: ComparisonResult): [string, string][] {
  const at = advisedLoad(loads);
  const use = at === undefined || at.outcome === "open" ? undefined : chosen(at, current);
  return Object.entries(policies.find(({ policy }) => policy === use)?.configuration ?? {});
}

function changeLines({ changes, metric, timeUnitSeconds }: ComparisonResult, paper: Paper): string[] {
  if (changes.length === 0) return [];
  const written = writtenIn(timeUnitSeconds);
  const rows = changes.map(({ condition, found, why }) => {
    if (found === null) return [condition, `not tried: ${why}`, "-"];
    const cell = found.cells.find(({ policy }) => policy === found.best[0]);
    const value = cell?.metrics[metric];
    return [
      condition,
      found.outcome === "none"
        ? "none has a steady state"
        : `${found.best.join(", ")}${found.outcome === "open" ? " ?" : ""}`,
      value === undefined ? "-" : intervalText(value, metric, written),
    ];
  });
  return ["", layOut(["if", "best", metric], rows, new Set([2]), paper)];
}
