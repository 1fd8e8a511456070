import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import type { SizeCandidate } from "../workload/fitting/choose-sizes.js";
import { percent, short } from "../workload/import/findings.js";
import { type Imported, percentilesOf } from "../workload/import/import-log.js";
import { layOut } from "./paper.js";

const CONFIDENCE = 0.95;

/** A quantity, its value, its interval, its unit. */
type Row = readonly [string, string, string, string];

/** The figures of a log, as rows of a table. */
export function importRows(imported: Imported): Row[] {
  const { summary, load, busiest, intake, classes, identification } = imported;
  const rows: Row[] = [
    ["jobs", String(summary.jobs), "", ""],
    ["time", short(summary.spanSeconds, 5), "", "s"],
    estimated("arrival rate", summary.rate(), "1/s"),
    ["SCV of interarrival times", short(summary.gaps.variance / summary.gaps.mean ** 2, 4), "", ""],
  ];
  const percentiles = Object.entries(percentilesOf(summary.responses));
  for (const [name, value] of percentiles)
    if (!Number.isNaN(value)) rows.push([`response time ${name}`, short(value, 4), "", "s"]);
  if (intake.bytes.count > 0) rows.push(["bytes of an answer", short(intake.bytes.mean, 4), "", ""]);
  if (intake.servers.length > 0) rows.push(["servers", String(intake.servers.length), "", ""]);
  if (identification.kind === "not identified") return rows;
  rows.push(
    estimated("mean service time", summary.meanWork(), "s"),
    estimated("SCV of service times", summary.workVariation(), ""),
  );
  if (classes.classes.length > 1)
    rows.push([
      "speeds",
      classes.classes.map(({ speed, servers }) => `${servers.length}x${short(speed)}`).join(", "),
      "",
      "",
    ]);
  if (!Number.isNaN(load))
    rows.push(["load", short(load, 4), "", ""], ["load of the busiest server", short(busiest, 4), "", ""]);
  return rows;
}

function estimated(name: string, estimate: Estimate, unit: string): Row {
  const { low, high } = confidenceInterval(estimate, CONFIDENCE);
  const interval = Number.isFinite(low) && Number.isFinite(high) ? `[${short(low, 4)}, ${short(high, 4)}]` : "";
  return [name, short(estimate.value, 5), interval, unit];
}

/** What was learned from a log, for people. */
export function importText(file: string, imported: Imported): string {
  const table = layOut(["quantity", "value", "interval of 95 %", "unit"], importRows(imported), new Set([1]));
  return [file, table, ...statements(imported)].join("\n");
}

/** Whether service times are identified, and which laws were fitted and how well. */
export function statements(imported: Imported): string[] {
  const { identification } = imported;
  const service =
    identification.kind === "not identified"
      ? `service times are not identified: ${identification.why}`
      : identification.kind === "given"
        ? "service times are those that the log gives"
        : `service times are identified: one job at a time, first in first out${identification.note === "" ? "" : `; ${identification.note}`}`;
  return [service, ...sizeLines(imported), ...arrivalLines(imported), ...checkLines(imported)];
}

function sizeLines({ sizes }: Imported): string[] {
  if (sizes === undefined) return [];
  const { chosen, candidates } = sizes;
  const others = candidates
    .filter((one) => one !== chosen)
    .toSorted((a, b) => a.deviation - b.deviation)
    .map((one) => `${one.law.name} ${percent(one.deviation)}${inQueue(one, "more than chance does")}`);
  if (chosen === undefined)
    return [
      `sizes: no family is near the log in its quantiles and in a queue (${others.join("; ")}): the sizes themselves are used, empirical:sizes.csv`,
    ];
  const test = chosen.pValue === undefined ? "" : `, KS p = ${short(chosen.pValue, 2)}`;
  const p99 = inQueue(chosen, "as chance does");
  return [
    `sizes: ${chosen.law.name} (quantiles within ${percent(chosen.deviation)}${p99}${test}); others: ${others.join("; ")}`,
  ];
}

/** How far the p99 behind a queue is off with this law, where that was worked out, and what to think of it where it is far. */
function inQueue({ p99Deviation, p99ByChance }: SizeCandidate, thought: string): string {
  if (p99Deviation === undefined) return "";
  return `, p99 in a queue within ${percent(Math.abs(p99Deviation))}${p99ByChance === undefined ? "" : `, ${thought}`}`;
}

function arrivalLines({ arrivals }: Imported): string[] {
  if (arrivals === undefined) return [];
  const { chosen, candidates } = arrivals;
  const others = candidates
    .filter((one) => one !== chosen)
    .map(({ name, deviation, sumDeviation }) => `${name} ${percent(deviation)}, sums ${percent(sumDeviation)}`);
  if (chosen === undefined)
    return [`arrivals: no process is like those of the log (${others.join("; ")}): use the trace`];
  const { name, deviation, sumDeviation } = chosen;
  return [
    `arrivals: ${name} (quantiles within ${percent(deviation)}, sums within ${percent(sumDeviation)}); others: ${others.join("; ")}`,
  ];
}

function checkLines({ check }: Imported): string[] {
  if (check === undefined) return [];
  const { load, observed, simulated, low, high, holds } = check;
  return [
    `in one queue at load ${short(load)} the log has a p99 of ${short(observed)} mean service times, and its sizes with these arrivals ${short(simulated)} ` +
      `[${short(low)}, ${short(high)}]${holds ? "" : ": they differ, so that the trace says more than the process"}`,
  ];
}
