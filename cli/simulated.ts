import { availableParallelism } from "node:os";
import type { Experiment } from "../experiments/scenario.js";
import type { Simulated } from "../experiments/simulated-predictions.js";
import { Pool } from "../simulator/parallel/pool.js";
import { type RunToPredict, simulatePredictions } from "../simulator/simulated-predictions.js";
import { codeFingerprint } from "./code-fingerprint.js";
import { ProgressLine } from "./progress-line.js";
import { cacheFile, readCache, writeCache } from "./simulated-cache.js";

/**
 * What simulation predicts of a real run where theory does not: made once, with progress on standard error, and cached.
 *
 * @returns undefined where there is nothing to simulate
 */
export async function simulatedFor(experiment: Experiment, run: RunToPredict): Promise<Simulated | undefined> {
  const { scenario, parameters, system } = experiment;
  const file = cacheFile([codeFingerprint(), scenario.name, parameters, system.division, run]);
  const known = readCache(file);
  if (known !== undefined) return known;
  const made = await make(experiment, run);
  if (made !== undefined) writeCache(file, made);
  return made;
}

async function make(experiment: Experiment, run: RunToPredict): Promise<Simulated | undefined> {
  const pool = new Pool(availableParallelism());
  let line: ProgressLine | undefined;
  try {
    return await simulatePredictions(experiment, run, pool, (done) => {
      line ??= new ProgressLine("predictions by simulation");
      line.show(done);
    });
  } finally {
    line?.end();
    await pool.close();
  }
}
