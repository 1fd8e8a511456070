import { readFileSync } from "node:fs";

/** Clock ticks per second in Linux's CPU time accounting. */
const TICKS_PER_SECOND = 100;

/** CPU time of a process since it started, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in brackets, which may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in megabytes. */
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The quantile at this level. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(part * (values.length - 1))];
}

/** "median [lower quartile, upper quartile]" of many short measurements, robust against interference by other processes. */
export function quartiles(values: readonly number[]): string {
  const at = (part: number): string => digits(quantile(values, part));
  return `${at(0.5)} [${at(0.25)}, ${at(0.75)}]`;
}

/** "median [minimum, maximum]" of repeated measurements, to three significant digits. */
export function spread(values: readonly number[]): string {
  return `${digits(median(values))} [${digits(Math.min(...values))}, ${digits(Math.max(...values))}]`;
}

/** To three significant digits. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Rows as a Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
