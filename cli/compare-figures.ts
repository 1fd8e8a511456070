import { loadText, type Written } from "../compare/advice.js";
import type { Cell, LoadAnswer } from "../compare/answer.js";
import { METRICS, type Metric } from "../compare/sample.js";
import type { Axis, Figure, Panel, Point, Series, Table } from "../figures/figure.js";
import type { ComparisonResult } from "./compare-result.js";
import {
  configurationRows,
  hasSearched,
  intervalText,
  SLO_LOAD,
  sloText,
  stableText,
  writtenIn,
} from "./compare-table.js";
import { formatPercent } from "./table.js";

/** The page of a comparison but for its advice. */
export const COMPARE_REPORT = { title: "Which policy for this fleet?" };

/** Percentiles that are drawn, from left to right. */
const PERCENTILES: readonly Metric[] = ["p50", "p90", "p99", "p999"];

/** Policies in a panel of lines: more cannot be told apart, and are in the tables only. */
const MOST_LINES = 7;

/** The best ones at the highest load, and the current one. */
function drawn({ loads, metric, current, policies }: ComparisonResult): readonly string[] {
  const { cells } = [...loads].sort((a, b) => b.load - a.load)[0];
  const inMetric = ({ metrics }: Cell): number => metrics[metric]?.value ?? Number.POSITIVE_INFINITY;
  const others = cells.filter(({ policy }) => policy !== current).sort((a, b) => (inMetric(a) < inMetric(b) ? -1 : 1));
  const best = new Set([current, ...others.slice(0, MOST_LINES - 1).map(({ policy }) => policy)]);
  return policies.map(({ policy }) => policy).filter((policy) => best.has(policy));
}

/** A comparison as figures: the metric and the percentiles of each policy, and the differences to the current one. */
export function comparisonFigures(result: ComparisonResult): Figure[] {
  const { metric, within, familyConfidence, seed, settings, current, policies } = result;
  const common = {
    source: "simulation of the fleet in virtual time",
    parameters: { ...settings, ...wayOf(result) },
    seed,
    confidence: familyConfidence,
  };
  const kept = formatPercent(familyConfidence);
  return [
    {
      ...common,
      id: `compare/${metric}`,
      title: METRICS[metric].label,
      caption:
        `All policies saw the same jobs. Those marked best cannot be told from the best of all, which no other is more than ${formatPercent(within)} ` +
        `better than; that, and all intervals, hold together with ${kept}, whenever the comparison ended.` +
        (policies.length > MOST_LINES
          ? ` Lines are those of the best ${MOST_LINES - 1} at the highest load, and of ${current}.`
          : ""),
      claim: "sojourn times are those at the servers, without the way there and back",
      panels: [metricPanel(result), ...result.loads.flatMap((at) => percentilePanel(at, result))],
      tables: [matrixOf(result), policyTable(result), ...configurationTable(result)],
    },
    {
      ...common,
      id: "compare/differences",
      title: `What another policy than ${current} would change`,
      caption: `The ${METRICS[metric].label} less that of ${current}, which runs now, on the same jobs: below 0 is better.`,
      claim: "differences on common random numbers are known far better than the values themselves",
      panels: differencePanel(result),
      tables: [differenceTable(result), ...changeTable(result)],
    },
    ...logFigure(result, common),
  ];
}

/** What must be known first of the log that the fleet is from. */
export function warningsOfLog({ learned }: ComparisonResult): string[] {
  return learned === null ? [] : learned.warnings.map((warning) => `Of ${learned.log}: ${warning}.`);
}

function logFigure(result: ComparisonResult, common: Pick<Figure, "parameters" | "seed" | "confidence">): Figure[] {
  const { learned } = result;
  if (learned === null) return [];
  return [
    {
      ...common,
      id: "compare/log",
      title: `What was learned from ${learned.log}`,
      source: "an access log",
      caption: [...warningsOfLog(result), ...learned.statements.map(sentence)].join(" "),
      claim: "the comparison is about the fleet that was learned, and knows nothing of what the log does not tell",
      panels: [],
      tables: [
        {
          title: "What the log tells",
          columns: ["quantity", "value", "interval of 95 %", "unit"],
          rows: learned.rows.map((row) => [...row]),
        },
      ],
    },
  ];
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function wayOf({ dispatchers, views, messageDelay, noticeDelay }: ComparisonResult): Record<string, string> {
  return {
    dispatchers: `${dispatchers}${dispatchers > 1 ? ` (${views} views)` : ""}`,
    "message delay": messageDelay,
    ...(noticeDelay === messageDelay ? {} : { "notice delay": noticeDelay }),
  };
}

/** A value on the scale that is shown. */
function scaled(value: number, metric: Metric, written: Written): number {
  return written.unit(metric) === "ms" ? Number(written.number(value, metric)) : value;
}

function pointOf(x: number, cell: Cell, metric: Metric, written: Written): Point[] {
  const found = cell.metrics[metric];
  if (found === undefined) return [];
  const y = scaled(found.value, metric, written);
  if (found.low === null || found.high === null) return [{ x, y }];
  return [{ x, y, low: scaled(found.low, metric, written), high: scaled(found.high, metric, written) }];
}

/** Many bands that overlap show nothing: the table has the intervals. */
const withoutEnds = ({ x, y }: Point): Point => ({ x, y });

const yAxis = (metric: Metric, written: Written, scale: Axis["scale"]): Axis => ({
  label: metric,
  unit: written.unit(metric),
  scale,
});

/** The metric of each policy by load; of a single load, by policy. */
function metricPanel(result: ComparisonResult): Panel {
  const { loads, policies, metric, timeUnitSeconds } = result;
  const written = writtenIn(timeUnitSeconds);
  const inOrder = [...loads].sort((a, b) => a.load - b.load);
  const y = yAxis(metric, written, "log");
  if (loads.length > 1)
    return {
      title: "by load",
      x: { label: "load", unit: "", scale: "linear" },
      y,
      series: drawn(result).map((policy): Series => {
        const points = inOrder
          .flatMap(({ load, cells }) =>
            cells.filter((cell) => cell.policy === policy).flatMap((cell) => pointOf(load, cell, metric, written)),
          )
          .map(withoutEnds);
        return { quantity: policy, role: "simulated", mark: "line", points };
      }),
    };
  const [{ cells }] = loads;
  const points = cells.flatMap((cell, i) => pointOf(i + 1, cell, metric, written));
  return {
    title: `at load ${loadText(loads[0])}`,
    x: { label: "", unit: "", scale: "linear", names: policies.map(({ policy }) => policy) },
    y,
    series: [{ quantity: METRICS[metric].label, role: "simulated", points }],
  };
}

function percentilePanel(at: LoadAnswer, result: ComparisonResult): Panel {
  const written = writtenIn(result.timeUnitSeconds);
  const lines = drawn(result);
  return {
    title: `percentiles of the sojourn times at load ${loadText(at)}`,
    x: { label: "", unit: "", scale: "linear", names: PERCENTILES },
    y: { label: "sojourn time", unit: written.unit("p50"), scale: "log" },
    series: at.cells.flatMap((cell): Series[] => {
      if (!lines.includes(cell.policy)) return [];
      const points = PERCENTILES.flatMap((metric, i) => pointOf(i + 1, cell, metric, written)).map(withoutEnds);
      return [{ quantity: cell.policy, role: "simulated", mark: "line", points }];
    }),
  };
}

/** One series for each load, beside each other. */
function differencePanel({ loads, policies, metric, current, timeUnitSeconds }: ComparisonResult): Panel[] {
  const written = writtenIn(timeUnitSeconds);
  const others = policies.map(({ policy }) => policy).filter((policy) => policy !== current);
  const series = loads.map((at, place): Series => {
    const beside = loads.length === 1 ? 0 : (0.5 * place) / (loads.length - 1) - 0.25;
    const points = others.flatMap((policy, i) => {
      const difference = at.cells.find((cell) => cell.policy === policy)?.difference ?? null;
      const cell = { metrics: difference === null ? {} : { [metric]: difference } } as Cell;
      return pointOf(i + 1 + beside, cell, metric, written);
    });
    return { quantity: `load ${loadText(at)}`, role: "simulated", points };
  });
  if (series.every(({ points }) => points.length === 0)) return [];
  return [
    {
      title: "",
      x: { label: "", unit: "", scale: "linear", names: others },
      y: { label: `difference in ${metric}`, unit: written.unit(metric), scale: "linear" },
      series,
    },
  ];
}

function matrixOf({ loads, policies, metric, timeUnitSeconds, current }: ComparisonResult): Table {
  const written = writtenIn(timeUnitSeconds);
  return {
    title: `${metric} by load`,
    columns: ["policy", ...loads.flatMap((at) => [`load ${loadText(at)}`, ""])],
    rows: policies.map(({ policy }, i) => [
      policy === current ? `${policy} (now)` : policy,
      ...loads.flatMap(({ cells }) => {
        const { status, metrics } = cells[i];
        const found = metrics[metric];
        return [found === undefined ? "" : intervalText(found, metric, written), status];
      }),
    ]),
  };
}

function differenceTable({ loads, policies, metric, timeUnitSeconds, current }: ComparisonResult): Table {
  const written = writtenIn(timeUnitSeconds);
  return {
    title: `Difference in ${metric} to ${current}`,
    columns: ["policy", ...loads.map((at) => `load ${loadText(at)}`)],
    rows: policies.flatMap(({ policy }, i) =>
      policy === current
        ? []
        : [
            [
              policy,
              ...loads.map(({ cells }) => {
                const { difference } = cells[i];
                return difference === null ? "" : intervalText(difference, metric, written);
              }),
            ],
          ],
    ),
  };
}

function policyTable({ policies, loads }: ComparisonResult): Table {
  const hasSlo = hasSearched(policies);
  return {
    title: "What each policy can bear and what it costs",
    columns: ["policy", "stable below load", ...(hasSlo ? [SLO_LOAD] : []), "messages per job"],
    rows: policies.map(({ policy, ...bears }, i) => [
      ...[policy, stableText(bears), ...(hasSlo ? [sloText(bears)] : [])],
      loads.flatMap(({ cells }) => cells[i].metrics.messages?.value ?? []).at(-1) ?? null,
    ]),
  };
}

function configurationTable(result: ComparisonResult): Table[] {
  const rows = configurationRows(result);
  return rows.length === 0 ? [] : [{ title: "To switch the advised policy on", columns: ["product", "lines"], rows }];
}

function changeTable({ changes, metric, timeUnitSeconds }: ComparisonResult): Table[] {
  if (changes.length === 0) return [];
  const written = writtenIn(timeUnitSeconds);
  return [
    {
      title: "If the fleet is otherwise",
      columns: ["if", "best", metric],
      rows: changes.map(({ condition, found, why }) => {
        const value = found?.cells.find(({ policy }) => policy === found.best[0])?.metrics[metric];
        const best = found === null ? `not tried: ${why}` : found.best.join(", ") || "none has a steady state";
        return [condition, best, value === undefined ? "" : intervalText(value, metric, written)];
      }),
    },
  ];
}
