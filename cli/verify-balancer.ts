import { availableParallelism } from "node:os";
import { EXIT } from "../live/process.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { VERSION } from "../live/version.js";
import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { GREATEST_MESSAGE_DELAY, type QuantityEvidence, weigh } from "../scenarios/evidence.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings } from "../scenarios/parameters.js";
import type { Experiment } from "../scenarios/scenario.js";
import { Pool } from "../simulator/parallel/pool.js";
import { replicate } from "../simulator/replications.js";
import type { Prediction } from "../theory/prediction.js";
import { type BalancerOutcome, runBalancer } from "./balancer-run.js";
import type { VerifyFlags } from "./options.js";
import { checkWritable, print, writeResult } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { overallVerdict, RESULT_FORMAT, type Result } from "./result.js";
import { verdictTable } from "./table.js";

const SCENARIO = "balancer";
const DEFAULT_FIRST_PORT = 9001;
/** Simulated runs of the policy claimed. */
const REPLICATIONS = 16;

/**
 * `equipoise verify balancer --via URL --as POLICY`: sends jobs through a balancer that somebody else runs, to servers started
 * for it, and compares it with what the policy does that it claims to run. Returns the exit code.
 */
export async function verifyBalancer(scenario: string, flags: VerifyFlags): Promise<number> {
  const { via } = flags;
  if (scenario !== SCENARIO || via === undefined) throw new UserError("--via goes with verify balancer");
  const settings = { ...readSettings(flags.set), ...(flags.as === undefined ? {} : { policy: flags.as }) };
  const experiment = scenarioNamed(SCENARIO).configure(settings, flags.seed);
  if (flags.json !== undefined) checkWritable(flags.json);
  const time = (text: string | undefined, fallback: ModelTime): ModelTime =>
    text === undefined ? fallback : toModelTime(parseDuration(text), flags.timeUnit);
  const warmUpTime = time(flags.warmup, experiment.warmUpTime);
  const measuringTime = time(flags.duration, experiment.measuringTime);
  const outcome = await run(via, experiment, { ...flags, warmUpTime, measuringTime });
  const predictions = await simulated(experiment, settings, outcome.wayTime / 4, flags);
  const whyVoid = reasonForVoid(outcome);
  const conditions = outcome.measurement.conditions();
  const asClaimed: Experiment = { ...experiment, predict: () => predictions };
  const quantities = weigh(asClaimed, outcome.measurement, conditions, flags.confidence, whyVoid);
  const result = resultOf(asClaimed, outcome, quantities, { warmUpTime, measuringTime }, flags, whyVoid);
  print(verdictTable(quantities, flags.confidence), flags.json);
  print(whyVoid === undefined ? `verdict: ${result.verdict}` : `void: ${whyVoid}`, flags.json);
  if (flags.json !== undefined) writeResult(result, flags.json);
  if (whyVoid !== undefined) return EXIT.void;
  return result.verdict === "differs" ? EXIT.differs : EXIT.ok;
}

async function run(
  url: string,
  experiment: Experiment,
  flags: VerifyFlags & { readonly warmUpTime: ModelTime; readonly measuringTime: ModelTime },
): Promise<BalancerOutcome> {
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

function reasonForVoid({ generator, measurement, wayTime }: BalancerOutcome): string | undefined {
  if (generator.whyVoid !== null) return generator.whyVoid;
  if (generator.jobs.lost > 0) return `${generator.jobs.lost} jobs were lost between generator and servers`;
  // From the balancer to the server and back: what it takes a server for busy although it is not.
  if (wayTime / 2 > GREATEST_MESSAGE_DELAY) {
    return (
      `messages between balancer and servers took ${(wayTime / 2).toFixed(3)} time units per job ` +
      `(limit ${GREATEST_MESSAGE_DELAY}), and no policy does what it should so late; raise --time-unit, or use a quieter machine`
    );
  }
  return measurement.epochs === 0 ? "nothing was measured" : undefined;
}

/**
 * What the policy claimed does, in virtual time: with messages as late as they were measured, and how much that delay
 * matters as the error of the prediction. What is known without simulation is put first.
 */
async function simulated(
  experiment: Experiment,
  settings: Readonly<Record<string, string>>,
  messageTime: ModelTime,
  { seed, confidence }: VerifyFlags,
): Promise<ReadonlyMap<string, readonly Prediction[]>> {
  const pool = new Pool(availableParallelism());
  const input = { scenario: SCENARIO, settings, seed: `${seed}/prediction`, familyConfidence: confidence };
  const runs = async (mean: ModelTime): Promise<readonly QuantityEvidence[]> => {
    const messageDelay = mean > 0 ? ({ law: "exponential", mean } as const) : ({ law: "none" } as const);
    return (await replicate({ ...input, messageDelay }, { replications: REPLICATIONS }, pool)).quantities;
  };
  try {
    const [delayed, prompt] = [await runs(messageTime), await runs(0)];
    const exact = experiment.predict({ messageDelay: 2 * messageTime, heldUpFraction: 0 });
    return new Map(
      delayed.map((quantity, i) => [
        quantity.name,
        [...(exact.get(quantity.name) ?? []), prediction(quantity, prompt[i], messageTime)],
      ]),
    );
  } finally {
    await pool.close();
  }
}

function prediction(delayed: QuantityEvidence, prompt: QuantityEvidence, messageTime: ModelTime): Prediction {
  const value = delayed.measured ?? Number.NaN;
  const halfWidth = ((delayed.ciHigh ?? Number.NaN) - (delayed.ciLow ?? Number.NaN)) / 2;
  return {
    kind: "refined",
    status: "applies",
    value,
    modelError: halfWidth + Math.abs(value - (prompt.measured ?? Number.NaN)),
    source: `simulation of the policy, ${REPLICATIONS} runs, messages of ${messageTime.toPrecision(2)} time units on average`,
  };
}

function resultOf(
  experiment: Experiment,
  { measurement, scheduleLag, wayTime, generator }: BalancerOutcome,
  quantities: readonly QuantityEvidence[],
  times: { readonly warmUpTime: ModelTime; readonly measuringTime: ModelTime },
  flags: VerifyFlags,
  whyVoid: string | undefined,
): Result {
  const { sent, blocked, completed, lost } = generator.jobs;
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "live",
    scenario: SCENARIO,
    parameters: { ...experiment.parameters },
    seed: flags.seed,
    timeUnitSeconds: flags.timeUnit,
    replications: 1,
    warmUpTime: times.warmUpTime,
    measuredTime: times.measuringTime,
    familyConfidence: flags.confidence,
    conditions: { messageDelay: wayTime / 2, heldUpFraction: measurement.conditions().heldUpFraction, scheduleLag },
    jobs: { offered: sent, blocked, completed, lost, inFlight: 0, retried: 0, duplicates: 0 },
    policy: null,
    assumptions: [],
    verdict: overallVerdict(quantities),
    whyVoid: whyVoid ?? null,
    quantities: quantities.map((quantity) => ({ ...quantity, predictions: [...quantity.predictions] })),
  };
}
