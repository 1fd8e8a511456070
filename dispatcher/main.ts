#!/usr/bin/env node
import { Command } from "commander";
import { certificateFlags, readToken, tlsFrom, tokenFileFlag } from "../live/access.js";
import { flag, hostFlag, readFlags, text } from "../live/flags.js";
import { announce, EXIT, logger, onStop, runMain } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { checkDispatchers } from "../live/shared-flags.js";
import { type Duration, parseDuration, parseSeconds, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import { scenarioNamed } from "../scenarios/index.js";
import { confidence, oneOf, readSettings, wholeNumber } from "../scenarios/parameters.js";
import { Coordinator } from "./coordinator.js";
import { DispatcherProcess, type DispatcherProcessOptions } from "./dispatcher-process.js";
import { ON_LOSS, type OnLoss } from "./switchboard.js";

interface Flags {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly control?: true;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly seed: string;
  readonly timeUnit: number;
  readonly warmup?: Duration;
  readonly duration?: Duration;
  readonly confidence: number;
  readonly reportEvery: number;
  readonly onLoss: OnLoss;
  readonly heartbeat: number;
  readonly maxInFlight: number;
  readonly record?: string;
  readonly dispatchers: number;
}

const log = logger("dispatcher");

/** Throws UserError where the run is to be repeated. */
function controlOf({ control, record }: Flags): DispatcherProcessOptions["control"] {
  if (control !== true) return undefined;
  if (record !== undefined)
    throw new UserError("--record: a run that is changed by hand cannot be repeated; leave --control out");
  const isSupervised = process.send !== undefined;
  return { request: isSupervised ? (request) => process.send?.(request) : undefined };
}

function command(): Command {
  const dispatcher = new Command("dispatcher")
    .description("Routes jobs from load generators to server nodes, measures, and compares with theory.")
    .addOption(flag("--scenario <name>", "the scenario to run", "SCENARIO", text, "rate-scaling"))
    .addOption(flag("--port <port>", "port to listen on; 0 for any free one", "PORT", wholeNumber(0), "7070"))
    .addOption(hostFlag())
    .option("--control", "let the page, and POST /api/control, change the running system")
    .addOption(tokenFileFlag())
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(flag("--confidence <level>", "joint confidence of all intervals", "CONFIDENCE", confidence, "0.99"))
    .addOption(flag("--report-every <time>", "how often server nodes report", "REPORT_EVERY", parseSeconds, "250ms"))
    .addOption(
      flag("--on-loss <what>", "jobs of a lost server: requeue or lose", "ON_LOSS", oneOf(...ON_LOSS), "requeue"),
    )
    .addOption(flag("--heartbeat <time>", "a process that misses three beats is lost", "HEARTBEAT", parseSeconds, "2s"))
    .addOption(
      flag("--max-in-flight <jobs>", "more jobs at once are blocked", "MAX_IN_FLIGHT", wholeNumber(1), "1000000"),
    )
    .option("--record <file>", "write everything that happens to the dispatcher, for `equipoise replay`")
    .addOption(
      flag(
        "--dispatchers <count>",
        "more than 1: send no jobs, and measure so many dispatchers that share the servers",
        "DISPATCHERS",
        wholeNumber(1),
        "1",
      ),
    )
    .option("--set <name=value...>", "set parameters of the scenario; EQUIPOISE_SET, separated by blanks")
    .option(
      "--warmup <time>",
      "time before measuring, e.g. 30s or 600u (time units); default: by theory",
      parseDuration,
    )
    .option("--duration <time>", "time to measure; default: until stopped", parseDuration);
  for (const option of certificateFlags()) dispatcher.addOption(option);
  return dispatcher;
}

runMain("dispatcher", async () => {
  const flags = readFlags<Flags>(command());
  const settings = flags.set ?? process.env.EQUIPOISE_SET?.split(/\s+/).filter((word) => word !== "") ?? [];
  const experiment = scenarioNamed(flags.scenario).configure(withFiles(readSettings(settings)), flags.seed);
  const { dispatchers } = flags;
  checkDispatchers(experiment, flags);
  const options = {
    experiment,
    seed: flags.seed,
    port: flags.port,
    host: flags.host,
    token: readToken(flags.tokenFile),
    tls: tlsFrom(flags.tlsCert, flags.tlsKey),
    timeUnitSeconds: flags.timeUnit,
    warmUpTime: flags.warmup === undefined ? experiment.warmUpTime : toModelTime(flags.warmup, flags.timeUnit),
    measuringTime:
      flags.duration === undefined ? Number.POSITIVE_INFINITY : toModelTime(flags.duration, flags.timeUnit),
    familyConfidence: flags.confidence,
    reportSeconds: flags.reportEvery,
    onLoss: flags.onLoss,
    heartbeatSeconds: flags.heartbeat,
    mostInFlight: flags.maxInFlight,
    control: controlOf(flags),
    record: flags.record,
    log,
  };
  const dispatcher = dispatchers > 1 ? new Coordinator({ ...options, dispatchers }) : new DispatcherProcess(options);
  const port = await dispatcher.listen();
  announce({ type: "listening", port });
  log(`listening on port ${port}, waiting for ${experiment.system.servers} servers and a load generator`);
  onStop(() => {
    dispatcher.stop();
    process.exit(EXIT.ok);
  });
});
