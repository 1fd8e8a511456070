#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { wholeNumber } from "../../experiments/parameters.js";
import { plainFlag, readFlags } from "../../live/processes/flags.js";
import { EXIT, runMain } from "../../live/processes/process.js";
import { Pool } from "../parallel/pool.js";
import { faultTrials, type TrialResult } from "./trial.js";

interface Flags {
  readonly seeds: number;
  readonly first: number;
  readonly workers: number;
  readonly dispatchers?: number;
  readonly log?: true;
}

/** Most failures printed. */
const MOST_TOLD = 5;

runMain("fuzz:faults", async () => {
  const command = new Command("fuzz:faults")
    .description("Simulates small systems with random faults, one per seed, and checks their invariants.")
    .addOption(plainFlag("--seeds <count>", "number of seeds", wholeNumber(1), "1000"))
    .addOption(plainFlag("--first <seed>", "first seed", wholeNumber(0), "0"))
    .addOption(plainFlag("--workers <count>", "number of threads", wholeNumber(1), String(availableParallelism())))
    .addOption(plainFlag("--dispatchers <count>", "number of dispatchers; default: drawn", wholeNumber(1)))
    .option("--log", "print the log of each failed trial");
  const flags = readFlags<Flags>(command);
  const pool = new Pool(flags.workers);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => [String(flags.first + i), flags.dispatchers] as const);
  let done = 0;
  const results = await pool.map(faultTrials, seeds, () => {
    if (++done % 1000 === 0) process.stderr.write(`${done} of ${seeds.length}\n`);
  });
  await pool.close();
  report(results, flags);
});

function report(results: readonly TrialResult[], { log: withLog, dispatchers }: Flags): void {
  const fixed = dispatchers === undefined ? "" : ` --dispatchers ${dispatchers}`;
  const failed = results.filter(({ failure }) => failure !== undefined);
  for (const { seed, failure, log } of failed.slice(0, MOST_TOLD)) {
    process.stdout.write(
      `seed ${seed}: ${failure}\n  npm run fuzz:faults -- --first ${seed} --seeds 1 --log${fixed}\n`,
    );
    if (withLog) process.stdout.write(`${log.join("\n")}\n`);
  }
  const total = (read: (result: TrialResult) => Readonly<Record<string, number>>): string => {
    const sums = new Map<string, number>();
    for (const result of results)
      for (const [name, count] of Object.entries(read(result))) sums.set(name, (sums.get(name) ?? 0) + count);
    return [...sums].map(([name, count]) => `${name} ${count}`).join(", ");
  };
  process.stdout.write(`faults: ${total(({ faults }) => faults)}\njobs: ${total(({ jobs }) => jobs)}\n`);
  process.stdout.write(`${results.length} trials, ${failed.length} failed\n`, () =>
    process.exit(failed.length === 0 ? EXIT.ok : EXIT.differs),
  );
}
