import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { overallVerdict } from "../experiments/evidence.js";
import { readSettings } from "../experiments/parameters.js";
import { tableCsv } from "../figures/csv.js";
import { checkWritable as checkFileWritable, writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { withFile, withFiles } from "../live/processes/setting-files.js";
import { VERSION } from "../live/processes/version.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { withoutContent, withoutContents } from "../model/named-files.js";
import type { ModelTime } from "../model/units.js";
import {
  checkPlan,
  concludeSweep,
  pointsOf,
  runSweep,
  type SweepPlan,
  type SweepPoint,
  type SweepRun,
  type VariedParameter,
} from "../simulator/sweep.js";
import { onThreads } from "./interruptible.js";
import { checkWritable, paperFor, print, warn, writeJson } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { RESULT_FORMAT } from "./result.js";
import type { SimulateFlags } from "./simulate-command.js";
import { SweepLog } from "./sweep-log.js";
import { sweepRows, sweepTable } from "./sweep-table.js";

/** The parsed options of a sweep. */
export interface SweepFlags extends Omit<SimulateFlags, "precision" | "atMost"> {
  readonly vary: readonly VariedParameter[];
  readonly runs?: string;
  readonly csv?: string;
}

/** `equipoise sweep`: simulates every combination of parameter values. Returns the exit code. */
export async function sweep(scenario: string, flags: SweepFlags): Promise<number> {
  const plan = planOf(scenario, flags);
  checkPlan(plan);
  if (flags.json !== undefined) checkWritable(flags.json);
  if (flags.csv !== undefined) checkFileWritable(flags.csv, "--csv");
  const log = new SweepLog(flags.runs ?? defaultFile(plan), plan);
  const runs = [...log.runs];
  const interrupted = await run(plan, runs, log, flags.workers);
  const points = concludeSweep(plan, runs);
  print(sweepTable(plan, points, paperFor(flags.json).width), flags.json);
  if (flags.csv !== undefined) writeCsv(plan, points, flags.csv);
  if (flags.json !== undefined) writeJson(resultOf(plan, points), flags.json);
  if (interrupted) {
    const total = plan.replications * pointsOf(plan.varied).length;
    warn(`interrupted: ${runs.length} of ${total} runs are in ${log.file}; run the same command again to resume`);
    return EXIT.interrupted;
  }
  if (flags.runs === undefined) rmSync(log.file);
  const verdict = overallVerdict(points.flatMap(({ quantities }) => quantities));
  if (verdict === "void") return EXIT.void;
  return verdict === "differs" ? EXIT.differs : EXIT.ok;
}

/** Executes the missing runs until all are done or the user interrupts. Returns whether the user did. */
async function run(plan: SweepPlan, runs: SweepRun[], log: SweepLog, workers: number): Promise<boolean> {
  const planned = plan.replications * pointsOf(plan.varied).length;
  const before = runs.length;
  const line = new ProgressLine(`${plan.common.scenario}: ${planned} runs, ${before} of them already done`);
  const endedBy = await onThreads(workers, Number.POSITIVE_INFINITY, (pool) =>
    runSweep(plan, runs, pool, (found) => {
      log.add(found);
      runs.push(found);
      line.show((runs.length - before) / (planned - before), `${runs.length} of ${planned} runs`);
    }),
  );
  line.end();
  return endedBy === "interrupt";
}

function planOf(scenario: string, flags: SweepFlags): SweepPlan {
  const { seed, confidence, messageDelay, noticeDelay, warmup, duration, timeUnit, replications } = flags;
  const { dispatchers, views } = flags;
  const time = (text: string | undefined): ModelTime | undefined =>
    text === undefined ? undefined : toModelTime(parseDuration(text), timeUnit);
  return {
    common: {
      scenario,
      settings: withFiles(readSettings(flags.set)),
      seed,
      warmUpTime: time(warmup),
      measuringTime: time(duration),
      familyConfidence: confidence,
      messageDelay,
      noticeDelay,
      ...{ dispatchers, views },
      within: flags.within,
    },
    varied: flags.vary.map(({ name, values }) => ({ name, values: values.map((value) => withFile(name, value)) })),
    replications,
  };
}

/** The same name for the same sweep, so that an interrupted one finds its file. */
function defaultFile({ common, varied }: SweepPlan): string {
  const hash = createHash("sha256").update(JSON.stringify({ common, varied })).digest("hex");
  return `equipoise-sweep-${common.scenario}-${hash.slice(0, 8)}.jsonl`;
}

function writeCsv(plan: SweepPlan, points: readonly SweepPoint[], file: string): void {
  const { columns, rows } = sweepRows(plan, points);
  writeWhole(file, tableCsv({ title: "", columns, rows }), "--csv");
}

function resultOf({ common, varied, replications }: SweepPlan, points: readonly SweepPoint[]) {
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "sweep",
    scenario: common.scenario,
    settings: withoutContents(common.settings),
    seed: common.seed,
    replications,
    familyConfidence: common.familyConfidence,
    varied: varied.map(({ name, values }) => ({ name, values: values.map(withoutContent) })),
    points: points.map(({ totals, ...point }) => ({
      ...point,
      varied: withoutContents(point.varied),
      jobs: totals,
      verdict: overallVerdict(point.quantities),
    })),
  };
}
