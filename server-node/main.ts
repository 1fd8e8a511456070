#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { readToken, tokenFileFlag } from "../live/access.js";
import { ModelClock } from "../live/clock.js";
import { flag, hostFlag, joinFlag, plainFlag, readFlags, text } from "../live/flags.js";
import { askToJoin } from "../live/join.js";
import { EXIT, logger, onStop, runMain } from "../live/process.js";
import { parseSeconds } from "../live/units.js";
import { connectWebSocket } from "../live/web-socket.js";
import { parseRateCost, parseSojournCost } from "../model/cost-functions.js";
import { UserError } from "../model/errors.js";
import { type InitialRates, parseInitialRates } from "../model/initial-rates.js";
import { DISCIPLINES, type Discipline, type ServerModel } from "../model/server-model.js";
import { parseServiceLaw } from "../model/slot-laws.js";
import { bufferSize, oneOf, positiveNumber, wholeNumber } from "../scenarios/parameters.js";
import type { HttpNode } from "./http-node.js";
import { ServerNode } from "./server-node.js";

interface Flags {
  readonly dispatcher: string;
  readonly name: string;
  readonly servers: number;
  readonly firstServer: number;
  readonly discipline: Discipline;
  readonly classes?: readonly string[];
  readonly buffer: number;
  readonly rateControl: "idle-time" | "fixed";
  readonly costG: string;
  readonly costH: string;
  readonly inverseStep: number;
  readonly initialRates: InitialRates;
  readonly services: string;
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
  readonly httpPort?: number;
  readonly metricsPort?: number;
  readonly host: string;
  readonly join?: true;
  readonly tokenFile?: string;
}

function command(): Command {
  return new Command("server-node")
    .description("Emulates servers that serve jobs at rates which they set by themselves.")
    .addOption(flag("--dispatcher <url>", "where the dispatcher is", "DISPATCHER", text, "ws://127.0.0.1:7070"))
    .addOption(flag("--name <name>", "name of this node", "NODE_NAME", text, "server-node"))
    .addOption(flag("--servers <count>", "servers in this process", "SERVERS", wholeNumber(1), "1"))
    .addOption(flag("--first-server <number>", "number of the first of them", "FIRST_SERVER", wholeNumber(0), "0"))
    .addOption(flag("--discipline <name>", DISCIPLINES.join(" or "), "DISCIPLINE", oneOf(...DISCIPLINES), "fifo"))
    .addOption(
      flag("--services <law>", "what a slotted server can serve in a slot", "SERVICES", servicesName, "constant"),
    )
    .option("--classes <names>", "the class of each server, separated by commas, where there are several", words)
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
        "uniform:LOW,HIGH, constant:RATE or list:RATE,...",
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
    .addOption(
      plainFlag(
        "--http-port <port>",
        "take jobs over HTTP, no dispatcher: port of the first server; 0 for any",
        wholeNumber(0),
      ),
    )
    .option("--metrics-port <port>", "serve per-server metrics there; 0 for any free port", wholeNumber(0))
    .addOption(hostFlag())
    .addOption(joinFlag())
    .addOption(tokenFileFlag());
}

function servicesName(law: string): string {
  return parseServiceLaw(law).text;
}

function words(text: string): string[] {
  return text.split(",");
}

/** Lists must have an entry for every server. */
function checkLengths({ servers, classes, initialRates }: Flags): void {
  if (classes !== undefined && classes.length !== servers)
    throw new UserError(`--classes names ${classes.length} classes for ${servers} servers`);
  if (initialRates.law === "list" && initialRates.rates.length !== servers)
    throw new UserError(`--initial-rates lists ${initialRates.rates.length} rates for ${servers} servers`);
}

runMain("server-node", async () => {
  let flags = readFlags<Flags>(command());
  if (flags.join === true) {
    const told = await askToJoin(
      flags.dispatcher,
      "server-node",
      flags.servers,
      readToken(flags.tokenFile),
      logger(flags.name),
    );
    flags = readFlags<Flags>(command(), told);
  }
  checkLengths(flags);
  const log = logger(flags.name);
  // The metrics page needs the node, and the node announces where its metrics page is.
  let node: ServerNode | HttpNode | undefined;
  const metricsUrl =
    flags.metricsPort === undefined
      ? undefined
      : await (await import("./metrics.js")).serveNodeMetrics(flags, flags.metricsPort, () => node);
  if (flags.httpPort !== undefined && flags.discipline === "slotted")
    throw new UserError("--discipline slotted: over HTTP nobody says when a slot ends; leave out --http-port");
  if (flags.httpPort === undefined) node = webSocketNode(flags, metricsUrl, log);
  else {
    const { HttpNode } = await import("./http-node.js");
    const { seed, firstServer, servers, httpPort } = flags;
    node = new HttpNode({
      ...{ seed, firstServer, servers },
      model: modelOf(flags),
      clock: new ModelClock(flags.timeUnit),
      firstPort: httpPort,
    });
    const ports = await node.listen();
    log(`${servers} servers take jobs at ports ${ports.join(", ")}`);
  }
  onStop(() => node?.drain(() => process.exit(EXIT.ok)));
});

function modelOf(flags: Flags): ServerModel {
  const { discipline, buffer, rateControl, costG, costH, inverseStep, initialRates, services } = flags;
  const control = rateControl === "fixed" ? { kind: rateControl } : { kind: rateControl, costG, costH, inverseStep };
  return { discipline, buffer, rateControl: control, initialRates, services };
}

function webSocketNode(flags: Flags, metricsUrl: string | undefined, log: (message: string) => void): ServerNode {
  return new ServerNode({
    dispatcherUrl: flags.dispatcher,
    name: flags.name,
    seed: flags.seed,
    firstServer: flags.firstServer,
    servers: flags.servers,
    model: modelOf(flags),
    clock: new ModelClock(flags.timeUnit),
    connect: connectWebSocket(readToken(flags.tokenFile)),
    process: randomUUID(),
    reportInterval: flags.reportEvery / flags.timeUnit,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    ...(flags.classes === undefined ? {} : { classes: flags.classes }),
    log,
  });
}
