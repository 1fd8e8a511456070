import type { Figure, Panel, Table } from "../figures/figure.js";
import type { QuantilePair } from "../workload/fitting/goodness.js";
import type { Imported } from "../workload/import/import-log.js";
import { importRows } from "./import-text.js";

/** Laws that a plot shows beside one another. */
const MOST_LAWS = 3;

/** What was learned from a log as a figure: QQ plots of the laws that were fitted, and tables of everything. */
export function importFigure(file: string, imported: Imported, seed: string): Figure {
  const { sizes, arrivals } = imported;
  return {
    id: "import/log",
    title: `The workload of ${file}`,
    source: "an access log",
    caption:
      "Quantiles of the laws that were fitted against those of the log, in means; on the diagonal they are equal. " +
      "A law takes the place of the log's own if its quantiles from the lower quartile to p99.9 are within 5 %.",
    claim: "",
    parameters: { format: "log" },
    seed,
    confidence: 0.95,
    panels: [
      ...(sizes === undefined
        ? []
        : [
            plot(
              "sizes",
              "job size",
              sizes.candidates.map(({ law, quantiles }) => [law.name, quantiles]),
            ),
          ]),
      ...(arrivals === undefined
        ? []
        : [
            plot(
              "interarrival times",
              "interarrival time",
              arrivals.candidates.map(({ name, quantiles }) => [name, quantiles]),
            ),
          ]),
    ],
    tables: [tableOf(imported), ...lawTables(imported)],
  };
}

function plot(title: string, label: string, laws: readonly (readonly [string, readonly QuantilePair[]])[]): Panel {
  const shown = laws.slice(0, MOST_LAWS);
  const values = shown.flatMap(([, pairs]) => pairs.map(({ observed }) => observed)).filter((value) => value > 0);
  const ends = [Math.min(...values), Math.max(...values)];
  return {
    title,
    x: { label: `${label} in the log`, unit: "means", scale: "log" },
    y: { label: `${label}, fitted`, unit: "means", scale: "log" },
    series: [
      { quantity: "equal", role: "exact", points: ends.map((x) => ({ x, y: x })) },
      ...shown.map(([quantity, pairs]) => ({
        quantity,
        role: "simulated" as const,
        points: pairs
          .filter(({ observed, fitted }) => observed > 0 && fitted > 0)
          .map(({ observed, fitted }) => ({ x: observed, y: fitted })),
      })),
    ],
  };
}

function tableOf(imported: Imported): Table {
  return {
    title: "What the log tells",
    columns: ["quantity", "value", "interval of 95 %", "unit"],
    rows: importRows(imported),
  };
}

function lawTables({ sizes, arrivals }: Imported): Table[] {
  const tables: Table[] = [];
  if (sizes !== undefined)
    tables.push({
      title: "Laws of sizes, best first",
      columns: [
        "law",
        "log-likelihood",
        "greatest deviation of quantiles",
        "deviation of p99 in M/G/1",
        "KS p-value",
        "chosen",
      ],
      rows: sizes.candidates.map(({ law, logLikelihood, deviation, p99Deviation, pValue }) => [
        ...[law.name, logLikelihood ?? null, deviation, p99Deviation ?? null, pValue ?? null],
        law.name === sizes.chosen?.law.name ? "yes" : "no",
      ]),
    });
  if (arrivals !== undefined)
    tables.push({
      title: "Arrival processes, best first",
      columns: [
        "process",
        "log-likelihood above Poisson",
        "greatest deviation of quantiles",
        "greatest deviation of sums",
        "chosen",
      ],
      rows: arrivals.candidates.map(({ name, gain, deviation, sumDeviation }) => [
        ...[name, gain, deviation, sumDeviation],
        name === arrivals.chosen?.name ? "yes" : "no",
      ]),
    });
  return tables;
}
