import { short } from "./findings.js";
import type { Imported } from "./import-log.js";

/** The files that a fleet file may name, beside it. */
export const TRACE_FILE = "trace.csv";
export const SIZES_FILE = "sizes.csv";

/**
 * The fleet of a log, by the keys of a fleet file: what was fitted, or the files beside it where nothing fits.
 *
 * @returns undefined if the log tells no service times or names no servers
 */
export function learnedFleet({
  summary,
  classes,
  load,
  sizes,
  arrivals,
}: Imported): Record<string, string> | undefined {
  if (!(load > 0) || classes.classes.length === 0) return undefined;
  return {
    timeUnit: `${short(summary.works.mean * 1000, 5)}ms`,
    classes: classes.classes.map(({ speed, servers }) => `${servers.length}x${short(speed, 4)}`).join(","),
    load: short(load, 4),
    arrivals: arrivals?.chosen?.name ?? `trace:${TRACE_FILE}`,
    sizes: sizes?.chosen?.law.name ?? `empirical:${SIZES_FILE}`,
  };
}

/** What a fleet file that was learned from a log begins with. */
export function learnedTitle(file: string): string[] {
  return [
    `The fleet of ${file}, as far as a log tells: servers that are equally fast by their mean service times, and a time unit of the mean`,
    "service time at speed 1. The policy of the balancer cannot be learned from a log: say which it is.",
  ];
}
