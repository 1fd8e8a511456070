import { askedDelay } from "../experiments/delay-effect.js";
import { divided } from "../experiments/division.js";
import { GREATEST_MESSAGE_DELAY, type QuantityEvidence, weigh } from "../experiments/evidence.js";
import { readSettings } from "../experiments/parameters.js";
import type { Experiment, RunConditions } from "../experiments/scenario.js";
import { settled } from "../experiments/settled.js";
import { withSimulated } from "../experiments/simulated-predictions.js";
import { EXIT } from "../live/processes/process.js";
import { withFiles } from "../live/processes/setting-files.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { requireOneServer } from "../policies/policy.js";
import { scenarioNamed } from "../scenarios/index.js";
import { type BalancerOutcome, type NothingMeasured, runBalancer } from "./balancer-run.js";
import { conclude, type Findings } from "./conclude.js";
import { DEFAULT_FIRST_PORT, type VerifyFlags } from "./options.js";
import { checkWritable } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { simulatedFor } from "./simulated.js";

const SCENARIO = "fleet";

/**
 * `equipoise verify fleet --via URL --as POLICY`: sends jobs through an external balancer to servers started for the
 * purpose, and compares it with the policy that it claims to run. Returns the exit code.
 */
export async function verifyBalancer(scenario: string, via: string, flags: VerifyFlags): Promise<number> {
  if (scenario !== SCENARIO) throw new UserError(`--via is only for verify ${SCENARIO}`);
  const given = { ...withFiles(readSettings(flags.set)), ...(flags.as === undefined ? {} : { policy: flags.as }) };
  // The network is what it is: its delay is measured, and none is added to it.
  const { delay: _, dispatcherZones: __, ...settings }: Record<string, string> = given;
  // A fleet file may say that there are several balancers behind the URL.
  const experiment = divided(scenarioNamed(SCENARIO).configure(settings, flags.seed), flags);
  requireOneServer(experiment.system.policy);
  if (flags.json !== undefined) checkWritable(flags.json);
  const firstPort = flags.firstPort ?? DEFAULT_FIRST_PORT;
  const { servers } = experiment.system;
  if (firstPort + servers > 65_536)
    throw new UserError(`--first-port ${firstPort}: there are not ${servers} ports from it on; choose a lower one`);
  const time = (text: string | undefined, fallback: ModelTime): ModelTime =>
    text === undefined ? fallback : toModelTime(parseDuration(text), flags.timeUnit);
  const warmUpTime = time(flags.warmup, experiment.warmUpTime);
  const measuringTime = time(flags.duration, experiment.measuringTime);
  const times = { warmUpTime, measuringTime };
  const outcome = await run(via, experiment, { ...flags, ...times });
  if ("nothing" in outcome) {
    process.stderr.write(`void: ${outcome.nothing}\n`);
    return EXIT.void;
  }
  const inSteadyState = settled(experiment, warmUpTime);
  const toPredict = {
    ...times,
    settings,
    seed: flags.seed,
    familyConfidence: flags.confidence,
  };
  const asClaimed = withSimulated(inSteadyState, await simulatedFor(inSteadyState, toPredict));
  const whyVoid = reasonForVoid(outcome);
  const measured = new Map([...outcome.inputs.measured(), ...outcome.measurement.measured()]);
  const quantities = weigh(asClaimed, measured, conditionsOf(outcome, experiment), {
    familyConfidence: flags.confidence,
    within: flags.within,
    unjudged: whyVoid === undefined ? undefined : { verdict: "void", reason: whyVoid },
  });
  const findings = findingsOf(asClaimed, outcome, quantities, times, flags, whyVoid);
  return conclude(findings, [], flags.json);
}

async function run(
  url: string,
  experiment: Experiment,
  flags: VerifyFlags & { readonly warmUpTime: ModelTime; readonly measuringTime: ModelTime },
): Promise<BalancerOutcome | NothingMeasured> {
  const line = new ProgressLine(url);
  try {
    return await runBalancer({
      experiment,
      url,
      firstPort: flags.firstPort ?? DEFAULT_FIRST_PORT,
      seed: flags.seed,
      timeUnitSeconds: flags.timeUnit,
      warmUpTime: flags.warmUpTime,
      measuringTime: flags.measuringTime,
      progress: (done) => line.show(done),
    });
  } finally {
    line.end();
  }
}

/** From the balancer to the server and back is half of the way from the generator and back to it. */
function conditionsOf({ measurement, wayTime }: BalancerOutcome, { system }: Experiment): RunConditions {
  return {
    messageDelay: wayTime / 2,
    askedDelay: askedDelay(system, 0, 0),
    heldUpFraction: measurement.conditions().heldUpFraction,
  };
}

/** Why a run says nothing; undefined if it is a sound one. */
export function reasonForVoid(outcome: BalancerOutcome): string | undefined {
  const { generator, measurement, whyGrowing } = outcome;
  if (whyGrowing !== undefined) return whyGrowing;
  if (generator.whyVoid !== null) return generator.whyVoid;
  if (generator.jobs.lost > 0) return `${generator.jobs.lost} jobs were lost between generator and servers`;
  // For so long the balancer takes an idle server for busy.
  const messageDelay = outcome.wayTime / 2;
  if (messageDelay > GREATEST_MESSAGE_DELAY) {
    return (
      `messages between balancer and servers took ${messageDelay.toFixed(3)} time units per job ` +
      `(limit ${GREATEST_MESSAGE_DELAY}), too long for any policy to work as intended; raise --time-unit, or use a quieter machine`
    );
  }
  return measurement.epochs === 0 ? "nothing was measured" : undefined;
}

function findingsOf(
  experiment: Experiment,
  outcome: BalancerOutcome,
  quantities: readonly QuantityEvidence[],
  times: { readonly warmUpTime: ModelTime; readonly measuringTime: ModelTime },
  flags: VerifyFlags,
  whyVoid: string | undefined,
): Findings {
  const { scheduleLag, generator } = outcome;
  const { sent, blocked, completed, lost } = generator.jobs;
  return {
    mode: "live",
    scenario: SCENARIO,
    parameters: { ...experiment.parameters },
    seed: flags.seed,
    timeUnitSeconds: flags.timeUnit,
    replications: 1,
    warmUpTime: times.warmUpTime,
    measuredTime: times.measuringTime,
    familyConfidence: flags.confidence,
    within: flags.within,
    looks: 1,
    stoppedBy: "time",
    conditions: { askedDelay: 0, ...conditionsOf(outcome, experiment), scheduleLag },
    jobs: { offered: sent, blocked, completed, timedOut: 0, lost, inFlight: 0, retried: 0, duplicates: 0 },
    policy: null,
    assumptions: [],
    whyVoid: whyVoid ?? null,
    quantities,
  };
}
