import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import { confidence, fraction, oneOf, portNumber, wholeNumber } from "../experiments/parameters.js";
import type { Views } from "../experiments/scenario.js";
import { WIDTHS } from "../figures/layout.js";
import { tokenFileFlag } from "../live/http/access.js";
import { httpUrl } from "../live/processes/flags.js";
import { parseDuration, parseSeconds } from "../live/units.js";
import { messageOf, UserError } from "../model/errors.js";
import { EXPRESSIONS } from "../model/expression.js";
import { MESSAGE_DELAYS, type MessageDelay, parseMessageDelay } from "../model/message-delay.js";
import { parseVaried, type VariedParameter } from "../simulator/sweep.js";
import { runDefinitions } from "../workload/fleet-keys.js";
import { readFormats } from "./pictures.js";
import { BY_MSER } from "./simulate-command.js";

const { timeUnit, dispatchers, views, seed } = runDefinitions;

/** Turns a parser's error into a usage error of its option. */
export function reading<T>(
  parse: (text: string, previous: T | undefined) => T,
): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    try {
      return parse(text, previous);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

/** Checks a duration but keeps the text, which the processes parse themselves. */
export function durationText(text: string): string {
  parseDuration(text);
  return text;
}

function readMessageDelay(text: string): MessageDelay {
  return parseMessageDelay(text, (file) => {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new UserError(`${file} cannot be read (${messageOf(error)})`);
    }
  });
}

const collectVaried = (text: string, varied: readonly VariedParameter[] = []): readonly VariedParameter[] => [
  ...varied,
  parseVaried(text),
];
const collect = (setting: string, settings: readonly string[] = []): string[] => [...settings, setting];

/** Values with commas between them, each of them once. */
export function listed<T>(parse: (text: string) => T): (text: string, previous: T[] | undefined) => T[] {
  return reading((text) => {
    const values = text.split(",").map((value) => parse(value.trim()));
    if (text.split(",").some((value) => value.trim() === "")) throw new UserError("a value is missing");
    if (new Set(values).size < values.length) throw new UserError("a value is repeated");
    return values;
  });
}

/** The options of the commands; each call makes a new one. */
export const option = {
  set: () =>
    new Option("--set <name=value>", "set a parameter of the scenario (repeatable)")
      .argParser(collect)
      .default([], "none"),
  figureSet: () =>
    new Option("--set <name=value>", "set a parameter of the figure, which --parameters lists (repeatable)")
      .argParser(collect)
      .default([], "none"),
  fleet: () =>
    new Option(
      "--fleet <file>",
      "a fleet file, which equipoise init fleet writes, instead of a scenario; --set and other flags override what it says",
    ),
  ownPolicy: () =>
    new Option(
      "--set <policy=module>",
      "the module of a policy of your own that the run had, which is loaded only from here",
    )
      .argParser(collect)
      .default([], "none"),
  seed: () => new Option("--seed <text>", seed.description).default(seed.default),
  messageDelay: () =>
    new Option(
      "--message-delay <law>",
      `delay of messages between dispatcher and server, in time units: ${MESSAGE_DELAYS} (default: that of the fleet, or none)`,
    ).argParser(reading(readMessageDelay)),
  noticeDelay: () =>
    new Option("--notice-delay <law>", "delay of completion notices (default: the value of --message-delay)").argParser(
      reading(readMessageDelay),
    ),
  replications: () =>
    new Option("--replications <count>", "independent replications").argParser(reading(wholeNumber(1))).default(1),
  precision: () =>
    new Option(
      "--precision <fraction>",
      "add replications until every interval is this narrow (half-width relative to the value)",
    ).argParser(reading(fraction)),
  vary: () =>
    new Option(
      "--vary <name=values>",
      `a parameter to vary: name=a,b,c (a;b;c if values contain commas) or name=from:to:step (repeatable). Values, and those of --set, may have an ${EXPRESSIONS}: --set "graph=geometric:{ln(servers)}"`,
    )
      .argParser(reading(collectVaried))
      .makeOptionMandatory(),
  runs: () =>
    new Option(
      "--runs <file>",
      "keep finished runs in this file (default: a file that is removed when the sweep is complete)",
    ),
  csv: () => new Option("--csv <file>", "write the table as CSV"),
  workers: () =>
    new Option("--workers <count>", "threads to simulate on")
      .argParser(reading(wholeNumber(1)))
      .default(availableParallelism(), "one per core"),
  out: () => new Option("--out <folder>", "folder to write to").default("equipoise-figures"),
  fleetFile: () => new Option("--out <file>", "file to write to; - for standard output").default("fleet.yaml"),
  envFile: () => new Option("--out <file>", "file to write to; - for standard output").default(".env"),
  preview: () => new Option("--preview", "fewer points and shorter runs: a first look"),
  format: () =>
    new Option("--format <list>", "pictures besides the SVG: pdf, png, separated by commas; Chromium makes them")
      .argParser(reading(readFormats))
      .default(["svg"], "svg"),
  width: () =>
    new Option("--width <width>", "of pictures: page, or column for a column of a paper (3.5 inches)")
      .argParser(reading(oneOf(...WIDTHS)))
      .default("page"),
  json: () => new Option("--json <file>", "write the result as JSON to this file (- for standard output)"),
  timeUnit: () =>
    new Option("--time-unit <time>", timeUnit.description)
      .argParser(reading(timeUnit.parse))
      .default(timeUnit.parse(timeUnit.default), timeUnit.default),
  duration: (fallback: string) =>
    new Option(
      "--duration <time>",
      `how long to measure: 90s, 3m, or 1800u for 1800 time units (default: ${fallback})`,
    ).argParser(reading(durationText)),
  atMost: (fallback: string) =>
    new Option(
      "--at-most <time>",
      `measure until every quantity with a prediction is decided, for no longer than this (default: ${fallback}); --duration measures for exactly as long as it says, and judges once`,
    )
      .argParser(reading(durationText))
      .conflicts("duration"),
  within: (fallback: number) =>
    new Option(
      "--within <fraction>",
      "how far from a prediction, relative to it, the whole interval of a quantity may lie and agree; for inputs a fifth of it",
    )
      .argParser(reading(fraction))
      .default(fallback),
  warmup: () =>
    new Option("--warmup <time>", "how long to run before measuring (default: from theory)").argParser(
      reading(durationText),
    ),
  simulatedWarmup: () =>
    new Option(
      "--warmup <time>",
      "how long to run before measuring, or mser to determine it from runs with opposite initial states (default: from theory)",
    ).argParser(reading((text) => (text === BY_MSER ? text : durationText(text)))),
  processes: () =>
    new Option(
      "--processes <count>",
      "server-node processes to spread the servers over (default: one per server)",
    ).argParser(reading(wholeNumber(1))),
  dispatchers: () =>
    new Option("--dispatchers <count>", dispatchers.description).argParser(reading(dispatchers.parse)).default(1),
  views: () => new Option("--views <what>", views.description).argParser(reading(views.parse)).default(views.default),
  port: (fallback: number, shown: string) =>
    new Option("--port <port>", "port of the dispatcher on the loopback interface; 0 for any free port")
      .argParser(reading(portNumber(0)))
      .default(fallback, shown),
  confidence: () =>
    new Option("--confidence <level>", "joint confidence level of all intervals")
      .argParser(reading(confidence))
      .default(0.99),
  startPrometheus: () =>
    new Option(
      "--prometheus [port]",
      "start a Prometheus that scrapes all processes, on this port of the loopback interface",
    )
      .argParser(reading(portNumber(1)))
      .preset(DEFAULT_PROMETHEUS_PORT),
  live: () => new Option("--live", "start real processes and measure them"),
  askPrometheus: () =>
    new Option("--prometheus <url>", "measure a running system, using only what this Prometheus has scraped"),
  via: () =>
    new Option(
      "--via <url>",
      "for scenario fleet: URL at which a balancer takes jobs, e.g. http://127.0.0.1:8080/jobs",
    ).argParser(reading(httpUrl)),
  as: () => new Option("--as <policy>", "with --via: policy that the balancer claims to run"),
  firstPort: () =>
    new Option(
      "--first-port <port>",
      `with --via: port of the first server; a balancer at a URL must be configured with all of them (default: ${DEFAULT_FIRST_PORT})`,
    ).argParser(reading(portNumber(1))),
  window: () =>
    new Option(
      "--window <time>",
      "with --prometheus: length of the measured window; waits until the run has been measured for that long",
    )
      .argParser(reading(parseSeconds))
      .default(150, "150s"),
  control: () => new Option("--control", "allow the dispatcher's page to change the running system"),
  record: () =>
    new Option(
      "--record <file>",
      "record every event of the dispatcher, for `equipoise replay`; of several, those of the second in FILE.1, and so on",
    ),
  tokenFile: tokenFileFlag,
  nodeMetrics: () =>
    new Option(
      "--node-metrics",
      "make every node and the generator serve their own /metrics (/api/state lists the URLs)",
    ),
};

/** Of the servers behind a balancer. */
export const DEFAULT_FIRST_PORT = 9001;
const DEFAULT_PROMETHEUS_PORT = "9090";

/** The parsed options of `verify`. */
export interface VerifyFlags extends Omit<LiveFlags, "prometheus"> {
  readonly live?: true;
  /** URL of a balancer. */
  readonly via?: string;
  /** The policy that the balancer claims to run. */
  readonly as?: string;
  readonly firstPort?: number;
  /** URL of a Prometheus. */
  readonly prometheus?: string;
  /** Wall-clock seconds. */
  readonly window: number;
}

/** The parsed options of a live run. */
export interface LiveFlags {
  readonly set: readonly string[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly duration?: string;
  readonly atMost?: string;
  readonly within: number;
  readonly warmup?: string;
  readonly processes?: number;
  readonly dispatchers: number;
  readonly views: Views;
  readonly port: number;
  readonly confidence: number;
  readonly nodeMetrics?: true;
  readonly control?: true;
  readonly record?: string;
  readonly tokenFile?: string;
  /** Port of a Prometheus to start. */
  readonly prometheus?: number;
  readonly json?: string;
}
