#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { bufferSize, oneOf, portNumber, positiveNumber, wholeNumber } from "../experiments/parameters.js";
import { gateOf, publicHostFlag, readToken, tokenFileFlag } from "../live/http/access.js";
import { LOOPBACK } from "../live/http/endpoints.js";
import { ModelClock } from "../live/model-clock.js";
import {
  dispatcherFlag,
  flag,
  hostFlag,
  joinFlag,
  plainFlag,
  seedFlag,
  text,
  timeUnitFlag,
} from "../live/processes/flags.js";
import { readFlagsOrJoin } from "../live/processes/join.js";
import { EXIT, logger, onStop, runMain } from "../live/processes/process.js";
import { keepReadyFile, readyFileFlag } from "../live/processes/ready-file.js";
import { withFile } from "../live/processes/setting-files.js";
import { parseSeconds } from "../live/units.js";
import { delayedConnect } from "../live/wire/delayed-transport.js";
import type { Connect } from "../live/wire/dial.js";
import { connectWebSocket } from "../live/wire/web-socket.js";
import { parseRateCost, parseSojournCost, RATE_COSTS, SOJOURN_COSTS } from "../model/cost-functions.js";
import { UserError } from "../model/errors.js";
import { INITIAL_RATES, type InitialRates, parseInitialRates } from "../model/initial-rates.js";
import { drawDelay, MESSAGE_DELAYS, type MessageDelay, messageDelaySetting } from "../model/message-delay.js";
import { randomStream } from "../model/random.js";
import { DISCIPLINES, type Discipline, type ServerModel } from "../model/server-model.js";
import { parseServiceLaw, SERVICE_LAWS } from "../model/slot-laws.js";
import type { ModelTime } from "../model/units.js";
import type { HttpNode } from "./http-node.js";
import { ServerNode } from "./server-node.js";

interface Flags {
  readonly dispatcher: readonly string[];
  readonly name: string;
  readonly servers: number;
  readonly firstServer: number;
  readonly discipline: readonly Discipline[];
  readonly workers: readonly number[];
  readonly abandonAfter?: ModelTime;
  readonly classes?: readonly string[];
  readonly buffer: readonly number[];
  readonly rateControl: "idle-time" | "fixed";
  readonly costG: string;
  readonly costH: string;
  readonly inverseStep: number;
  readonly initialRates: InitialRates;
  readonly services: string;
  readonly messageDelay: readonly MessageDelay[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
  readonly httpPort?: number;
  readonly timesApart: readonly number[];
  readonly metricsPort?: number;
  readonly host: string;
  readonly publicHost: readonly string[];
  readonly join?: true;
  readonly tokenFile?: string;
  readonly readyFile?: string;
}

function command(): Command {
  const node = new Command("server-node")
    .description("Emulates servers that adapt their own service rates.")
    .addOption(dispatcherFlag())
    .addOption(flag("--name <name>", "name of this node", "NODE_NAME", text, "server-node"))
    .addOption(flag("--servers <count>", "number of servers in this process", "SERVERS", wholeNumber(1), "1"))
    .addOption(flag("--first-server <number>", "number of the first server", "FIRST_SERVER", wholeNumber(0), "0"));
  return driverFlags(rateFlags(serviceFlags(node)));
}

function serviceFlags(command: Command): Command {
  return command
    .addOption(
      flag(
        "--discipline <names>",
        `${DISCIPLINES.join(" or ")}, of all servers, or of each, separated by commas`,
        "DISCIPLINE",
        listed(oneOf(...DISCIPLINES)),
        "fifo",
      ),
    )
    .addOption(
      flag(
        "--workers <counts>",
        "jobs that a fifo or ps server serves at once: of all servers, or of each, separated by commas",
        "WORKERS",
        listed(wholeNumber(1)),
        "1",
      ),
    )
    .addOption(
      plainFlag(
        "--abandon-after <time>",
        "a fifo server does not serve a job that has waited for longer when its turn comes, in time units",
        positiveNumber,
      ),
    )
    .addOption(
      flag(
        "--services <law>",
        `jobs a slotted server can serve in a slot: ${SERVICE_LAWS}`,
        "SERVICES",
        servicesName,
        "constant",
      ),
    )
    .addOption(
      flag(
        "--message-delay <law>",
        `how long to hold back messages from and to dispatchers, besides what they take, all of them or LAW;LAW;... of each: ${MESSAGE_DELAYS}`,
        "MESSAGE_DELAY",
        (laws) => laws.split(";").map((law) => messageDelaySetting(withFile("--message-delay", law))),
        "none",
      ),
    )
    .option("--classes <names>", "class of each server, separated by commas, if there are several classes", words)
    .addOption(
      flag(
        "--buffer <jobs>",
        "most jobs a server holds, or infinite: of all servers, or of each, separated by commas",
        "BUFFER",
        listed(bufferSize),
        "1",
      ),
    );
}

function rateFlags(command: Command): Command {
  return command
    .addOption(
      flag("--rate-control <kind>", "idle-time or fixed", "RATE_CONTROL", oneOf("idle-time", "fixed"), "idle-time"),
    )
    .addOption(
      flag(
        "--cost-g <family>",
        `cost of sojourn times: ${SOJOURN_COSTS}`,
        "COST_G",
        (t) => parseSojournCost(t).name,
        "reciprocal",
      ),
    )
    .addOption(
      flag("--cost-h <family>", `cost of rates: ${RATE_COSTS}`, "COST_H", (t) => parseRateCost(t).name, "power:0.1,2"),
    )
    .addOption(
      flag("--inverse-step <m>", "inverse step size of the idle-time rule", "INVERSE_STEP", positiveNumber, "50"),
    )
    .addOption(flag("--initial-rates <law>", INITIAL_RATES, "INITIAL_RATES", parseInitialRates, "uniform:0,2"));
}

function driverFlags(command: Command): Command {
  return command
    .addOption(seedFlag())
    .addOption(timeUnitFlag())
    .addOption(
      flag("--report-every <time>", "how often to report to the dispatcher", "REPORT_EVERY", parseSeconds, "250ms"),
    )
    .addOption(
      plainFlag(
        "--http-port <port>",
        "take jobs over HTTP instead of from a dispatcher: port of the first server; 0 for any free ports",
        portNumber(0),
      ),
    )
    .addOption(
      plainFlag(
        "--times-apart <counts>",
        "over HTTP: count the times of jobs apart by their servers' classes and by their types: how many of each, 0 for not",
        listed(wholeNumber(0)),
        "0,0",
      ),
    )
    .option("--metrics-port <port>", "serve per-server metrics on this port; 0 for any free port", portNumber(0))
    .addOption(hostFlag())
    .addOption(publicHostFlag())
    .addOption(joinFlag())
    .addOption(tokenFileFlag())
    .addOption(readyFileFlag());
}

function servicesName(law: string): string {
  return parseServiceLaw(law).text;
}

/** Reads values separated by commas. */
function listed<T>(read: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map(read);
}

function words(text: string): string[] {
  return text.split(",");
}

/** Checks that there is an entry of each list, and a port, for every server. */
function checkLengths(flags: Flags): void {
  const { servers, classes, initialRates, discipline, workers, buffer, httpPort, messageDelay, dispatcher } = flags;
  for (const [name, values] of Object.entries({ discipline, workers, buffer })) {
    if (values.length !== 1 && values.length !== servers)
      throw new UserError(`--${name} has ${values.length} values for ${servers} servers: give one, or one for each`);
  }
  if (messageDelay.length !== 1 && messageDelay.length !== dispatcher.length)
    throw new UserError(
      `--message-delay has ${messageDelay.length} laws for ${dispatcher.length} dispatchers: give one, or one for each`,
    );
  if (classes !== undefined && classes.length !== servers)
    throw new UserError(`--classes names ${classes.length} classes for ${servers} servers`);
  if (initialRates.law === "list" && initialRates.rates.length !== servers)
    throw new UserError(`--initial-rates lists ${initialRates.rates.length} rates for ${servers} servers`);
  if (httpPort !== undefined && httpPort + servers > 65_536)
    throw new UserError(`--http-port ${httpPort}: there are not ${servers} ports from it on; choose a lower one`);
}

runMain("server-node", async () => {
  const flags = await readFlagsOrJoin<Flags>(command, "server-node");
  checkLengths(flags);
  const log = logger(flags.name);
  // The metrics page needs the node, and the node announces where its metrics page is.
  let node: ServerNode | HttpNode | undefined;
  const metricsUrl =
    flags.metricsPort === undefined
      ? undefined
      : await (await import("./metrics.js")).serveNodeMetrics(flags, flags.metricsPort, () => node);
  if (flags.httpPort !== undefined && flags.discipline.includes("slotted"))
    throw new UserError("--discipline slotted: slots cannot be synchronised over HTTP; omit --http-port");
  if (flags.httpPort !== undefined && flags.messageDelay.some(({ law }) => law !== "none"))
    throw new UserError("--message-delay: over HTTP messages take the time that they take; omit it");
  if (flags.httpPort !== undefined && flags.abandonAfter !== undefined)
    throw new UserError("--abandon-after: over HTTP clients give up when they close the connection; omit it");
  if (flags.httpPort === undefined) node = webSocketNode(flags, metricsUrl, log);
  else {
    const { HttpNode } = await import("./http-node.js");
    const { seed, firstServer, servers, httpPort, classes = [] } = flags;
    const [ofClasses = 0, types = 0] = flags.timesApart;
    const names = [...new Set(classes)];
    node = new HttpNode({
      ...{ seed, firstServer, servers },
      models: modelsOf(flags),
      clock: new ModelClock(flags.timeUnit),
      timesApart: { classes: ofClasses, types, dispatchers: 0 },
      classes: Array.from({ length: servers }, (_, index) => Math.max(0, names.indexOf(classes[index]))),
      firstPort: httpPort,
      gate: gateOf({ ...flags, host: LOOPBACK }),
    });
    const ports = await node.listen();
    log(`${servers} servers take jobs on ports ${ports.join(", ")}`);
  }
  keepReadyFile(flags.readyFile, () => node?.connected ?? false);
  onStop(() => node?.drain(() => process.exit(EXIT.ok)));
});

function modelsOf(flags: Flags): ServerModel[] {
  const { servers, discipline, workers, buffer, rateControl, costG, costH, inverseStep } = flags;
  const { initialRates, services, abandonAfter } = flags;
  const control = rateControl === "fixed" ? { kind: rateControl } : { kind: rateControl, costG, costH, inverseStep };
  return Array.from({ length: servers }, (_, i) => ({
    discipline: discipline[i % discipline.length],
    workers: workers[i % workers.length],
    buffer: buffer[i % buffer.length],
    ...{ rateControl: control, initialRates, services },
    ...(abandonAfter === undefined ? {} : { abandonAfter }),
  }));
}

function webSocketNode(flags: Flags, metricsUrl: string | undefined, log: (message: string) => void): ServerNode {
  const clock = new ModelClock(flags.timeUnit);
  return new ServerNode({
    dispatcherUrls: flags.dispatcher,
    name: flags.name,
    seed: flags.seed,
    firstServer: flags.firstServer,
    servers: flags.servers,
    models: modelsOf(flags),
    clock,
    connect: connectOf(flags, clock),
    process: randomUUID(),
    reportInterval: flags.reportEvery / flags.timeUnit,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    ...(flags.classes === undefined ? {} : { classes: flags.classes }),
    log,
  });
}

/** Connects to dispatchers, to each through a network as slow as asked for. */
function connectOf({ tokenFile, seed, firstServer, messageDelay, dispatcher }: Flags, clock: ModelClock): Connect {
  const connect = connectWebSocket(readToken(tokenFile));
  const random = randomStream(seed, `message-delays/${firstServer}`);
  const byUrl = new Map(
    dispatcher.map((url, number) => {
      const delay = messageDelay[number % messageDelay.length];
      return [url, delay.law === "none" ? connect : delayedConnect(connect, clock, () => drawDelay(delay, random))];
    }),
  );
  return (url, events) => (byUrl.get(url) ?? connect)(url, events);
}
