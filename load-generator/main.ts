#!/usr/bin/env node
import { Command } from "commander";
import { flag, readFlags, text } from "../live/flags.js";
import { EXIT, logger, onStop, runMain } from "../live/process.js";
import { parseSeconds } from "../live/units.js";
import { positiveNumber, wholeNumber } from "../scenarios/parameters.js";
import { LoadGenerator } from "./load-generator.js";

interface Flags {
  readonly dispatcher: string;
  readonly name: string;
  readonly arrivalRate: number;
  readonly backlog: number;
  readonly seed: string;
  readonly timeUnit: number;
  readonly metricsPort?: number;
}

runMain("load-generator", async () => {
  const command = new Command("load-generator")
    .description("Sends jobs to the dispatcher, open loop, from the moment that it says the fleet is complete.")
    .addOption(flag("--dispatcher <url>", "where the dispatcher is", "DISPATCHER", text, "ws://127.0.0.1:7070"))
    .addOption(flag("--name <name>", "name of this generator", "GENERATOR_NAME", text, "load-generator"))
    .addOption(
      flag("--arrival-rate <rate>", "jobs per unit of model time, in all", "ARRIVAL_RATE", positiveNumber, "20"),
    )
    .addOption(flag("--backlog <jobs>", "jobs sent all at once at the start", "BACKLOG", wholeNumber(0), "0"))
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .option("--metrics-port <port>", "serve metrics there; 0 for any free port", wholeNumber(0));
  const flags = readFlags<Flags>(command);
  const log = logger(flags.name);
  const generator = new LoadGenerator({
    dispatcherUrl: flags.dispatcher,
    name: flags.name,
    seed: flags.seed,
    arrivalRate: flags.arrivalRate,
    backlog: flags.backlog,
    timeUnitSeconds: flags.timeUnit,
    log,
  });
  if (flags.metricsPort !== undefined) {
    const { serveGeneratorMetrics } = await import("./metrics.js");
    log(`metrics at ${await serveGeneratorMetrics(flags.metricsPort, flags.timeUnit, generator)}`);
  }
  onStop(() => {
    generator.stop();
    process.exit(EXIT.ok);
  });
});
