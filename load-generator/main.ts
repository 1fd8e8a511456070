#!/usr/bin/env node
import { Command, Option } from "commander";
import { readToken, tokenFileFlag } from "../live/access.js";
import { flag, hostFlag, joinFlag, plainFlag, readFlags, text, urls } from "../live/flags.js";
import { askToJoin } from "../live/join.js";
import { EXIT, logger, onStop, runMain } from "../live/process.js";
import { type Duration, parseDuration, parseSeconds, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import { parseArrivalLaw } from "../model/slot-laws.js";
import { oneOf, positiveNumber, wholeNumber } from "../scenarios/parameters.js";
import { jobSizesNamed, type Plan, SLOTS, workloadOf } from "./plan.js";
import { RawRecords } from "./raw-records.js";
import { selfTest } from "./self-test-report.js";
import { OUTPUTS, Session } from "./session.js";
import { readThreshold } from "./thresholds.js";
import { arrivalProcessName, rateScheduleNamed } from "./workload.js";

interface Flags {
  readonly dispatcher: string;
  readonly dispatchers?: readonly string[];
  readonly via?: string;
  readonly name: string;
  readonly arrivals: string;
  readonly arrivalRate: number;
  readonly schedule?: string;
  readonly clients?: number;
  readonly thinkTime: number;
  readonly sizes: string;
  readonly backlog: number;
  readonly taskTypes: number;
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
  readonly selfTest?: true;
  readonly metricsPort?: number;
  readonly host: string;
  readonly join?: true;
  readonly tokenFile?: string;
}

const NOTES = `
Arrivals: poisson, constant, gamma:SQUARED_VARIATION, batch:SIZE, markov-modulated:INTENSITY,SHARE,CYCLE, trace:FILE,
slots:binomial:TRIALS and slots:rounded (a batch in every unit of time, for slotted time).
Schedules: steps:RATE,RATE@TIME,... ramp:FROM,TO,DURATION sine:MEAN,AMPLITUDE,PERIOD.
Sizes: exponential, constant, hyperexponential:SQUARED_VARIATION, lognormal:SQUARED_VARIATION, bounded-pareto:SHAPE,SPAN,
weibull:SHAPE (all of unit mean), csv:FILE. Times and rates are in units of model time.
Exit codes: 0 all thresholds hold, 1 one failed, 2 usage, 3 void (the generator was the limit, or jobs are missing: the
message says which and how to mend it), 130 interrupted.`;

function command(): Command {
  const generator = new Command("load-generator")
    .description(
      "Sends jobs to a dispatcher from the moment that it says the fleet is complete, or to an HTTP balancer.",
    )
    .addHelpText("after", NOTES)
    .addOption(flag("--dispatcher <url>", "where the dispatcher is", "DISPATCHER", text, "ws://127.0.0.1:7070"))
    .addOption(
      plainFlag("--dispatchers <urls>", "several dispatchers, by shares of the task types, separated by commas", urls),
    )
    .addOption(plainFlag("--via <url>", "post jobs to this HTTP URL instead, e.g. http://127.0.0.1:8080/jobs", httpUrl))
    .addOption(flag("--name <name>", "name of this generator", "GENERATOR_NAME", text, "load-generator"));
  return resultFlags(courseFlags(workloadFlags(generator)));
}

function workloadFlags(command: Command): Command {
  return command
    .addOption(flag("--arrivals <process>", "the arrival process", "ARRIVALS", arrivalsName, "poisson"))
    .addOption(
      flag("--arrival-rate <rate>", "jobs per unit of model time, in all", "ARRIVAL_RATE", positiveNumber, "20"),
    )
    .addOption(plainFlag("--schedule <rates>", "a rate that changes, instead of --arrival-rate", scheduleName))
    .addOption(
      plainFlag("--clients <count>", "closed loop: so many clients, each with one job at a time", wholeNumber(1)),
    )
    .addOption(plainFlag("--think-time <time>", "mean time that a client thinks, in model time", nonNegative, "1"))
    .addOption(flag("--sizes <law>", "the works of the jobs", "SIZES", (t) => jobSizesNamed(t) && t, "exponential"))
    .addOption(flag("--backlog <jobs>", "jobs sent all at once at the start", "BACKLOG", wholeNumber(0), "0"))
    .addOption(plainFlag("--task-types <count>", "jobs are of so many types, each as likely", wholeNumber(1), "1"))
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"));
}

function courseFlags(command: Command): Command {
  return command
    .addOption(plainFlag("--warmup <time>", "time before jobs are recorded: 10s, or 200u (time units)", parseDuration))
    .addOption(plainFlag("--duration <time>", "time to send after that; default: until stopped", parseDuration))
    .addOption(plainFlag("--jobs <count>", "jobs to send at most; default: any number", wholeNumber(1)))
    .addOption(
      plainFlag(
        "--max-in-flight <jobs>",
        "a job due while so many are under way is not sent",
        wholeNumber(1),
        "1000000",
      ),
    )
    .addOption(plainFlag("--patience <time>", "how long to wait for the last jobs", parseSeconds, "10s"))
    .addOption(plainFlag("--workers <count>", "threads that send the same sequence together", wholeNumber(1), "1"))
    .option("--self-test", "send nothing: hold draws of the arrivals and sizes against their laws");
}

function resultFlags(command: Command): Command {
  const threshold = new Option("--threshold <condition>", "e.g. 'sojourn_p99<250ms'; may be given again");
  return command
    .addOption(threshold.argParser(collect).default([], "none"))
    .option("--abort-on-fail", "end as soon as a threshold fails")
    .addOption(
      plainFlag("--output <form>", `${OUTPUTS.join(", ")}, to standard output; default: text`, oneOf(...OUTPUTS)),
    )
    .option("--records <file>", "write a CSV line for every measured job")
    .addOption(plainFlag("--metrics-port <port>", "serve metrics there; 0 for any free port", wholeNumber(0)))
    .addOption(hostFlag())
    .addOption(joinFlag())
    .addOption(tokenFileFlag());
}

const collect = (condition: string, conditions: readonly string[]): string[] => [...conditions, condition];
const scheduleName = (schedule: string): string => rateScheduleNamed(schedule).name;

function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && Number.isFinite(value))) throw new UserError("must be a number >= 0");
  return value;
}

function arrivalsName(name: string): string {
  if (name.startsWith(SLOTS)) return SLOTS + parseArrivalLaw(name.slice(SLOTS.length)).text;
  return name.startsWith("trace:") ? name : arrivalProcessName(name);
}

function httpUrl(url: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== "http:") throw new UserError(`"${url}" is not an http:// URL`);
  return url;
}

function planOf(flags: Flags): Plan {
  const { dispatcher, dispatchers, via, name, seed } = flags;
  const { arrivals, arrivalRate, schedule, clients, thinkTime, sizes, backlog, taskTypes } = flags;
  const time = (duration: Duration | undefined, fallback: number): number =>
    duration === undefined ? fallback : toModelTime(duration, flags.timeUnit);
  return {
    ...{ dispatcher, dispatchers, via, name, seed, tokenFile: flags.tokenFile },
    ...{ arrivals, arrivalRate, schedule, clients, thinkTime, sizes, backlog, taskTypes },
    timeUnitSeconds: flags.timeUnit,
    warmUpTime: time(flags.warmup, 0),
    measuringTime: time(flags.duration, Number.POSITIVE_INFINITY),
    jobs: flags.jobs ?? Number.POSITIVE_INFINITY,
    maxInFlight: flags.maxInFlight,
    patienceSeconds: flags.patience,
  };
}

runMain("load-generator", async () => {
  let flags = readFlags<Flags>(command());
  if (flags.join === true) {
    const told = await askToJoin(flags.dispatcher, "load-generator", 0, readToken(flags.tokenFile), logger(flags.name));
    flags = readFlags<Flags>(command(), told);
  }
  const { workers, abortOnFail, output, records } = flags;
  const log = logger(flags.name);
  const plan = planOf(flags);
  if (flags.selfTest) {
    const { report, differs } = selfTest(plan);
    process.stdout.write(report, () => process.exit(differs ? EXIT.thresholdFailed : EXIT.ok));
    return;
  }
  if (records !== undefined && workers > 1)
    throw new UserError("--records: one worker only, so that lines stay in order");
  if (flags.dispatchers !== undefined && workers > 1)
    throw new UserError(
      "--dispatchers: one worker only, since a dispatcher knows one load generator; leave --workers out",
    );
  if (workers > 1) workloadOf(plan, { worker: 0, workers });
  const session = new Session(plan, {
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
  onStop(() => session.interrupt());
});
