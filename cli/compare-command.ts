import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { adviceOf } from "../compare/advice.js";
import { type Answer, answerOf } from "../compare/answer.js";
import { Comparison } from "../compare/comparison.js";
import { everyPolicy } from "../compare/field.js";
import type { ComparisonPlan } from "../compare/plan.js";
import type { FleetSetup } from "../compare/replication.js";
import type { Metric } from "../compare/sample.js";
import type { Running, StudyRun } from "../compare/study.js";
import { readSettings } from "../experiments/parameters.js";
import type { Views } from "../experiments/scenario.js";
import { tableCsv } from "../figures/csv.js";
import { renderReport } from "../figures/report.js";
import type { BalancerName } from "../live/balancers/balancer.js";
import { checkWritable as checkFileWritable, writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { withFiles } from "../live/processes/setting-files.js";
import { VERSION } from "../live/processes/version.js";
import { UserError } from "../model/errors.js";
import type { MessageDelay } from "../model/message-delay.js";
import { withoutContents } from "../model/named-files.js";
import { configurationOf, policyNamed } from "../policies/index.js";
import { fleet } from "../scenarios/fleet/index.js";
import { parseNetworkDelay } from "../scenarios/fleet/network.js";
import { COMPARE_REPORT, comparisonFigures, warningsOfLog } from "./compare-figures.js";
import { CompareLog } from "./compare-log.js";
import { COMPARISON_FORMAT, type ComparisonResult } from "./compare-result.js";
import { answerText, comparisonRows, writtenIn } from "./compare-table.js";
import { checkConfirmable, confirmLive } from "./confirm-live.js";
import { type EndedBy, onThreads } from "./interruptible.js";
import { DEFAULT_FIRST_PORT } from "./options.js";
import { checkWritable, paperFor, print, warn, writeJson } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import type { LearnedLog } from "./recorded-jobs.js";

/** The parsed options of a comparison. */
export interface CompareFlags {
  readonly set: readonly string[];
  /** What was learned from the log that it is about, if there is one. */
  readonly learned?: LearnedLog;
  readonly seed: string;
  readonly policies: readonly string[];
  readonly loads?: readonly number[];
  readonly metric: Metric;
  readonly also: readonly Metric[];
  readonly within: number;
  readonly confidence: number;
  readonly current?: string;
  readonly messageDelay?: MessageDelay;
  readonly noticeDelay?: MessageDelay;
  readonly dispatchers: number;
  readonly views: Views;
  /** Wall-clock seconds. */
  readonly budget: number;
  readonly changes: boolean;
  /** Wall-clock seconds; times are then shown in milliseconds. */
  readonly timeUnit?: number;
  readonly workers: number;
  readonly runs?: string;
  readonly csv?: string;
  readonly json?: string;
  readonly html?: string;
  /** How many of the best policies to run live, and for how long each. */
  readonly confirm?: number;
  readonly via?: BalancerName;
  readonly firstPort?: number;
  readonly duration: string;
}

/** All policies for any fleet, where the user asks for all. */
export const ALL_POLICIES = "all";

/** `equipoise compare`: which policy is best in front of a fleet. Returns the exit code. */
export async function compare(flags: CompareFlags): Promise<number> {
  const plan = planOf(flags);
  if (flags.via !== undefined && flags.confirm === undefined)
    throw new UserError(`--via ${flags.via}: is for live runs; say how many with --confirm`);
  if (flags.confirm !== undefined) checkConfirmable(plan, flags.confirm, flags.via);
  if (flags.json !== undefined) checkWritable(flags.json);
  for (const name of ["csv", "html"] as const) {
    const file = flags[name];
    if (file !== undefined) checkFileWritable(file, `--${name}`);
  }
  const log = new CompareLog(flags.runs ?? defaultFile(plan), plan);
  const comparison = new Comparison(plan, log.runs);
  for (const line of warningsOf(comparison)) warn(line);
  const endedBy = await run(comparison, log, flags);
  if (endedBy !== undefined) comparison.stop();
  const result = resultOf(comparison, flags);
  print(answerText(result, paperFor(flags.json)), flags.json);
  await write(result, flags);
  if (endedBy === "interrupt") {
    warn(`interrupted: ${log.file} keeps what is done; run the same command again to go on`);
    return EXIT.interrupted;
  }
  if (!comparison.main.isDecided) {
    warn(`undecided after ${flags.budget} s: ${log.file} keeps what is done; run the same command again to go on`);
    return EXIT.undecided;
  }
  if (flags.runs === undefined) rmSync(log.file);
  return flags.confirm === undefined ? EXIT.ok : confirm(comparison, flags.confirm, flags);
}

/** Runs the best policies live, and says whether reality agrees. */
async function confirm(comparison: Comparison, policies: number, flags: CompareFlags): Promise<number> {
  const { duration, confidence: familyConfidence, timeUnit: timeUnitSeconds = DEFAULT_TIME_UNIT } = flags;
  const { via, firstPort = DEFAULT_FIRST_PORT } = flags;
  const { text, exitCode } = await confirmLive(comparison, {
    ...{ policies, duration, familyConfidence, timeUnitSeconds, via, firstPort },
  });
  if (text !== "") print(`\n${text}`, flags.json);
  return exitCode;
}

/** Seconds that a time unit lasts live, where the user does not say. */
const DEFAULT_TIME_UNIT = 0.05;

/** The delay of the fleet's own messages; undefined if it depends on zones. */
function delayOf({ delay = "none" }: Readonly<Record<string, string>>): MessageDelay | undefined {
  const { law, byZones } = parseNetworkDelay(delay);
  return byZones.size === 0 ? law : undefined;
}

function planOf(flags: CompareFlags): ComparisonPlan {
  const { policy: chosen, ...settings } = withFiles(readSettings(flags.set));
  const { messageDelay = delayOf(settings), noticeDelay = messageDelay, seed, dispatchers, views } = flags;
  const setup = {
    ...{ settings, seed, dispatchers, views },
    ...(messageDelay === undefined ? {} : { messageDelay }),
    ...(noticeDelay === undefined ? {} : { noticeDelay }),
  };
  const current = flags.current ?? chosen ?? fleet.parameters.policy.default;
  const policies = [...new Set([current, ...flags.policies.flatMap((name) => namedBy(name, setup, current))])];
  for (const policy of policies) policyNamed(policy);
  return {
    ...{ setup, policies, current },
    loads: flags.loads,
    metric: flags.metric,
    also: flags.also,
    within: flags.within,
    familyConfidence: flags.confidence,
    withChanges: flags.changes,
  };
}

/** The policies that a name stands for, besides the current one. */
function namedBy(name: string, setup: FleetSetup, current: string): readonly string[] {
  if (name !== ALL_POLICIES) return [name];
  const { policies, copies } = everyPolicy(setup);
  for (const { policy, why } of copies) if (policy !== current) warn(`${policy} is left out: it ${why}`);
  return policies;
}

/** The same name for the same comparison, so that an interrupted one finds its file. */
function defaultFile(plan: ComparisonPlan): string {
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  return `equipoise-compare-${hash.slice(0, 8)}.jsonl`;
}

/** Who has no steady state, and of whom that is not known: said before anything runs. */
function warningsOf({ main: { fields } }: Comparison): string[] {
  const uncertain = fields.at(-1)?.uncertain ?? [];
  return [
    ...fields.flatMap(({ load, unstable }) =>
      unstable.map(({ policy, why }) => `${policy} at load ${Number(load.toPrecision(4))} is not run: ${why}`),
    ),
    ...uncertain.map(({ policy, why }) => `${policy}: ${why}; if its queues grow, it is left out`),
  ];
}

async function run(comparison: Comparison, log: CompareLog, flags: CompareFlags): Promise<EndedBy> {
  const line = new ProgressLine("compare");
  const startedAt = Date.now();
  const onRun = (found: StudyRun, { name, progress: { done, expected } }: Running): void => {
    log.add(found);
    const left = Math.max(0, Math.round(flags.budget - (Date.now() - startedAt) / 1000));
    line.show(done / expected, `${done} of about ${expected} runs (${name}); budget left: ${left} s`);
  };
  const endedBy = await onThreads(flags.workers, flags.budget, (pool) => comparison.run(pool, onRun));
  line.end();
  return endedBy;
}

function resultOf(comparison: Comparison, flags: CompareFlags): ComparisonResult {
  const { plan } = comparison;
  const answer: Answer = answerOf(comparison);
  const { setup, metric, within, familyConfidence, current } = plan;
  return {
    format: COMPARISON_FORMAT,
    version: VERSION,
    mode: "compared",
    ...{
      settings: withoutContents(setup.settings),
      seed: setup.seed,
      dispatchers: setup.dispatchers,
      views: setup.views,
    },
    messageDelay: setup.messageDelay?.law ?? "by zones",
    noticeDelay: setup.noticeDelay?.law ?? "by zones",
    ...{ metric, within, familyConfidence, current, timeUnitSeconds: flags.timeUnit ?? null },
    learned: flags.learned ?? null,
    advice: adviceOf(answer, plan, writtenIn(flags.timeUnit ?? null)),
    ...answer,
    policies: answer.policies.map((one) => ({ ...one, configuration: { ...configurationOf(one.policy) } })),
  };
}

async function write(result: ComparisonResult, { csv, html, json }: CompareFlags): Promise<void> {
  if (csv !== undefined) writeWhole(csv, tableCsv({ title: "", ...comparisonRows(result) }), "--csv");
  if (html !== undefined) {
    const text = [...warningsOfLog(result), result.advice].join(" ");
    writeWhole(html, await renderReport({ ...COMPARE_REPORT, text }, comparisonFigures(result)), "--html");
  }
  if (json !== undefined) writeJson(result, json);
}
