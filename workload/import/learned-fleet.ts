import { short } from "./findings.js";
import type { Imported } from "./import-log.js";

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
    arrivals: arrivals?.chosen?.name ?? "trace:trace.csv",
    sizes: sizes?.chosen?.law.name ?? "empirical:sizes.csv",
  };
}

/** The text of a fleet file. */
export function fleetText(file: string, values: Readonly<Record<string, string>>): string {
  const title = [
    `The fleet of ${file}, as far as a log tells: servers that are equally fast by their mean service times, and a time unit of the mean`,
    "service time at speed 1. The policy of the balancer cannot be learned from a log: say which it is.",
  ];
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${value}`);
  return `${[...title.map((line) => `# ${line}`), ...lines, "# policy: jsq"].join("\n")}\n`;
}
