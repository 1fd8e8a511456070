import { divided } from "../experiments/division.js";
import { readSettings } from "../experiments/parameters.js";
import { checkRunLength } from "../experiments/run-length.js";
import type { Experiment, Views } from "../experiments/scenario.js";
import { withFiles } from "../live/processes/setting-files.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import type { MessageDelay } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import { viewQuality } from "../model/view-quality.js";
import { scenarioNamed } from "../scenarios/index.js";
import { Pool } from "../simulator/parallel/pool.js";
import { inlineRunner } from "../simulator/parallel/task.js";
import { type ReplicatedOutput, replicate } from "../simulator/replications.js";
import { type SimulationInput, simulate as simulateScenario } from "../simulator/simulation.js";
import { measuredWarmUp } from "../simulator/warm-up.js";
import { conclude, type Findings } from "./conclude.js";
import { checkWritable, warnOfAssumptions } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { policyCost, policyLine, viewLine } from "./table.js";

/** `--warmup mser`: determines the warm-up from two runs with opposite initial states. */
export const BY_MSER = "mser";

/** The parsed options of a simulation. */
export interface SimulateFlags {
  readonly set: readonly string[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly duration?: string;
  readonly atMost?: string;
  readonly within: number;
  readonly warmup?: string;
  readonly confidence: number;
  readonly messageDelay?: MessageDelay;
  readonly noticeDelay?: MessageDelay;
  readonly dispatchers: number;
  readonly views: Views;
  readonly replications: number;
  readonly precision?: number;
  readonly workers: number;
  readonly json?: string;
}

/** `equipoise simulate`: the table of `verify`, in virtual time. Returns the exit code. */
export async function simulate(scenario: string, flags: SimulateFlags): Promise<number> {
  const settings = withFiles(readSettings(flags.set));
  const { dispatchers, views } = flags;
  const experiment = divided(scenarioNamed(scenario).configure(settings, flags.seed), { dispatchers, views });
  warnOfAssumptions(experiment);
  if (flags.atMost !== undefined && !untilDecided(flags))
    throw new UserError(
      "--at-most: a single run goes on until it is decided; leave out --replications and --precision",
    );
  if (flags.json !== undefined) checkWritable(flags.json);
  const times = await timesOf(experiment, { scenario, settings, seed: flags.seed }, flags);
  const longest = MOST_EVENTS / eventsPerTime(experiment);
  const isChosen = flags.duration !== undefined || flags.atMost !== undefined;
  checkRunLength(experiment, { ...times, isChosen, longest });
  if (!isChosen) checkEvents(experiment, times);
  const input: SimulationInput = {
    scenario,
    settings,
    seed: flags.seed,
    ...times,
    looks: untilDecided(flags) ? "planned" : "once",
    within: flags.within,
    ...(flags.warmup === BY_MSER ? { warmedUpFor: Number.POSITIVE_INFINITY } : {}),
    familyConfidence: flags.confidence,
    messageDelay: flags.messageDelay,
    noticeDelay: flags.noticeDelay,
    ...{ dispatchers, views },
  };
  const output = await run(input, times, flags);
  const notes = [
    ...(output.views === undefined ? [] : [viewLine(viewQuality(flags.dispatchers, output.views))]),
    policyLine(policyCost(output.policy, output.information, output.totals.offered)),
  ];
  return conclude(findingsOf(experiment, input, times, output, flags), notes, flags.json);
}

/** Whether one run goes on until everything is decided, rather than for a time that is fixed beforehand. */
function untilDecided({ duration, replications, precision }: SimulateFlags): boolean {
  return duration === undefined && replications === 1 && precision === undefined;
}

/** Events of a run that is not decided before: about 20 s on one core. */
const USUAL_EVENTS = 2e7;

/** Most events of a run without --duration: some minutes on one core. */
const MOST_EVENTS = 2e9;

/** Arrivals and services per unit of time, or per slot. */
function eventsPerTime({ system: { totalArrivalRate, servers } }: Experiment): number {
  return totalArrivalRate + servers;
}

/** Refuses a run that would take hours unless the user set its duration. */
function checkEvents(experiment: Experiment, { warmUpTime, measuringTime }: Times): void {
  const events = (warmUpTime + measuringTime) * eventsPerTime(experiment);
  if (events > MOST_EVENTS)
    throw new UserError(
      `a run would take about ${events.toExponential(1)} events, more than the limit of ${MOST_EVENTS.toExponential(0)} without --duration; ` +
        "set --duration (and --warmup) to run it anyway, or use fewer servers or a lower arrival rate",
    );
}

interface Times {
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
}

async function timesOf(
  experiment: Experiment,
  system: Pick<SimulationInput, "scenario" | "settings" | "seed">,
  flags: SimulateFlags,
): Promise<Times> {
  const { warmup, duration, atMost, timeUnit } = flags;
  const modelTime = (text: string): ModelTime => toModelTime(parseDuration(text), timeUnit);
  const chosen = duration ?? atMost;
  const usual = untilDecided(flags)
    ? Math.max(experiment.measuringTime, Math.round(USUAL_EVENTS / eventsPerTime(experiment)))
    : experiment.measuringTime;
  return {
    warmUpTime: await warmUpTimeOf(experiment, system, warmup, modelTime),
    measuringTime: chosen === undefined ? usual : modelTime(chosen),
  };
}

/** The warm-up from theory, as given, or from two runs with opposite initial states. */
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
    `warm-up by MSER-5 from two opposite initial states: ${found} time units (from theory: ${experiment.warmUpTime})\n`,
  );
  return found;
}

async function run(input: SimulationInput, times: Times, flags: SimulateFlags): Promise<ReplicatedOutput> {
  const { replications, precision } = flags;
  if (replications === 1 && precision === undefined) return runOnce(input, times);
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

/** One run, whose progress is shown if it takes long: measured so far, of the most that it may be. */
function runOnce(input: SimulationInput, { measuringTime }: Times): ReplicatedOutput {
  const isPlanned = input.looks === "planned";
  const line = new ProgressLine(`${input.scenario}: ${isPlanned ? "measuring until decided" : "measuring"}`);
  const most = `${isPlanned ? "at most " : ""}${measuringTime} time units`;
  const output = simulateScenario(input, (measured) => line.show(Math.min(1, measured / measuringTime), `of ${most}`));
  line.clear();
  return { replications: 1, ...output };
}

function findingsOf(
  experiment: Experiment,
  { scenario, seed }: SimulationInput,
  { warmUpTime }: Times,
  output: ReplicatedOutput,
  flags: SimulateFlags,
): Findings {
  const { replications, measuredTime, totals, policy, information, conditions, views, quantities, whyVoid } = output;
  const { offered, blocked, completed, timedOut, lost, inFlight } = totals;
  return {
    mode: "simulated",
    scenario,
    parameters: { ...experiment.parameters },
    seed,
    timeUnitSeconds: null,
    replications,
    warmUpTime,
    measuredTime,
    familyConfidence: flags.confidence,
    within: flags.within,
    looks: output.looks,
    stoppedBy: output.stoppedBy,
    conditions: { askedDelay: 0, ...conditions, scheduleLag: 0 },
    jobs: { offered, blocked, completed, timedOut, lost, inFlight, retried: 0, duplicates: 0 },
    policy: policyCost(policy, information, offered),
    ...(views === undefined ? {} : { views: viewQuality(flags.dispatchers, views) }),
    assumptions: [...experiment.assumptions],
    whyVoid,
    quantities,
  };
}
