#!/usr/bin/env node
import { Command } from "commander";
import { ModelClock } from "../live/clock.js";
import { flag, readFlags, text } from "../live/flags.js";
import { EXIT, logger, onStop, runMain } from "../live/process.js";
import { parseSeconds } from "../live/units.js";
import { parseRateCost, parseSojournCost } from "../model/cost-functions.js";
import { type InitialRates, parseInitialRates } from "../model/initial-rates.js";
import { bufferSize, oneOf, positiveNumber, wholeNumber } from "../scenarios/parameters.js";
import { ServerNode } from "./server-node.js";

interface Flags {
  readonly dispatcher: string;
  readonly name: string;
  readonly servers: number;
  readonly firstServer: number;
  readonly buffer: number;
  readonly rateControl: "idle-time" | "fixed";
  readonly costG: string;
  readonly costH: string;
  readonly inverseStep: number;
  readonly initialRates: InitialRates;
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
  readonly metricsPort?: number;
}

function command(): Command {
  return new Command("server-node")
    .description("Emulates servers that serve jobs at rates which they set by themselves.")
    .addOption(flag("--dispatcher <url>", "where the dispatcher is", "DISPATCHER", text, "ws://127.0.0.1:7070"))
    .addOption(flag("--name <name>", "name of this node", "NODE_NAME", text, "server-node"))
    .addOption(flag("--servers <count>", "servers in this process", "SERVERS", wholeNumber(1), "1"))
    .addOption(flag("--first-server <number>", "number of the first of them", "FIRST_SERVER", wholeNumber(0), "0"))
    .addOption(flag("--buffer <jobs>", "jobs a server holds at most, or infinite", "BUFFER", bufferSize, "1"))
    .addOption(
      flag("--rate-control <kind>", "idle-time or fixed", "RATE_CONTROL", oneOf("idle-time", "fixed"), "idle-time"),
    )
    .addOption(
      flag("--cost-g <family>", "cost of sojourn times", "COST_G", (t) => parseSojournCost(t).name, "reciprocal"),
    )
    .addOption(flag("--cost-h <family>", "cost of rates", "COST_H", (t) => parseRateCost(t).name, "power:0.1,2"))
    .addOption(flag("--inverse-step <m>", "inverse step size of the rule", "INVERSE_STEP", positiveNumber, "50"))
    .addOption(
      flag(
        "--initial-rates <law>",
        "uniform:LOW,HIGH or constant:RATE",
        "INITIAL_RATES",
        parseInitialRates,
        "uniform:0,2",
      ),
    )
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(
      flag("--report-every <time>", "how often to report to the dispatcher", "REPORT_EVERY", parseSeconds, "250ms"),
    )
    .option("--metrics-port <port>", "serve per-server metrics there; 0 for any free port", wholeNumber(0));
}

runMain("server-node", async () => {
  const flags = readFlags<Flags>(command());
  const log = logger(flags.name);
  const { costG, costH, inverseStep } = flags;
  // The metrics page needs the node, and the node announces where its metrics page is.
  let node: ServerNode | undefined;
  const metricsUrl =
    flags.metricsPort === undefined
      ? undefined
      : await (await import("./metrics.js")).serveNodeMetrics(flags.metricsPort, flags.timeUnit, () => node);
  node = new ServerNode({
    dispatcherUrl: flags.dispatcher,
    name: flags.name,
    seed: flags.seed,
    firstServer: flags.firstServer,
    servers: flags.servers,
    model: {
      buffer: flags.buffer,
      rateControl: flags.rateControl === "fixed" ? { kind: "fixed" } : { kind: "idle-time", costG, costH, inverseStep },
      initialRates: flags.initialRates,
    },
    clock: new ModelClock(flags.timeUnit),
    reportInterval: flags.reportEvery / flags.timeUnit,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    log,
  });
  onStop(() => node?.drain(() => process.exit(EXIT.ok)));
});
