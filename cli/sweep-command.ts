import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { tableCsv } from "../figures/csv.js";
import { EXIT } from "../live/process.js";
import { parseDuration, toModelTime } from "../live/units.js";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { readSettings } from "../scenarios/parameters.js";
import { Pool } from "../simulator/parallel/pool.js";
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
import { checkWritable, print, writeJson } from "./output.js";
import { ProgressLine } from "./progress-line.js";
import { overallVerdict, RESULT_FORMAT } from "./result.js";
import type { SimulateFlags } from "./simulate-command.js";
import { SweepLog } from "./sweep-log.js";
import { sweepRows, sweepTable } from "./sweep-table.js";

/** The options of a sweep, as read. */
export interface SweepFlags extends Omit<SimulateFlags, "precision"> {
  readonly vary: readonly VariedParameter[];
  readonly runs?: string;
  readonly csv?: string;
}

/** `equipoise sweep`: a scenario at every combination of values. Returns the exit code. */
export async function sweep(scenario: string, flags: SweepFlags): Promise<number> {
  const plan = planOf(scenario, flags);
  checkPlan(plan);
  if (flags.json !== undefined) checkWritable(flags.json);
  if (flags.csv !== undefined) checkWritable(flags.csv, "--csv");
  const log = new SweepLog(flags.runs ?? defaultFile(plan), plan);
  const runs = [...log.runs];
  const interrupted = await run(plan, runs, log, flags.workers);
  const points = concludeSweep(plan, runs);
  print(sweepTable(plan, points), flags.json);
  if (flags.csv !== undefined) writeCsv(plan, points, flags.csv);
  if (flags.json !== undefined) writeJson(resultOf(plan, points), flags.json);
  if (interrupted) {
    const total = plan.replications * pointsOf(plan.varied).length;
    process.stderr.write(
      `interrupted: ${runs.length} of ${total} runs are in ${log.file}; the same command goes on from there\n`,
    );
    return EXIT.interrupted;
  }
  if (flags.runs === undefined) rmSync(log.file);
  const verdict = overallVerdict(points.flatMap(({ quantities }) => quantities));
  if (verdict === "void") return EXIT.void;
  return verdict === "differs" ? EXIT.differs : EXIT.ok;
}

/** Does the runs that are missing, until all are there or somebody interrupts. Returns whether somebody did. */
async function run(plan: SweepPlan, runs: SweepRun[], log: SweepLog, workers: number): Promise<boolean> {
  const planned = plan.replications * pointsOf(plan.varied).length;
  const before = runs.length;
  const line = new ProgressLine(`${plan.common.scenario}: ${planned} runs, ${before} of them done before`);
  const pool = new Pool(workers);
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    void pool.close();
  };
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);
  try {
    await runSweep(plan, runs, pool, (found) => {
      log.add(found);
      runs.push(found);
      line.show((runs.length - before) / (planned - before), `${runs.length} of ${planned} runs`);
    });
  } catch (error) {
    if (!interrupted) throw error;
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
    line.end();
    await pool.close();
  }
  return interrupted;
}

function planOf(scenario: string, flags: SweepFlags): SweepPlan {
  const { seed, confidence, messageDelay, noticeDelay, warmup, duration, timeUnit, replications } = flags;
  const time = (text: string | undefined): ModelTime | undefined =>
    text === undefined ? undefined : toModelTime(parseDuration(text), timeUnit);
  return {
    common: {
      scenario,
      settings: readSettings(flags.set),
      seed,
      warmUpTime: time(warmup),
      measuringTime: time(duration),
      familyConfidence: confidence,
      messageDelay,
      noticeDelay,
    },
    varied: flags.vary,
    replications,
  };
}

/** The same for the same sweep, so that it is found again. */
function defaultFile({ common, varied }: SweepPlan): string {
  const hash = createHash("sha256").update(JSON.stringify({ common, varied })).digest("hex");
  return `equipoise-sweep-${common.scenario}-${hash.slice(0, 8)}.jsonl`;
}

function writeCsv(plan: SweepPlan, points: readonly SweepPoint[], file: string): void {
  const { columns, rows } = sweepRows(plan, points);
  try {
    writeFileSync(file, tableCsv({ title: "", columns, rows }));
  } catch (error) {
    throw new UserError(`--csv ${file}: ${messageOf(error)}`);
  }
}

function resultOf({ common, varied, replications }: SweepPlan, points: readonly SweepPoint[]) {
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "sweep",
    scenario: common.scenario,
    settings: common.settings,
    seed: common.seed,
    replications,
    familyConfidence: common.familyConfidence,
    varied,
    points: points.map(({ totals, ...point }) => ({
      ...point,
      jobs: totals,
      verdict: overallVerdict(point.quantities),
    })),
  };
}
