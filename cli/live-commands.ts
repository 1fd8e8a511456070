import type { DispatcherState } from "../live/dispatcher-state.js";
import { EXIT } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { checkDispatchers } from "../live/shared-flags.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { VERSION } from "../live/version.js";
import { UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings } from "../scenarios/parameters.js";
import { checkRunLength } from "../scenarios/run-length.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { Verdict } from "../theory/verdict.js";
import { type LiveOutcome, liveRun } from "./live-run.js";
import type { LiveFlags, VerifyFlags } from "./options.js";
import { checkWritable, print, warnOfAssumptions, writeResult } from "./output.js";
import { verifyByPrometheus } from "./prometheus-verify.js";
import { overallVerdict, RESULT_FORMAT, type Result } from "./result.js";
import { books, policyCost, policyLine, verdictTable, viewLine } from "./table.js";
import { verifyBalancer } from "./verify-balancer.js";

/** `equipoise up`: runs until stopped. Returns the exit code. */
export async function up(scenario: string, flags: LiveFlags): Promise<number> {
  const { outcome, experiment } = await run(scenario, flags, true, () => false);
  return conclude(outcome, experiment, flags);
}

/** `equipoise verify`: on a live system of its own, one that Prometheus scrapes, or a balancer of others. Returns the exit code. */
export async function verify(scenario: string, flags: VerifyFlags): Promise<number> {
  if (flags.via !== undefined) return verifyBalancer(scenario, flags);
  if (flags.live === undefined && flags.prometheus !== undefined) {
    return verifyByPrometheus(scenario, flags.prometheus, flags);
  }
  if (flags.live === undefined || flags.prometheus !== undefined)
    throw new UserError(
      "verify needs either --live, or --prometheus and the URL of one that scrapes a running system, or --via and the URL of a balancer",
    );
  const { prometheus: _, ...liveFlags } = flags;
  return verifyLive(scenario, liveFlags);
}

/** `equipoise verify --live`: warms up, measures, shows the table. Returns the exit code. */
async function verifyLive(scenario: string, flags: LiveFlags): Promise<number> {
  const { outcome, experiment } = await run(scenario, flags, false, (state) => state.phase === "finished");
  return conclude(outcome, experiment, flags);
}

/** How long a live run lasts at most if nobody asks for more, in seconds. */
const LONGEST_SECONDS = 1800;

function checkLength(experiment: Experiment, { warmup, duration, timeUnit }: LiveFlags): void {
  const modelTime = (text: string): ModelTime => toModelTime(parseDuration(text), timeUnit);
  checkRunLength(experiment, {
    warmUpTime: warmup === undefined ? experiment.warmUpTime : modelTime(warmup),
    measuringTime: duration === undefined ? experiment.measuringTime : modelTime(duration),
    isChosen: duration !== undefined,
    longest: LONGEST_SECONDS / timeUnit,
  });
}

async function run(
  scenario: string,
  flags: LiveFlags,
  endless: boolean,
  finished: (state: DispatcherState) => boolean,
): Promise<{ outcome: LiveOutcome; experiment: Experiment }> {
  const settings = withFiles(readSettings(flags.set));
  const experiment = scenarioNamed(scenario).configure(settings, flags.seed);
  checkDispatchers(experiment, flags);
  warnOfAssumptions(experiment);
  if (flags.json !== undefined) checkWritable(flags.json);
  if (!endless) checkLength(experiment, flags);
  const outcome = await liveRun(
    {
      experiment,
      settings,
      seed: flags.seed,
      timeUnitSeconds: flags.timeUnit,
      port: flags.port,
      processes: flags.processes ?? experiment.system.servers,
      control: flags.control ?? false,
      record: flags.record,
      dispatchers: flags.dispatchers,
      tokenFile: flags.tokenFile,
      nodeMetrics: flags.nodeMetrics ?? flags.prometheus !== undefined,
      familyConfidence: flags.confidence,
      warmup: flags.warmup,
      duration: flags.duration ?? (endless ? undefined : `${experiment.measuringTime}u`),
    },
    {
      withTable: endless,
      ...(flags.prometheus === undefined || !endless ? {} : { prometheusPort: flags.prometheus }),
    },
    finished,
  );
  return { outcome, experiment };
}

/** Prints the table, writes the result, and returns the exit code. */
function conclude({ state, signalled, failure }: LiveOutcome, experiment: Experiment, flags: LiveFlags): number {
  if (state === undefined || state.phase === "waiting" || state.phase === "warming up") {
    if (signalled !== undefined) return signalled;
    const why = failure ?? "the dispatcher gave no state";
    if (state !== undefined) process.stderr.write(`${books(state.totals)}\n`);
    process.stderr.write(`void: ${why}\n`);
    return EXIT.void;
  }
  const whyVoid = failure ?? state.whyVoid;
  const quantities =
    whyVoid === null
      ? state.quantities
      : state.quantities.map((quantity) => ({ ...quantity, verdict: "void" as const, reason: whyVoid }));
  const verdict = overallVerdict(quantities);
  print(verdictTable(quantities, state.familyConfidence), flags.json);
  print(books(state.totals), flags.json);
  if (state.views !== undefined) print(viewLine(state.views), flags.json);
  print(policyLine(policyCost(state.policy, state.information, state.totals.offered)), flags.json);
  print(whyVoid === null ? `verdict: ${verdict}` : `void: ${whyVoid}`, flags.json);
  if (flags.json !== undefined) writeResult(liveResult(state, experiment, quantities, verdict, whyVoid), flags.json);
  if (signalled !== undefined) return signalled;
  if (whyVoid !== null) return EXIT.void;
  return verdict === "differs" ? EXIT.differs : EXIT.ok;
}

function liveResult(
  state: DispatcherState,
  experiment: Experiment,
  quantities: readonly QuantityEvidence[],
  verdict: Verdict,
  whyVoid: string | null,
): Result {
  const { offered, blocked, completed, lost, inFlight, retried, duplicates } = state.totals;
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "live",
    scenario: state.scenario,
    parameters: { ...state.parameters },
    seed: state.seed,
    timeUnitSeconds: state.timeUnitSeconds,
    replications: 1,
    warmUpTime: state.warmUpTime,
    measuredTime: Math.min(state.elapsedTime - state.warmUpTime, state.measuringTime ?? Number.POSITIVE_INFINITY),
    familyConfidence: state.familyConfidence,
    conditions: {
      messageDelay: state.messageDelay,
      heldUpFraction: state.heldUpFraction,
      scheduleLag: state.scheduleLag,
    },
    jobs: { offered, blocked, completed, lost, inFlight, retried, duplicates },
    policy: policyCost(state.policy, state.information, offered),
    ...(state.views === undefined ? {} : { views: state.views }),
    assumptions: [...experiment.assumptions],
    verdict,
    whyVoid,
    quantities: quantities.map((quantity) => ({ ...quantity, predictions: [...quantity.predictions] })),
  };
}
