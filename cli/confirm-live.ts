import type { Comparison } from "../compare/comparison.js";
import { confirmationOf, type LiveRun, predictionInterval } from "../compare/confirmation.js";
import { under } from "../compare/field.js";
import type { Racer } from "../compare/race.js";
import { experimentOf } from "../compare/replication.js";
import type { Metric } from "../compare/sample.js";
import { EXIT } from "../live/processes/process.js";
import { UserError } from "../model/errors.js";
import { liveRun } from "./live-run.js";
import { formatNumber, layOut } from "./table.js";

/** How the best policies are run live. */
export interface ConfirmOptions {
  readonly policies: number;
  readonly timeUnitSeconds: number;
  /** As `--duration` takes it. */
  readonly duration: string;
  readonly familyConfidence: number;
}

/** What live runs say of a comparison, in words, and the exit code. */
export interface Confirmed {
  readonly text: string;
  readonly exitCode: number;
}

/** The quantities of scenario fleet by the metrics that they measure. */
const QUANTITIES: Readonly<Partial<Record<Metric, string>>> = {
  ...{ p50: "sojourn_time_p50", p90: "sojourn_time_p90", p99: "sojourn_time_p99", p999: "sojourn_time_p999" },
  "over-slo": "sojourn_over_slo",
};

/** Throws UserError if a metric cannot be measured live. */
export function checkConfirmable(metric: Metric): void {
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
  const best = bestOf(comparison, options.policies);
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

/** First those in the race, then those that stayed in it longest. */
function bestOf(comparison: Comparison, count: number): Racer[] {
  const { race } = comparison.advised;
  return comparison
    .inOrder(race)
    .slice(0, count)
    .flatMap((policy) => race.racers.find((one) => one.policy === policy) ?? []);
}

/** The run; the exit code of a signal; or why there is none. */
async function runLive(
  comparison: Comparison,
  racer: Racer,
  options: ConfirmOptions,
): Promise<LiveRun | number | string> {
  const { plan } = comparison;
  const { field, race } = comparison.advised;
  const setup = under(field.setup, racer.policy);
  const experiment = experimentOf(setup);
  const { state, signalled, failure } = await liveRun(
    {
      ...{ experiment, settings: setup.settings, seed: setup.seed },
      ...{ timeUnitSeconds: options.timeUnitSeconds, familyConfidence: options.familyConfidence },
      ...{
        port: 0,
        processes: Math.min(experiment.system.servers, MOST_PROCESSES),
        control: false,
        nodeMetrics: false,
      },
      ...{ record: undefined, tokenFile: undefined, simulated: undefined, warmup: undefined, atMost: undefined },
      ...{ within: plan.within, duration: options.duration },
    },
    { withTable: false },
    ({ phase }) => phase === "finished",
  );
  if (signalled !== undefined) return signalled;
  const whyNot = failure ?? state?.whyVoid ?? undefined;
  if (state === undefined || whyNot !== undefined) return whyNot ?? "the dispatcher did not report its state";
  const found = state.quantities.find(({ name }) => name === QUANTITIES[plan.metric]);
  if (found === undefined || found.measured === null) return "nothing was measured";
  const [contender] = race.contendersAfter([racer], race.commonReplications([racer]));
  return {
    ...{ policy: racer.policy, measured: found.measured, low: found.ciLow, high: found.ciHigh },
    expected: predictionInterval(contender, field.measuringTime, state.measuredTime, EXPECTED),
  };
}

/** More would disturb one another on a small machine. */
const MOST_PROCESSES = 4;
