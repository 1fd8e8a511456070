#!/usr/bin/env node
import { Command } from "commander";
import { readToken, tokenFileFlag } from "../live/access.js";
import { ModelClock } from "../live/clock.js";
import { flag, hostFlag, plainFlag, readFlags, text, urls } from "../live/flags.js";
import { EXIT, endsRun, logger, onStop, runMain } from "../live/process.js";
import { parseSeconds } from "../live/units.js";
import { connectWebSocket } from "../live/web-socket.js";
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
  readonly metricsPort?: number;
  readonly host: string;
  readonly tokenFile?: string;
}

function command(): Command {
  const dispatchers = plainFlag("--dispatchers <urls>", "those of its neighbourhoods, separated by commas", urls);
  return new Command("shared-server-node")
    .description("Emulates servers of unit rate that several dispatchers share.")
    .addOption(flag("--coordinator <url>", "who measures", "COORDINATOR", text, "ws://127.0.0.1:7070"))
    .addOption(dispatchers.makeOptionMandatory())
    .addOption(flag("--name <name>", "name of this node", "NODE_NAME", text, "server-node"))
    .addOption(flag("--servers <count>", "servers in this process", "SERVERS", wholeNumber(1), "1"))
    .addOption(flag("--first-server <number>", "number of the first of them", "FIRST_SERVER", wholeNumber(0), "0"))
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(flag("--report-every <time>", "how often to report", "REPORT_EVERY", parseSeconds, "250ms"))
    .addOption(plainFlag("--metrics-port <port>", "serve per-server metrics there; 0 for any free", wholeNumber(0)))
    .addOption(hostFlag())
    .addOption(tokenFileFlag());
}

runMain("server-node", async () => {
  const flags = readFlags<Flags>(command());
  const log = logger(flags.name);
  // The metrics page needs the node, and the node announces where its metrics page is.
  let node: SharedServerNode | undefined;
  const metricsUrl =
    flags.metricsPort === undefined
      ? undefined
      : await (await import("./metrics.js")).serveNodeMetrics(flags, flags.metricsPort, () => node);
  node = new SharedServerNode({
    coordinatorUrl: flags.coordinator,
    dispatcherUrls: flags.dispatchers,
    name: flags.name,
    seed: flags.seed,
    firstServer: flags.firstServer,
    servers: flags.servers,
    connect: connectWebSocket(readToken(flags.tokenFile)),
    clock: new ModelClock(flags.timeUnit),
    reportSeconds: flags.reportEvery,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    lost: endsRun(log),
    log,
  });
  onStop(() => {
    node?.stop();
    process.exit(EXIT.ok);
  });
});
