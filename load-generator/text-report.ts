import type { DurationSummary, Summary } from "./result.js";

/** The summary as text for people. */
export function textReport(summary: Summary): string {
  const { jobs, seconds } = summary;
  const perSecond = (value: number | null): string => (value === null ? "" : ` (${round(value)}/s)`);
  const lines = [
    `target    ${summary.target}`,
    `arrivals  ${summary.arrivals}, sizes ${summary.sizes}, seed ${summary.seed}, time unit ${millis(summary.timeUnitSeconds)}`,
    `measured  ${round(summary.measuredSeconds)} s`,
    `sent      ${jobs.sent}${perSecond(summary.sentPerSecond)}`,
    `completed ${jobs.completed}${perSecond(summary.completedPerSecond)}`,
    `blocked   ${jobs.blocked}, timed out ${jobs.timedOut}, lost ${jobs.lost}, unsent ${jobs.unsent}, still in flight ${jobs.underWay}`,
    ...durationTable({
      sojourn: seconds.sojourn,
      waiting: seconds.waiting,
      transit: seconds.transit,
      "send lag": seconds.lag,
    }),
    ...summary.thresholds.map(
      ({ threshold, holds }) =>
        `threshold ${threshold}: ${holds === null ? "nothing recorded" : holds ? "holds" : "FAILED"}`,
    ),
    ...(summary.whyVoid === null ? [] : [`void: ${summary.whyVoid}`]),
  ];
  return `${lines.join("\n")}\n`;
}

const COLUMNS = ["mean", "p50", "p90", "p99", "p99.9", "max"] as const;

function durationTable(rows: Readonly<Record<string, DurationSummary | null>>): string[] {
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(10) + cells.map((c) => c.padStart(11)).join("");
  const body = Object.entries(rows).flatMap(([name, row]) =>
    row === null
      ? []
      : [
          line(
            name,
            COLUMNS.map((column) => millis(row[column])),
          ),
        ],
  );
  return body.length === 0 ? [] : [line("", COLUMNS), ...body];
}

function millis(seconds: number): string {
  return `${round(1000 * seconds)} ms`;
}

/** To four significant digits. */
function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
