import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import { tokenFileFlag } from "../live/access.js";
import { parseDuration, parseSeconds } from "../live/units.js";
import { messageOf, UserError } from "../model/errors.js";
import { confidence, wholeNumber } from "../scenarios/parameters.js";
import { type MessageDelay, parseMessageDelay } from "../simulator/message-delay.js";
import { parseVaried, type VariedParameter } from "../simulator/sweep.js";
import { BY_MSER } from "./simulate-command.js";

/** Turns a parser's error into the usage error of the option it is for. */
function reading<T>(parse: (text: string, previous: T | undefined) => T): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    try {
      return parse(text, previous);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

/** Checks a duration but keeps it as the text that the processes read. */
function durationText(text: string): string {
  parseDuration(text);
  return text;
}

function precision(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new UserError("must be a number between 0 and 1, e.g. 0.01");
  return value;
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

/** The options that several commands share, each made anew. */
export const option = {
  set: () =>
    new Option("--set <name=value>", "set a parameter of the scenario; may be given again")
      .argParser(collect)
      .default([], "none"),
  seed: () => new Option("--seed <text>", "seed of all randomness").default("1"),
  messageDelay: () =>
    new Option(
      "--message-delay <law>",
      "time of a message between dispatcher and server: none, constant:TIME, exponential:MEAN or empirical:FILE, in time units",
    )
      .argParser(reading(readMessageDelay))
      .default({ law: "none" }, "none"),
  noticeDelay: () =>
    new Option("--notice-delay <law>", "the same for the news of a completion (default: as --message-delay)").argParser(
      reading(readMessageDelay),
    ),
  replications: () =>
    new Option("--replications <count>", "independent runs").argParser(reading(wholeNumber(1))).default(1),
  precision: () =>
    new Option(
      "--precision <fraction>",
      "go on until every interval is this narrow: half its width over the value",
    ).argParser(reading(precision)),
  vary: () =>
    new Option(
      "--vary <name=values>",
      "a parameter to vary: name=a,b,c (a;b;c if values have commas) or name=from:to:step; may be given again",
    )
      .argParser(reading(collectVaried))
      .makeOptionMandatory(),
  runs: () =>
    new Option("--runs <file>", "keep finished runs here (default: a file of this sweep's own, until it is complete)"),
  csv: () => new Option("--csv <file>", "write the table as CSV"),
  workers: () =>
    new Option("--workers <count>", "threads to simulate on")
      .argParser(reading(wholeNumber(1)))
      .default(availableParallelism(), "one per core"),
  out: () => new Option("--out <folder>", "folder to write to").default("equipoise-figures"),
  preview: () => new Option("--preview", "fewer points and shorter runs: a first look"),
  json: () => new Option("--json <file>", "write the result as JSON to a file, or to standard output for -"),
  timeUnit: () =>
    new Option("--time-unit <time>", "wall-clock length of one unit of model time")
      .argParser(reading(parseSeconds))
      .default(0.05, "50ms"),
  duration: (fallback: string) =>
    new Option(
      "--duration <time>",
      `how long to measure: 90s, 3m, or 1800u for time units (default: ${fallback})`,
    ).argParser(reading(durationText)),
  warmup: () =>
    new Option("--warmup <time>", "how long to run before measuring (default: by theory)").argParser(
      reading(durationText),
    ),
  simulatedWarmup: () =>
    new Option(
      "--warmup <time>",
      "how long to run before measuring, or mser for as long as runs from opposite states need (default: by theory)",
    ).argParser(reading((text) => (text === BY_MSER ? text : durationText(text)))),
  processes: () =>
    new Option("--processes <count>", "server-node processes to spread the servers over (default: one each)").argParser(
      reading(wholeNumber(1)),
    ),
  dispatchers: () =>
    new Option(
      "--dispatchers <count>",
      "dispatchers, each for a share of a graph's task types, which know the servers by what these tell",
    )
      .argParser(reading(wholeNumber(1)))
      .default(1),
  port: (fallback: number, shown: string) =>
    new Option("--port <port>", "port of the dispatcher on the loopback interface; 0 for any free one")
      .argParser(reading(wholeNumber(0)))
      .default(fallback, shown),
  confidence: () =>
    new Option("--confidence <level>", "joint confidence of all intervals together")
      .argParser(reading(confidence))
      .default(0.99),
  startPrometheus: () =>
    new Option("--prometheus [port]", "start a Prometheus that scrapes it all, on this port of the loopback interface")
      .argParser(reading(wholeNumber(1)))
      .preset(DEFAULT_PROMETHEUS_PORT),
  live: () => new Option("--live", "on real processes and sockets, started for it"),
  askPrometheus: () =>
    new Option("--prometheus <url>", "a system that runs already, by nothing but what this Prometheus scraped of it"),
  via: () => new Option("--via <url>", "verify balancer: where a balancer takes jobs, e.g. http://127.0.0.1:8080/jobs"),
  as: () => new Option("--as <policy>", "with --via: the policy that the balancer claims to run"),
  firstPort: () =>
    new Option(
      "--first-port <port>",
      "with --via: port of the first server; the balancer must know them (default: 9001)",
    ).argParser(reading(wholeNumber(1))),
  window: () =>
    new Option("--window <time>", "with --prometheus: the time to look back over, from the end of the warm-up on")
      .argParser(reading(parseSeconds))
      .default(150, "150s"),
  control: () => new Option("--control", "let the page of the dispatcher change the running system"),
  record: () =>
    new Option("--record <file>", "write everything that happens to the dispatcher, for `equipoise replay`"),
  tokenFile: tokenFileFlag,
  nodeMetrics: () =>
    new Option(
      "--node-metrics",
      "let every node and the generator serve their own /metrics (see /api/state for where)",
    ),
};

const DEFAULT_PROMETHEUS_PORT = "9090";

/** The options of `verify`, as read. */
export interface VerifyFlags extends Omit<LiveFlags, "prometheus"> {
  readonly live?: true;
  /** Where a balancer is. */
  readonly via?: string;
  /** The policy that it claims to run. */
  readonly as?: string;
  readonly firstPort?: number;
  /** Where a Prometheus is. */
  readonly prometheus?: string;
  /** Wall-clock seconds. */
  readonly window: number;
}

/** The options of a live run, as read. */
export interface LiveFlags {
  readonly set: readonly string[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly duration?: string;
  readonly warmup?: string;
  readonly processes?: number;
  readonly dispatchers: number;
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
