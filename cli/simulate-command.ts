import { EXIT } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { checkDispatchers } from "../live/shared-flags.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { VERSION } from "../live/version.js";
import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { viewQuality } from "../model/view-quality.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings } from "../scenarios/parameters.js";
import { checkRunLength } from "../scenarios/run-length.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { MessageDelay } from "../simulator/message-delay.js";
import { Pool } from "../simulator/parallel/pool.js";
import { inlineRunner } from "../simulator/parallel/task.js";
import { type ReplicatedOutput, replicate } from "../simulator/replications.js";
import type { SimulationInput } from "../simulator/simulation.js";
import { measuredWarmUp } from "../simulator/warm-up.js";
import { checkWritable, print, warnOfAssumptions, writeResult } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { overallVerdict, RESULT_FORMAT, type Result } from "./result.js";
import { policyCost, policyLine, verdictTable, viewLine } from "./table.js";

/** `--warmup mser`: as long as runs from opposite states need. */
export const BY_MSER = "mser";

/** The options of a simulation, as read. */
export interface SimulateFlags {
  readonly set: readonly string[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly duration?: string;
  readonly warmup?: string;
  readonly confidence: number;
  readonly messageDelay: MessageDelay;
  readonly noticeDelay?: MessageDelay;
  readonly dispatchers: number;
  readonly replications: number;
  readonly precision?: number;
  readonly workers: number;
  readonly json?: string;
}

/** `equipoise simulate`: the table of `verify`, from virtual time. Returns the exit code. */
export async function simulate(scenario: string, flags: SimulateFlags): Promise<number> {
  const settings = withFiles(readSettings(flags.set));
  const experiment = scenarioNamed(scenario).configure(settings, flags.seed);
  checkDispatchers(experiment, flags);
  warnOfAssumptions(experiment);
  if (flags.json !== undefined) checkWritable(flags.json);
  const times = await timesOf(experiment, { scenario, settings, seed: flags.seed }, flags);
  const longest = MOST_EVENTS / eventsPerTime(experiment);
  checkRunLength(experiment, { ...times, isChosen: flags.duration !== undefined, longest });
  if (flags.duration === undefined) checkEvents(experiment, times);
  const input: SimulationInput = {
    scenario,
    settings,
    seed: flags.seed,
    ...times,
    familyConfidence: flags.confidence,
    messageDelay: flags.messageDelay,
    noticeDelay: flags.noticeDelay,
    dispatchers: flags.dispatchers,
  };
  const output = await run(input, flags);
  const verdict = overallVerdict(output.quantities);
  print(verdictTable(output.quantities, flags.confidence), flags.json);
  if (output.views !== undefined) print(viewLine(viewQuality(flags.dispatchers, output.views)), flags.json);
  print(policyLine(policyCost(output.policy, output.information, output.totals.offered)), flags.json);
  print(output.whyVoid === null ? `verdict: ${verdict}` : `void: ${output.whyVoid}`, flags.json);
  if (flags.json !== undefined) writeResult(simulatedResult(experiment, input, times, output, flags), flags.json);
  if (output.whyVoid !== null) return EXIT.void;
  return verdict === "differs" ? EXIT.differs : EXIT.ok;
}

/** Events that a run has at most if nobody asks for more: some minutes on one core. */
const MOST_EVENTS = 2e9;

/** Arrivals and services of a unit of time, or a slot. */
function eventsPerTime({ system: { totalArrivalRate, servers } }: Experiment): number {
  return totalArrivalRate + servers;
}

/** Refuses what would run for hours or for ever, with nobody having said so. */
function checkEvents(experiment: Experiment, { warmUpTime, measuringTime }: Times): void {
  const events = (warmUpTime + measuringTime) * eventsPerTime(experiment);
  if (events > MOST_EVENTS)
    throw new UserError(
      `a run would be about ${events.toExponential(1)} events, more than the ${MOST_EVENTS.toExponential(0)} that are run unasked; ` +
        "set --duration (and --warmup) to run it all the same, or take fewer servers or a lower arrival rate",
    );
}

interface Times {
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
}

async function timesOf(
  experiment: Experiment,
  system: Pick<SimulationInput, "scenario" | "settings" | "seed">,
  { warmup, duration, timeUnit }: SimulateFlags,
): Promise<Times> {
  const modelTime = (text: string): ModelTime => toModelTime(parseDuration(text), timeUnit);
  return {
    warmUpTime: await warmUpTimeOf(experiment, system, warmup, modelTime),
    measuringTime: duration === undefined ? experiment.measuringTime : modelTime(duration),
  };
}

/** By theory, as given, or as two runs from opposite states need it. */
async function warmUpTimeOf(
  experiment: Experiment,
  system: Pick<SimulationInput, "scenario" | "settings" | "seed">,
  warmup: string | undefined,
  modelTime: (text: string) => ModelTime,
): Promise<ModelTime> {
  if (warmup === undefined) return experiment.warmUpTime;
  if (warmup !== BY_MSER) return modelTime(warmup);
  const found = await measuredWarmUp(system, inlineRunner);
  process.stderr.write(
    `warm-up by MSER-5, from two opposite states: ${found} time units (${experiment.warmUpTime} by theory)\n`,
  );
  return found;
}

async function run(input: SimulationInput, flags: SimulateFlags): Promise<ReplicatedOutput> {
  const { replications, precision } = flags;
  if (replications === 1 && precision === undefined) return replicate(input, { replications }, inlineRunner);
  const line = new ProgressLine(input.scenario);
  const pool = new Pool(flags.workers);
  try {
    return await replicate(input, { replications, precision }, pool, (done, planned) =>
      line.show(done / planned, `${done} of ${planned} runs`),
    );
  } finally {
    line.end();
    await pool.close();
  }
}

function simulatedResult(
  experiment: Experiment,
  { scenario, seed }: SimulationInput,
  { warmUpTime, measuringTime }: Times,
  { replications, totals, policy, information, conditions, views, quantities, whyVoid }: ReplicatedOutput,
  flags: SimulateFlags,
): Result {
  const { offered, blocked, completed, lost, inFlight } = totals;
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "simulated",
    scenario,
    parameters: { ...experiment.parameters },
    seed,
    timeUnitSeconds: null,
    replications,
    warmUpTime,
    measuredTime: measuringTime,
    familyConfidence: flags.confidence,
    conditions: { ...conditions, scheduleLag: 0 },
    jobs: { offered, blocked, completed, lost, inFlight, retried: 0, duplicates: 0 },
    policy: policyCost(policy, information, offered),
    ...(views === undefined ? {} : { views: viewQuality(flags.dispatchers, views) }),
    assumptions: [...experiment.assumptions],
    verdict: overallVerdict(quantities),
    whyVoid,
    quantities: quantities.map((quantity) => ({ ...quantity, predictions: [...quantity.predictions] })),
  };
}
