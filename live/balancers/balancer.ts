import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationOf, type Setup } from "./configurations.js";

/** Balancers that can be started here, by the names of their programs. */
export const BALANCERS = ["haproxy", "nginx"] as const;
export type BalancerName = (typeof BALANCERS)[number];

/**
 * Starts a balancer in the foreground; it has to be stopped by whoever started it. It emits `error` if it is not installed.
 *
 * @param method as its configuration has it: `leastconn`, or `least_conn`
 */
export function startBalancer(name: BalancerName, method: string, setup: Setup): ChildProcess {
  const { folder } = setup;
  const file = join(folder, "configuration");
  writeFileSync(file, configurationOf(name, method, setup));
  const flags = name === "haproxy" ? ["-db", "-f", file] : ["-c", file, "-p", folder];
  return spawn(name, flags, { stdio: "ignore" });
}
