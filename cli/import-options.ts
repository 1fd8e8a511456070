import { type Command, Option } from "commander";
import { oneOf, positiveNumber, wholeNumber } from "../experiments/parameters.js";
import { parseSeconds } from "../live/units.js";
import { LOG_FORMATS } from "../workload/logs/index.js";
import { type ImportFlags, importCommand } from "./import-command.js";
import { option, reading } from "./options.js";

/**
 * The options that say how a log is read, and where what is learned from it goes.
 *
 * @param when they have an effect: what their descriptions begin with
 */
export function logOptions(when = ""): Option[] {
  return [
    new Option("--format <format>", `${when}${LOG_FORMATS.join(", ")}`).argParser(reading(oneOf(...LOG_FORMATS))),
    new Option(
      "--pattern <text>",
      `${when}nginx, haproxy, envoy: the format of the lines, as the proxy's configuration has it`,
    ),
    new Option(
      "--columns <list>",
      `${when}json, csv: which column holds what, such as end=ts:ms,response=took:ms,server=host`,
    ),
    new Option("--from <time>", `${when}use what arrives from then on, after the first job: 10m`).argParser(
      reading(parseSeconds),
    ),
    new Option("--to <time>", `${when}use what arrives before then, after the first job`).argParser(
      reading(parseSeconds),
    ),
    new Option("--out <folder>", `${when}folder for what is learned`).default("equipoise-import"),
  ];
}

/** Adds `equipoise import` to the command line. */
export function addImportCommand(equipoise: Command, finish: (exitCode: Promise<number>) => Promise<void>): void {
  const command = equipoise
    .command("import")
    .argument("<log>", "access log, which may be compressed by gzip; - for standard input")
    .description(
      "learn arrivals, service times and servers from a log: a trace, a fleet file, fitted laws (docs/logs.md)",
    );
  for (const one of logOptions()) command.addOption(one);
  command
    .addOption(
      new Option("--load <load>", "rescale the times of the trace, so that it offers this load").argParser(
        reading(positiveNumber),
      ),
    )
    .addOption(
      new Option(
        "--fresh <jobs>",
        "a trace of so many jobs, made of random blocks of the log (the stationary bootstrap), instead of the log's own",
      ).argParser(reading(wholeNumber(1))),
    )
    .addOption(option.seed())
    .addOption(option.json())
    .action((log: string, flags: ImportFlags) => finish(importCommand(log, flags)));
}
