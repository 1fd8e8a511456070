import type { Comparison } from "../compare/comparison.js";
import { confirmationOf, type LiveRun, predictionInterval } from "../compare/confirmation.js";
import { under } from "../compare/field.js";
import type { ComparisonPlan } from "../compare/plan.js";
import type { Racer } from "../compare/race.js";
import { experimentOf } from "../compare/replication.js";
import type { Metric } from "../compare/sample.js";
import { quantitiesOf } from "../experiments/evidence.js";
import type { BalancerName } from "../live/balancers/balancer.js";
import { EXIT } from "../live/processes/process.js";
import { UserError } from "../model/errors.js";
import { checkVia, type LiveFindings, methodFor, runVia, type ViaOptions } from "./confirm-via.js";
import { liveRun } from "./live-run.js";
import { layOut } from "./paper.js";
import { formatNumber } from "./table.js";

/** How the best policies are run live. */
export interface ConfirmOptions {
  readonly policies: number;
  readonly timeUnitSeconds: number;
  /** As `--duration` takes it. */
  readonly duration: string;
  readonly familyConfidence: number;
  /** A balancer that is started with each of the policies, in place of our dispatcher. */
  readonly via: BalancerName | undefined;
  readonly firstPort: number;
}

/** What live runs say of a comparison, in words, and the exit code. */
export interface Confirmed {
  readonly text: string;
  readonly exitCode: number;
}

/** The quantities of scenario fleet by the metrics that they measure. */
const QUANTITIES: Readonly<Partial<Record<Metric, string>>> = {
  ...{ p50: "sojourn_time_p50", p90: "sojourn_time_p90", p99: "sojourn_time_p99", p999: "sojourn_time_p999" },
  ...{ "over-slo": "sojourn_over_slo", "timed-out": "timed_out_fraction" },
};

/** Throws UserError if what is compared cannot be measured live, or not in a balancer. */
export function checkConfirmable(
  { metric, policies, setup }: ComparisonPlan,
  count: number,
  via: BalancerName | undefined,
): void {
  if (via !== undefined) checkVia(via, policies, count, setup.dispatchers);
  if (QUANTITIES[metric] === undefined)
    throw new UserError(
      `--confirm: ${metric} is not measured live; use --metric ${Object.keys(QUANTITIES).join(" or ")}`,
    );
}

/** How sure a prediction interval of a live run is. */
const EXPECTED = 0.95;

/** Runs the best policies live, one after the other, at the load that the advice is about. */
export async function confirmLive(comparison: Comparison, options: ConfirmOptions): Promise<Confirmed> {
  const { race } = comparison.advised;
  const best = bestOf(comparison, options);
  const runs: LiveRun[] = [];
  for (const racer of best) {
    const found = await runLive(comparison, racer, options);
    if (typeof found === "number") return { text: "", exitCode: found };
    if (typeof found === "string") return { text: `void: ${racer.policy}: ${found}`, exitCode: EXIT.void };
    runs.push(found);
  }
  const { verdict, why } = confirmationOf(
    runs,
    best.every((racer) => race.racing.includes(racer)),
  );
  const rows = runs.map(({ policy, measured, low, high, expected }) => [
    ...[policy, formatNumber(measured, 4), `[${formatNumber(low, 4)}, ${formatNumber(high, 4)}]`],
    `[${formatNumber(expected.low, 4)}, ${formatNumber(expected.high, 4)}]`,
  ]);
  const header = ["live", `${comparison.plan.metric}, time units`, "interval", "expected of a run of its length"];
  const exitCode = verdict === "agrees" ? EXIT.ok : verdict === "differs" ? EXIT.differs : EXIT.undecided;
  return { text: `${layOut(header, rows, new Set([1, 2, 3]))}\nreality ${verdict}: ${why}`, exitCode };
}

/** The best ones; with a balancer, of those that it has. */
function bestOf(comparison: Comparison, { policies, via }: ConfirmOptions): Racer[] {
  const { race } = comparison.advised;
  return comparison
    .inOrder(race)
    .filter((policy) => via === undefined || methodFor(via, policy) !== undefined)
    .slice(0, policies)
    .flatMap((policy) => race.racers.find((one) => one.policy === policy) ?? []);
}

/** The run; the exit code of a signal; or why there is none. */
async function runLive(
  comparison: Comparison,
  racer: Racer,
  options: ConfirmOptions,
): Promise<LiveRun | number | string> {
  const { field, race } = comparison.advised;
  const { via: balancer } = options;
  const quantity = QUANTITIES[comparison.plan.metric] ?? "";
  // The intervals of one quantity of each run hold together.
  const confidence = 1 - (1 - options.familyConfidence) / options.policies;
  const findings =
    balancer === undefined
      ? await runOurs(comparison, racer.policy, { ...options, quantity, confidence })
      : await runVia(comparison, racer.policy, { ...options, balancer, quantity, confidence });
  if (typeof findings === "number" || typeof findings === "string") return findings;
  const [contender] = race.contendersAfter([racer], race.commonReplications([racer]));
  return {
    ...{ policy: racer.policy, measured: findings.measured, low: findings.low, high: findings.high },
    expected: predictionInterval(contender, field.measuringTime, findings.measuredTime, EXPECTED),
  };
}

/** A run of our own processes. */
async function runOurs(
  { plan, advised: { field } }: Comparison,
  policy: string,
  { timeUnitSeconds, duration, quantity, confidence }: ConfirmOptions & Pick<ViaOptions, "quantity" | "confidence">,
): Promise<LiveFindings | number | string> {
  const setup = under(field.setup, policy);
  const experiment = experimentOf(setup);
  // Of all quantities of the run only one is looked at.
  const familyConfidence = Math.max(LEAST_FAMILY, 1 - quantitiesOf(experiment).length * (1 - confidence));
  const { state, signalled, failure } = await liveRun(
    {
      ...{ experiment, settings: setup.settings, seed: setup.seed, timeUnitSeconds, familyConfidence, duration },
      ...{
        port: 0,
        processes: Math.min(experiment.system.servers, MOST_PROCESSES),
        control: false,
        nodeMetrics: false,
      },
      ...{ record: undefined, tokenFile: undefined, simulated: undefined, warmup: undefined, atMost: undefined },
      within: plan.within,
    },
    { withTable: false },
    ({ phase }) => phase === "finished",
  );
  if (signalled !== undefined) return signalled;
  const whyNot = failure ?? state?.whyVoid ?? undefined;
  if (state === undefined || whyNot !== undefined) return whyNot ?? "the dispatcher did not report its state";
  const found = state.quantities.find(({ name }) => name === quantity);
  if (found === undefined || found.measured === null) return "nothing was measured";
  return { measured: found.measured, low: found.ciLow, high: found.ciHigh, measuredTime: state.measuredTime };
}

/** Joint confidence of all quantities of a run, at least; with very many of them the interval of one is wider than need be. */
const LEAST_FAMILY = 0.5;

/** More would disturb one another on a small machine. */
const MOST_PROCESSES = 4;
