import { divided } from "../experiments/division.js";
import type { QuantityEvidence } from "../experiments/evidence.js";
import { readSettings } from "../experiments/parameters.js";
import { checkRunLength } from "../experiments/run-length.js";
import type { Experiment } from "../experiments/scenario.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { refuseFlags } from "../live/processes/flags.js";
import { nodePlaces } from "../live/processes/node-places.js";
import { EXIT } from "../live/processes/process.js";
import { withFiles } from "../live/processes/setting-files.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { requireOneServer } from "../policies/policy.js";
import { scenarioNamed } from "../scenarios/index.js";
import { conclude, type Findings } from "./conclude.js";
import { type LiveOutcome, liveRun } from "./live-run.js";
import type { LiveFlags, VerifyFlags } from "./options.js";
import { checkWritable, warnOfAssumptions } from "./output.js";
import { verifyByPrometheus } from "./prometheus-verify.js";
import { simulatedFor } from "./simulated.js";
import { jobBalance, policyCost, policyLine, viewLine } from "./table.js";
import { verifyBalancer } from "./verify-balancer.js";

/** `equipoise up`: runs until stopped. Returns the exit code. */
export async function up(scenario: string, flags: LiveFlags): Promise<number> {
  const { outcome, experiment } = await run(scenario, flags, true, () => false);
  return end(outcome, experiment, flags);
}

/** Flags of `verify` on the processes that it starts, and on the balancer before it. */
const PROCESS_FLAGS = ["record", "processes", "dispatchers", "port", "node-metrics", "token-file"];
const BALANCER_FLAGS = ["as", "first-port"];

/** `equipoise verify`: of a new live system, one that Prometheus scrapes, or an external balancer. Returns the exit code. */
export async function verify(scenario: string, flags: VerifyFlags): Promise<number> {
  const { live, prometheus, via, ...others } = flags;
  if ([live, prometheus, via].filter((mode) => mode !== undefined).length !== 1) {
    throw new UserError(
      "verify needs one of --live, --prometheus URL (a Prometheus that scrapes a running system) and --via URL (a balancer)",
    );
  }
  if (via !== undefined) {
    refuseFlags("--via", [...PROCESS_FLAGS, "window", "at-most"]);
    return verifyBalancer(scenario, via, flags);
  }
  if (prometheus !== undefined) {
    refuseFlags("--prometheus", [
      ...PROCESS_FLAGS,
      ...BALANCER_FLAGS,
      "seed",
      "time-unit",
      "warmup",
      "duration",
      "at-most",
    ]);
    return verifyByPrometheus(scenario, prometheus, flags);
  }
  refuseFlags("--live", [...BALANCER_FLAGS, "window"]);
  return verifyLive(scenario, others);
}

/** `equipoise verify --live`: warms up, measures, shows the table. Returns the exit code. */
async function verifyLive(scenario: string, flags: LiveFlags): Promise<number> {
  const { outcome, experiment } = await run(scenario, flags, false, (state) => state.phase === "finished");
  return end(outcome, experiment, flags);
}

/** Longest live run without --duration, in seconds. */
const LONGEST_SECONDS = 1800;

/** What a run without --duration or --at-most takes, warm-up included, if theory does not ask for more. */
const USUAL_SECONDS = 240;

/** For how long to measure at most, unless the user says so. */
function longestOf({ warmUpTime, measuringTime }: Experiment, timeUnit: number): ModelTime {
  return Math.max(measuringTime, USUAL_SECONDS / timeUnit - warmUpTime);
}

function checkLength(experiment: Experiment, flags: LiveFlags): void {
  const isChosen = flags.duration !== undefined || flags.atMost !== undefined;
  checkRunLength(experiment, { ...lengthOf(experiment, flags), isChosen, longest: LONGEST_SECONDS / flags.timeUnit });
}

function lengthOf(experiment: Experiment, { warmup, duration, atMost, timeUnit }: LiveFlags) {
  const fixed = duration ?? atMost;
  const modelTime = (text: string): ModelTime => toModelTime(parseDuration(text), timeUnit);
  return {
    warmUpTime: warmup === undefined ? experiment.warmUpTime : modelTime(warmup),
    measuringTime: fixed === undefined ? longestOf(experiment, timeUnit) : modelTime(fixed),
  };
}

async function run(
  scenario: string,
  flags: LiveFlags,
  endless: boolean,
  finished: (state: DispatcherState) => boolean,
): Promise<{ outcome: LiveOutcome; experiment: Experiment }> {
  const settings = withFiles(readSettings(flags.set));
  const experiment = divided(scenarioNamed(scenario).configure(settings, flags.seed), flags);
  requireOneServer(experiment.system.policy);
  const processes = flags.processes ?? experiment.system.servers;
  // What is wrong with it is to be said before anything is simulated or started.
  nodePlaces(experiment.system, processes);
  warnOfAssumptions(experiment);
  if (flags.json !== undefined) checkWritable(flags.json);
  if (!endless) checkLength(experiment, flags);
  const simulated = await simulatedFor(experiment, {
    ...{ settings, seed: flags.seed, familyConfidence: flags.confidence },
    ...lengthOf(experiment, flags),
  });
  const outcome = await liveRun(
    {
      experiment,
      settings,
      seed: flags.seed,
      timeUnitSeconds: flags.timeUnit,
      port: flags.port,
      processes,
      control: flags.control ?? false,
      record: flags.record,
      tokenFile: flags.tokenFile,
      nodeMetrics: flags.nodeMetrics ?? flags.prometheus !== undefined,
      familyConfidence: flags.confidence,
      simulated,
      warmup: flags.warmup,
      within: flags.within,
      duration: flags.duration,
      atMost:
        endless || flags.duration !== undefined
          ? undefined
          : (flags.atMost ?? `${longestOf(experiment, flags.timeUnit)}u`),
    },
    {
      withTable: endless,
      ...(flags.prometheus === undefined || !endless ? {} : { prometheusPort: flags.prometheus }),
    },
    finished,
  );
  return { outcome, experiment };
}

/** Prints the result, if there is one, and returns the exit code. */
function end({ state, signalled, failure }: LiveOutcome, experiment: Experiment, flags: LiveFlags): number {
  if (state === undefined || state.phase === "waiting" || state.phase === "warming up") {
    if (signalled !== undefined) return signalled;
    const why = failure ?? "the dispatcher did not report its state";
    if (state !== undefined) process.stderr.write(`${jobBalance(state.totals)}\n`);
    process.stderr.write(`void: ${why}\n`);
    return EXIT.void;
  }
  const whyVoid = failure ?? state.whyVoid;
  const quantities =
    whyVoid === null
      ? state.quantities
      : state.quantities.map((quantity) => ({ ...quantity, verdict: "void" as const, reason: whyVoid }));
  const notes = [
    jobBalance(state.totals),
    ...(state.views === undefined ? [] : [viewLine(state.views)]),
    policyLine(policyCost(state.policy, state.information, state.totals.offered)),
  ];
  const exitCode = conclude(findingsOf(state, experiment, quantities, whyVoid), notes, flags.json);
  return signalled ?? exitCode;
}

function findingsOf(
  state: DispatcherState,
  experiment: Experiment,
  quantities: readonly QuantityEvidence[],
  whyVoid: string | null,
): Findings {
  const { offered, blocked, completed, timedOut, lost, inFlight, retried, duplicates } = state.totals;
  return {
    mode: "live",
    scenario: state.scenario,
    parameters: { ...state.parameters },
    seed: state.seed,
    timeUnitSeconds: state.timeUnitSeconds,
    replications: 1,
    warmUpTime: state.warmUpTime,
    measuredTime: state.measuredTime,
    familyConfidence: state.familyConfidence,
    within: state.within,
    looks: state.looks,
    stoppedBy: state.stoppedBy,
    conditions: {
      messageDelay: state.messageDelay,
      askedDelay: state.askedDelay ?? 0,
      heldUpFraction: state.heldUpFraction,
      scheduleLag: state.scheduleLag,
    },
    jobs: { offered, blocked, completed, timedOut, lost, inFlight, retried, duplicates },
    policy: policyCost(state.policy, state.information, offered),
    ...(state.views === undefined ? {} : { views: state.views }),
    assumptions: [...experiment.assumptions],
    whyVoid,
    quantities,
  };
}
