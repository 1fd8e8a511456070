import { type Command, Option } from "commander";
import { METRICS, type Metric } from "../compare/sample.js";
import { fraction, oneOf, positiveNumber, wholeNumber } from "../experiments/parameters.js";
import { BALANCERS } from "../live/balancers/balancer.js";
import { parseSeconds } from "../live/units.js";
import { type CompareFlags, compare } from "./compare-command.js";
import { logOptions } from "./import-options.js";
import { durationText, listed, option, reading } from "./options.js";

const METRIC_NAMES = Object.keys(METRICS) as Metric[];

/** What is compared, and how. */
const asked = (): Option[] => [
  new Option("--policies <policies>", "policies to compare, with commas between them, or all")
    .argParser(listed((name) => name))
    .makeOptionMandatory(),
  new Option("--loads <loads>", "loads to compare at, with commas between them (default: that of the fleet)").argParser(
    listed(positiveNumber),
  ),
  new Option("--metric <metric>", `what decides: ${METRIC_NAMES.join(" | ")}`)
    .argParser(reading(oneOf(...METRIC_NAMES)))
    .default("p99"),
  new Option("--also <metrics>", "metrics to show besides the usual ones, with commas between them")
    .argParser(listed(oneOf(...METRIC_NAMES)))
    .default([], "none"),
  new Option("--within <fraction>", "relative difference in the metric that does not matter: 5%, or 0.05")
    .argParser(reading((text) => fraction(/^[^%]+%$/.test(text) ? String(Number(text.slice(0, -1)) / 100) : text)))
    .default(0.05, "5%"),
  option.confidence(),
  new Option("--current <policy>", "policy that the fleet runs now (default: the policy of the fleet)"),
];

/** The fleet in front of which they are. */
const fleetOptions = (): Option[] => [
  option.fleet(),
  option.set(),
  option.seed(),
  new Option(
    "--log <file>",
    "compare on what equipoise import learns from this access log, which comes before what --fleet says",
  ).conflicts("trace"),
  new Option(
    "--trace <file>",
    "take the jobs of a trace, a line time,size each, instead of the fleet's arrivals, sizes and load",
  ),
  option.messageDelay(),
  option.noticeDelay(),
  option.dispatchers(),
  option.views(),
];

/** How long it takes, and where the answer goes. */
const course = (): Option[] => [
  new Option("--budget <time>", "wall-clock time after which the comparison ends with what is known")
    .argParser(reading(parseSeconds))
    .default(600, "10m"),
  new Option("--no-changes", "do not try the best policies out on fleets that are otherwise than was assumed"),
  new Option(
    "--time-unit <time>",
    "wall-clock length of one unit of model time, to show times in milliseconds",
  ).argParser(reading(parseSeconds)),
  option.workers(),
  option.runs(),
  option.csv(),
  option.json(),
  new Option("--html <file>", "write a self-contained page with tables and plots"),
];

/** The check by live runs. */
const confirmation = (): Option[] => [
  new Option(
    "--confirm <count>",
    "then run so many of the best policies live, and say whether reality agrees",
  ).argParser(reading(wholeNumber(1))),
  new Option(
    "--via <balancer>",
    `with --confirm: start this balancer with each of them, in place of our dispatcher: ${BALANCERS.join(" | ")}`,
  ).argParser(reading(oneOf(...BALANCERS))),
  option.firstPort(),
  new Option(
    "--duration <time>",
    "with --confirm: how long to measure each live: 90s, 3m, or 1800u for 1800 time units",
  )
    .argParser(reading(durationText))
    .default("2m"),
];

/** Adds `equipoise compare` to the command line. */
export function addCompareCommand(equipoise: Command, finish: (exitCode: Promise<number>) => Promise<void>): void {
  const command = equipoise
    .command("compare")
    .description(
      "find the best policies for a fleet, with an error that is guaranteed, and say how they compare to the current one",
    );
  for (const one of [...fleetOptions(), ...logOptions("with --log: "), ...asked(), ...course(), ...confirmation()])
    command.addOption(one);
  command.action((flags: CompareFlags) => finish(compare(flags)));
}
