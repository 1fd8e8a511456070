#!/usr/bin/env node
import { Command } from "commander";
import { ModelClock } from "../live/clock.js";
import { flag, readFlags, text } from "../live/flags.js";
import { announce, EXIT, logger, onStop, runMain } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { parseSeconds } from "../live/units.js";
import { UserError } from "../model/errors.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings, wholeNumber } from "../scenarios/parameters.js";
import { LocalDispatcher } from "./local-dispatcher.js";

interface Flags {
  readonly scenario: string;
  readonly set?: readonly string[];
  readonly coordinator: string;
  readonly number: number;
  readonly dispatchers: number;
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
}

runMain("dispatcher", async () => {
  const command = new Command("local-dispatcher")
    .description("Routes the jobs of a share of the task types to the servers of their neighbourhoods.")
    .addOption(flag("--scenario <name>", "the scenario to run", "SCENARIO", text, "spatial-graphs"))
    .option("--set <name=value...>", "set parameters of the scenario")
    .addOption(flag("--coordinator <url>", "who measures", "COORDINATOR", text, "ws://127.0.0.1:7070"))
    .addOption(flag("--number <number>", "which dispatcher this is, from 0", "DISPATCHER_NUMBER", wholeNumber(0), "0"))
    .addOption(flag("--dispatchers <count>", "how many there are", "DISPATCHERS", wholeNumber(1), "1"))
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(flag("--report-every <time>", "how often to report", "REPORT_EVERY", parseSeconds, "250ms"));
  const flags = readFlags<Flags>(command);
  const { system } = scenarioNamed(flags.scenario).configure(withFiles(readSettings(flags.set ?? [])), flags.seed);
  const { graph } = system;
  if (graph === undefined) throw new UserError(`--scenario ${flags.scenario}: has no task types to share out`);
  const dispatcher = new LocalDispatcher({
    system: { ...system, graph },
    seed: flags.seed,
    number: flags.number,
    dispatchers: flags.dispatchers,
    coordinatorUrl: flags.coordinator,
    clock: new ModelClock(flags.timeUnit),
    reportSeconds: flags.reportEvery,
    log: logger(`dispatcher-${flags.number}`),
  });
  announce({ type: "listening", port: await dispatcher.listening() });
  onStop(() => {
    dispatcher.stop();
    process.exit(EXIT.ok);
  });
});
