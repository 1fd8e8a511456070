import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "../compare/comparison.js";
import { under } from "../compare/field.js";
import { experimentOf } from "../compare/replication.js";
import { type BalancerName, startBalancer } from "../live/balancers/balancer.js";
import { type Method, methodIn } from "../live/balancers/configurations.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import { initialRate } from "../model/initial-rates.js";
import type { ModelTime } from "../model/units.js";
import { configurationOf } from "../policies/index.js";
import { type BalancerOutcome, endOf, runBalancer } from "./balancer-run.js";
import { ProgressLine } from "./progress-line.js";
import { reasonForVoid } from "./verify-balancer.js";

/** What a policy did live. */
export interface LiveFindings {
  readonly measured: number;
  /** Its confidence interval; null where the run was too short for one. */
  readonly low: number | null;
  readonly high: number | null;
  readonly measuredTime: ModelTime;
}

export interface ViaOptions {
  readonly balancer: BalancerName;
  readonly firstPort: number;
  readonly timeUnitSeconds: number;
  /** As `--duration` takes it. */
  readonly duration: string;
  /** The quantity that is measured, and the confidence of its interval. */
  readonly quantity: string;
  readonly confidence: number;
}

const PRODUCTS = { haproxy: "HAProxy", nginx: "nginx" } as const;

/** How a balancer is told to run a policy; undefined if it has none like it. */
export function methodFor(balancer: BalancerName, policy: string): Method | undefined {
  const lines = configurationOf(policy)[PRODUCTS[balancer]];
  return lines === undefined ? undefined : methodIn(balancer, lines);
}

/** Throws UserError if a balancer cannot run so many of the policies, or there is not one of it in front of the fleet. */
export function checkVia(
  balancer: BalancerName,
  policies: readonly string[],
  count: number,
  dispatchers: number,
): void {
  if (dispatchers > 1)
    throw new UserError(`--via ${balancer}: one is started, and the fleet has ${dispatchers} dispatchers`);
  if (spawnSync(balancer, ["-v"]).error !== undefined) throw new UserError(`--via ${balancer}: is not installed`);
  const has = policies.filter((policy) => methodFor(balancer, policy) !== undefined);
  if (has.length < count)
    throw new UserError(
      `--via ${balancer}: has ${has.length === 0 ? "none" : `only ${has.join(", ")}`} of these policies, and --confirm ${count} of them were asked for`,
    );
}

/**
 * Runs a policy in a real balancer, in front of servers started for it.
 *
 * @returns why there is nothing to tell, if so
 */
export async function runVia(
  comparison: Comparison,
  policy: string,
  options: ViaOptions,
): Promise<LiveFindings | string> {
  const { balancer, firstPort, timeUnitSeconds, duration } = options;
  const setup = under(comparison.advised.field.setup, policy);
  // The network is what it is: its delay is measured, and none is added to it.
  const { delay: _, dispatcherZones: __, ...settings } = setup.settings;
  const experiment = experimentOf({ ...setup, settings });
  const { servers, server } = experiment.system;
  const { method, weighted } = methodFor(balancer, policy) ?? { method: "", weighted: false };
  const folder = mkdtempSync(join(tmpdir(), "equipoise-balancer-"));
  const port = firstPort + servers;
  const rates = Array.from({ length: servers }, (_unused, i) => initialRate(server.initialRates, setup.seed, i));
  const serverPorts = rates.map((_rate, i) => firstPort + i);
  const started = startBalancer(balancer, method, { port, serverPorts, rates, weighted, folder });
  const line = new ProgressLine(`${balancer} ${policy}`);
  const measuringTime = toModelTime(parseDuration(duration), timeUnitSeconds);
  try {
    const outcome = await runBalancer({
      ...{ experiment, url: `http://127.0.0.1:${port}/jobs`, firstPort, seed: setup.seed, timeUnitSeconds },
      ...{ warmUpTime: experiment.warmUpTime, measuringTime, progress: (done: number) => line.show(done) },
    });
    if ("nothing" in outcome) return outcome.nothing;
    const whyVoid = reasonForVoid(outcome);
    if (whyVoid !== undefined) return whyVoid;
    return findingsOf(outcome, options, measuringTime) ?? "nothing was measured";
  } finally {
    line.end();
    await endOf(started);
    rmSync(folder, { recursive: true, force: true });
  }
}

function findingsOf(
  { measurement }: BalancerOutcome,
  { quantity, confidence }: ViaOptions,
  measuredTime: ModelTime,
): LiveFindings | undefined {
  const found = measurement.measured().get(quantity);
  if (found === undefined || Number.isNaN(found.value)) return undefined;
  const { low, high } = found.interval(confidence);
  const known = (end: number): number | null => (Number.isFinite(end) ? end : null);
  return { measured: found.value, low: known(low), high: known(high), measuredTime };
}
