#!/usr/bin/env node
import { Command } from "commander";
import { ModelClock } from "../live/clock.js";
import { flag, plainFlag, readFlags, text } from "../live/flags.js";
import { EXIT, logger, onStop, runMain } from "../live/process.js";
import { parseSeconds } from "../live/units.js";
import { wholeNumber } from "../scenarios/parameters.js";
import { SharedServerNode } from "./shared-server-node.js";

interface Flags {
  readonly coordinator: string;
  readonly dispatchers: readonly string[];
  readonly name: string;
  readonly servers: number;
  readonly firstServer: number;
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
}

runMain("server-node", () => {
  const command = new Command("shared-server-node")
    .description("Emulates servers at unit rate that several dispatchers share.")
    .addOption(flag("--coordinator <url>", "who measures", "COORDINATOR", text, "ws://127.0.0.1:7070"))
    .addOption(plainFlag("--dispatchers <urls>", "the dispatchers of the neighbourhoods, separated by commas", urls))
    .addOption(flag("--name <name>", "name of this node", "NODE_NAME", text, "server-node"))
    .addOption(flag("--servers <count>", "servers of this node", "SERVERS", wholeNumber(1), "1"))
    .addOption(flag("--first-server <number>", "number of the first", "FIRST_SERVER", wholeNumber(0), "0"))
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(flag("--report-every <time>", "how often to report", "REPORT_EVERY", parseSeconds, "250ms"));
  const flags = readFlags<Flags>(command);
  const node = new SharedServerNode({
    coordinatorUrl: flags.coordinator,
    dispatcherUrls: flags.dispatchers,
    name: flags.name,
    firstServer: flags.firstServer,
    servers: flags.servers,
    model: {
      discipline: "fifo",
      buffer: Number.POSITIVE_INFINITY,
      rateControl: { kind: "fixed" },
      initialRates: { law: "constant", rate: 1 },
    },
    clock: new ModelClock(flags.timeUnit),
    reportSeconds: flags.reportEvery,
    log: logger(flags.name),
  });
  onStop(() => {
    node.stop();
    process.exit(EXIT.ok);
  });
});

function urls(text: string): string[] {
  return text.split(",");
}
