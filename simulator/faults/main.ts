#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { plainFlag, readFlags } from "../../live/flags.js";
import { EXIT, runMain } from "../../live/process.js";
import { wholeNumber } from "../../scenarios/parameters.js";
import { Pool } from "../parallel/pool.js";
import { faultTrials, type TrialResult } from "./trial.js";

interface Flags {
  readonly seeds: number;
  readonly first: number;
  readonly workers: number;
  readonly log?: true;
}

/** Failures that are told of; more of them tell little more. */
const MOST_TOLD = 5;

runMain("fuzz:faults", async () => {
  const command = new Command("fuzz:faults")
    .description("Simulates small systems in which everything goes wrong, one a seed, and checks their invariants.")
    .addOption(plainFlag("--seeds <count>", "how many seeds", wholeNumber(1), "1000"))
    .addOption(plainFlag("--first <seed>", "the first of them", wholeNumber(0), "0"))
    .addOption(plainFlag("--workers <count>", "threads", wholeNumber(1), String(availableParallelism())))
    .option("--log", "print what the processes of each failed trial said");
  const flags = readFlags<Flags>(command);
  const pool = new Pool(flags.workers);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => String(flags.first + i));
  let done = 0;
  const results = await pool.map(faultTrials, seeds, () => {
    if (++done % 1000 === 0) process.stderr.write(`${done} of ${seeds.length}\n`);
  });
  await pool.close();
  report(results, flags.log === true);
});

function report(results: readonly TrialResult[], withLog: boolean): void {
  const failed = results.filter(({ failure }) => failure !== undefined);
  for (const { seed, failure, log } of failed.slice(0, MOST_TOLD)) {
    process.stdout.write(`seed ${seed}: ${failure}\n  npm run fuzz:faults -- --first ${seed} --seeds 1 --log\n`);
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
