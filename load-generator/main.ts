#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { oneOf, portNumber, positiveNumber, wholeNumber } from "../experiments/parameters.js";
import { publicHostFlag, tokenFileFlag } from "../live/http/access.js";
import {
  dispatcherFlag,
  flag,
  hostFlag,
  httpUrl,
  joinFlag,
  plainFlag,
  refuseFlags,
  seedFlag,
  text,
  timeUnitFlag,
} from "../live/processes/flags.js";
import { readFlagsOrJoin } from "../live/processes/join.js";
import { EXIT, logger, onStop, runMain } from "../live/processes/process.js";
import { keepReadyFile, readyFileFlag } from "../live/processes/ready-file.js";
import { type Duration, parseDuration, parseSeconds, toModelTime } from "../live/units.js";
import { arrivalFamilies, arrivalsNamed, rateScheduleNamed, scheduleFamilies } from "../model/arrivals/index.js";
import { messageOf, UserError } from "../model/errors.js";
import { formsOf } from "../model/family.js";
import { JOB_SIZES } from "../model/job-sizes/index.js";
import { namesFile } from "../model/named-files.js";
import { ARRIVAL_LAWS } from "../model/slot-laws.js";
import { merged } from "./merge.js";
import { type Part, parsePart, WHOLE } from "./part.js";
import { type Plan, workloadOf } from "./plan.js";
import { RawRecords } from "./raw-records.js";
import { selfTest } from "./self-test-report.js";
import { exitCode, OUTPUTS, print, Session } from "./session.js";
import { readThreshold } from "./thresholds.js";
import type { Workload } from "./workload.js";

interface Flags {
  readonly dispatcher: readonly string[];
  readonly via?: string;
  readonly name: string;
  readonly part?: Part;
  readonly arrivals: string;
  readonly arrivalRate: number;
  readonly schedule?: string;
  readonly traceOrigin?: number;
  readonly repeatTrace?: true;
  readonly clients?: number;
  readonly thinkTime: number;
  readonly sizes: string;
  readonly backlog: number;
  readonly taskTypes: number;
  readonly keys: number;
  readonly seed: string;
  readonly timeUnit: number;
  readonly warmup?: Duration;
  readonly duration?: Duration;
  readonly jobs?: number;
  readonly maxInFlight: number;
  readonly patience: number;
  readonly workers: number;
  readonly threshold: readonly string[];
  readonly abortOnFail?: true;
  readonly output?: (typeof OUTPUTS)[number];
  readonly records?: string;
  readonly merge?: readonly string[];
  readonly selfTest?: true;
  readonly metricsPort?: number;
  readonly host: string;
  readonly publicHost: readonly string[];
  readonly join?: true;
  readonly tokenFile?: string;
  readonly readyFile?: string;
}

const NOTES = `
Arrivals: ${formsOf(arrivalFamilies)}
(slots: for slotted time, a batch in every unit of time, with batch sizes of the law ${ARRIVAL_LAWS}).
Schedules: ${formsOf(scheduleFamilies)}.
Sizes: ${JOB_SIZES} (all of unit mean). Times and rates are in units of model time.
Exit codes: 0 all thresholds hold, 1 one or more failed, 2 usage error, 3 void (the generator was the bottleneck, or jobs
are missing: the message names the cause and a remedy), 130 interrupted.`;

function command(): Command {
  const generator = new Command("load-generator")
    .description("Sends jobs to a dispatcher, from when it reports that the fleet is complete, or to an HTTP balancer.")
    .addHelpText("after", NOTES)
    .addOption(dispatcherFlag())
    .addOption(plainFlag("--via <url>", "post jobs to this HTTP URL instead, e.g. http://127.0.0.1:8080/jobs", httpUrl))
    .addOption(flag("--name <name>", "name of this generator", "GENERATOR_NAME", text, "load-generator"))
    .addOption(
      plainFlag(
        "--part <k/n>",
        "send the k-th of n equal parts of the load: others, on other machines, send the rest",
        parsePart,
      ),
    );
  return resultFlags(courseFlags(workloadFlags(generator)));
}

function workloadFlags(command: Command): Command {
  return command
    .addOption(flag("--arrivals <process>", "arrival process", "ARRIVALS", (t) => arrivalsNamed(t) && t, "poisson"))
    .addOption(
      flag(
        "--arrival-rate <rate>",
        "arrival rate of the whole system, in jobs per unit of model time (a scenario's arrivalRate is that of one server)",
        "ARRIVAL_RATE",
        positiveNumber,
        "20",
      ),
    )
    .addOption(plainFlag("--schedule <rates>", "time-varying arrival rate, instead of --arrival-rate", scheduleName))
    .addOption(
      plainFlag(
        "--trace-origin <time>",
        "time of the trace at which the run starts; default: that of its first job",
        nonNegative,
      ),
    )
    .option(
      "--repeat-trace",
      "send a trace again and again, its gaps scaled to --arrival-rate; its sizes only with --sizes trace:FILE",
    )
    .addOption(
      plainFlag("--clients <count>", "closed loop with this many clients, each with one job at a time", wholeNumber(1)),
    )
    .addOption(plainFlag("--think-time <time>", "mean think time of a client, in model time", nonNegative, "1"))
    .addOption(flag("--sizes <law>", "law of the job sizes", "SIZES", text, "exponential"))
    .addOption(flag("--backlog <jobs>", "jobs sent together at the start", "BACKLOG", wholeNumber(0), "0"))
    .addOption(
      plainFlag(
        "--task-types <count>",
        "number of task types, equally likely; of several dispatchers each has a share of them",
        wholeNumber(1),
        "1",
      ),
    )
    .addOption(
      plainFlag(
        "--keys <count>",
        "number of affinity keys, equally likely, instead of task types: jobs of a key are sent to any dispatcher",
        wholeNumber(1),
        "1",
      ),
    )
    .addOption(seedFlag())
    .addOption(timeUnitFlag());
}

function courseFlags(command: Command): Command {
  return command
    .addOption(
      plainFlag("--warmup <time>", "warm-up before jobs are recorded: 10s, or 200u for 200 time units", parseDuration),
    )
    .addOption(
      plainFlag("--duration <time>", "how long to send after the warm-up; default: until stopped", parseDuration),
    )
    .addOption(plainFlag("--jobs <count>", "most jobs to send; default: no limit", wholeNumber(1)))
    .addOption(
      plainFlag(
        "--max-in-flight <jobs>",
        "a job due while this many are in flight is not sent",
        wholeNumber(1),
        "1000000",
      ),
    )
    .addOption(
      plainFlag(
        "--patience <time>",
        "how long to wait for the last jobs, and for the target of --via",
        parseSeconds,
        "10s",
      ),
    )
    .addOption(plainFlag("--workers <count>", "threads that share the job sequence", wholeNumber(1), "1"))
    .option("--self-test", "send nothing: test samples of the arrivals and sizes against their laws");
}

function resultFlags(command: Command): Command {
  const threshold = new Option(
    "--threshold <condition>",
    "condition on the result, e.g. 'sojourn_p99<250ms' (repeatable)",
  );
  return command
    .addOption(threshold.argParser(collect).default([], "none"))
    .option("--abort-on-fail", "stop as soon as a threshold fails")
    .addOption(
      plainFlag("--output <form>", `${OUTPUTS.join(", ")}, to standard output; default: text`, oneOf(...OUTPUTS)),
    )
    .option("--records <file>", "write a CSV line for every measured job")
    .option("--merge <files...>", "send nothing: put together the results (--output json) of several generators")
    .addOption(plainFlag("--metrics-port <port>", "serve metrics on this port; 0 for any free port", portNumber(0)))
    .addOption(hostFlag())
    .addOption(publicHostFlag())
    .addOption(joinFlag())
    .addOption(tokenFileFlag())
    .addOption(readyFileFlag());
}

const collect = (condition: string, conditions: readonly string[]): string[] => [...conditions, condition];
const scheduleName = (schedule: string): string => rateScheduleNamed(schedule).name;

function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && Number.isFinite(value))) throw new UserError("must be a number >= 0");
  return value;
}

function planOf(flags: Flags): Plan {
  const { dispatcher: dispatchers, via, name, seed } = flags;
  const { arrivals, arrivalRate, schedule, traceOrigin, clients, thinkTime, sizes, backlog, taskTypes, keys } = flags;
  if (taskTypes > 1 && keys > 1) throw new UserError(`--keys ${keys}: jobs have task types already; omit one of both`);
  const time = (duration: Duration | undefined, fallback: number): number =>
    duration === undefined ? fallback : toModelTime(duration, flags.timeUnit);
  return {
    ...{ dispatchers, via, name, seed, tokenFile: flags.tokenFile, part: flags.part ?? WHOLE },
    ...{ arrivals, arrivalRate, schedule, traceOrigin, clients, thinkTime, sizes, backlog, taskTypes, keys },
    repeatTrace: flags.repeatTrace ?? false,
    timeUnitSeconds: flags.timeUnit,
    warmUpTime: time(flags.warmup, 0),
    measuringTime: time(flags.duration, Number.POSITIVE_INFINITY),
    jobs: flags.jobs ?? Number.POSITIVE_INFINITY,
    maxInFlight: flags.maxInFlight,
    patienceSeconds: flags.patience,
  };
}

/** Throws UserError naming a flag that was given and has no effect beside the others. */
function refuseIgnored({ arrivals: process, via, clients, threshold, selfTest }: Flags, { arrivals }: Workload): void {
  const { loop } = arrivals;
  const fixedTimes =
    loop === "trace"
      ? ["arrival-rate", "task-types", "keys", ...(arrivals.hasSizes ? ["sizes"] : [])]
      : ["trace-origin"];
  refuseFlags(loop === "trace" ? "a trace" : "arrivals other than a trace", fixedTimes);
  if (!namesFile(process)) refuseFlags("arrivals other than a trace", ["repeat-trace"]);
  if (clients === undefined) refuseFlags("arrivals of an open loop", ["think-time"]);
  else refuseFlags("--clients", ["arrivals", "arrival-rate", "schedule", "backlog", "task-types", "keys"]);
  if (via !== undefined) refuseFlags("--via", ["dispatcher", "token-file"]);
  if (threshold.length === 0) refuseFlags("no --threshold", ["abort-on-fail"]);
  if (selfTest) refuseFlags("--self-test", ["via", "threshold", "output", "records", "metrics-port"]);
}

/** Prints the results of several generators as one. */
function mergeResults(names: readonly string[], { threshold, output }: Flags): void {
  refuseFlags("--merge", [
    "join",
    "via",
    "dispatcher",
    "self-test",
    "records",
    "abort-on-fail",
    "metrics-port",
    "part",
  ]);
  const files = names.map((name) => {
    try {
      return { name, text: readFileSync(name, "utf8") };
    } catch (error) {
      throw new UserError(`cannot read ${name}: ${messageOf(error)}`);
    }
  });
  const summary = merged(files, threshold.map(readThreshold));
  print(summary, output ?? "text");
  process.stdout.write("", () => process.exit(exitCode(summary)));
}

runMain("load-generator", async () => {
  const flags = await readFlagsOrJoin<Flags>(command, "load-generator");
  const { workers, abortOnFail, output, records, merge } = flags;
  if (merge !== undefined) {
    mergeResults(merge, flags);
    return;
  }
  const log = logger(flags.name);
  const plan = planOf(flags);
  const workload = workloadOf(plan, { worker: 0, workers });
  refuseIgnored(flags, workload);
  if (flags.selfTest) {
    const { report, differs } = selfTest(plan, workload);
    process.stdout.write(report, () => process.exit(differs ? EXIT.thresholdFailed : EXIT.ok));
    return;
  }
  if (records !== undefined && workers > 1)
    throw new UserError("--records: needs a single worker, so that lines stay in order; omit --workers");
  const session = new Session(plan, workload, {
    workers,
    thresholds: flags.threshold.map(readThreshold),
    abortOnFail: abortOnFail ?? false,
    output: output ?? "text",
    silent: (process.connected ?? false) && output === undefined,
    rawRecords: records === undefined ? undefined : new RawRecords(records),
    log,
  });
  if (flags.metricsPort !== undefined) {
    const { serveGeneratorMetrics } = await import("./metrics.js");
    log(`metrics at ${await serveGeneratorMetrics(flags, flags.metricsPort, () => session.report())}`);
  }
  keepReadyFile(flags.readyFile, () => session.report().running);
  onStop(() => session.interrupt());
});
