#!/usr/bin/env node
import { Command, Option } from "commander";
import { divided } from "../experiments/division.js";
import { WITHIN_LIVE } from "../experiments/evidence.js";
import { confidence, fraction, oneOf, portNumber, readSettings, wholeNumber } from "../experiments/parameters.js";
import { VIEWS, type Views } from "../experiments/scenario.js";
import { type Simulated, withSimulated } from "../experiments/simulated-predictions.js";
import { certificateFlags, publicHostFlag, readToken, tlsFrom, tokenFileFlag } from "../live/http/access.js";
import { flag, hostFlag, readFlags, seedFlag, text, timeUnitFlag } from "../live/processes/flags.js";
import { announce, EXIT, logger, onStop, runMain } from "../live/processes/process.js";
import { keepReadyFile, readyFileFlag } from "../live/processes/ready-file.js";
import { withFiles } from "../live/processes/setting-files.js";
import { simulatedFlag } from "../live/processes/simulated-flag.js";
import { type Duration, parseDuration, parseSeconds, toModelTime } from "../live/units.js";
import { UserError } from "../model/errors.js";
import { loadPlugIns, policiesIn } from "../policies/plug-in-loader.js";
import { scenarioNamed } from "../scenarios/index.js";
import { ON_LOSS, type OnLoss } from "./connections/switchboard.js";
import { DispatcherProcess, type DispatcherProcessOptions } from "./dispatcher-process.js";

interface Flags {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly publicHost: readonly string[];
  readonly control?: true;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly seed: string;
  readonly timeUnit: number;
  readonly warmup?: Duration;
  readonly duration?: Duration;
  readonly atMost?: Duration;
  readonly within: number;
  readonly confidence: number;
  readonly simulated?: Simulated;
  readonly reportEvery: number;
  readonly onLoss: OnLoss;
  readonly heartbeat: number;
  readonly maxInFlight: number;
  readonly record?: string;
  readonly readyFile?: string;
  readonly dispatchers: number;
  readonly number: number;
  readonly first: string;
  readonly views: Views;
}

/** Throws UserError if the run is also to be recorded, or another dispatcher controls this one. */
function controlOf({ control, record, number }: Flags): DispatcherProcessOptions["control"] {
  if (control !== true) return undefined;
  if (record !== undefined)
    throw new UserError("--record: a run that is controlled by hand cannot be replayed; leave out --control");
  if (number > 0)
    throw new UserError(
      "--control: the first of several dispatchers has the others change what it changes; omit it here",
    );
  const isSupervised = process.send !== undefined;
  return { request: isSupervised ? (request) => process.send?.(request) : undefined };
}

/** Parses the time between two heartbeats, in seconds. */
function heartbeat(text: string): number {
  const seconds = parseSeconds(text);
  if (!(seconds >= 0.01 && seconds <= 86_400)) throw new UserError("must be between 10ms and 24h");
  return seconds;
}

function command(): Command {
  const dispatcher = new Command("dispatcher")
    .description("Routes jobs from load generators to server nodes, and compares measurements with theory.")
    .addOption(flag("--scenario <name>", "the scenario to run", "SCENARIO", text, "rate-scaling"))
    .addOption(flag("--port <port>", "port to listen on; 0 for any free one", "PORT", portNumber(0), "7070"))
    .option("--control", "let the page, and POST /api/control, change the running system")
    .addOption(readyFileFlag())
    .addOption(seedFlag())
    .addOption(timeUnitFlag())
    .addOption(flag("--confidence <level>", "joint confidence of all intervals", "CONFIDENCE", confidence, "0.99"))
    .addOption(flag("--report-every <time>", "how often server nodes report", "REPORT_EVERY", parseSeconds, "250ms"))
    .addOption(
      flag("--on-loss <what>", "jobs of a lost server: requeue or lose", "ON_LOSS", oneOf(...ON_LOSS), "requeue"),
    )
    .addOption(
      flag(
        "--heartbeat <time>",
        "heartbeat interval; a process that misses three is lost",
        "HEARTBEAT",
        heartbeat,
        "2s",
      ),
    )
    .addOption(
      flag(
        "--max-in-flight <jobs>",
        "most jobs in flight; further ones are blocked",
        "MAX_IN_FLIGHT",
        wholeNumber(1),
        "1000000",
      ),
    )
    .option("--record <file>", "record all events of the dispatcher, for `equipoise replay`")
    .option("--set <name=value...>", "set parameters of the scenario; EQUIPOISE_SET, separated by spaces")
    .option("--warmup <time>", "warm-up time, e.g. 30s or 600u (time units); default: from theory", parseDuration)
    .option(
      "--duration <time>",
      "measuring time, at whose end the run is judged; default: until stopped",
      parseDuration,
    )
    .addOption(
      new Option("--at-most <time>", "measure until everything is decided, for no longer than this")
        .argParser(parseDuration)
        .conflicts("duration"),
    )
    .addOption(
      flag("--within <fraction>", "relative distance that still agrees", "WITHIN", fraction, String(WITHIN_LIVE)),
    );
  const access = [hostFlag(), publicHostFlag(), tokenFileFlag(), ...certificateFlags()];
  for (const option of [...severalFlags(), ...access, simulatedFlag()]) dispatcher.addOption(option);
  return dispatcher;
}

/** The flags of one of several dispatchers. */
function severalFlags(): Option[] {
  return [
    flag(
      "--dispatchers <count>",
      "number of dispatchers that share the servers; the first, number 0, measures them all",
      "DISPATCHERS",
      wholeNumber(1),
      "1",
    ),
    flag("--number <number>", "number of this dispatcher, from 0", "DISPATCHER_NUMBER", wholeNumber(0), "0"),
    flag("--first <url>", "URL of dispatcher 0, for the others", "FIRST_DISPATCHER", text, "ws://127.0.0.1:7070"),
    flag(
      "--views <what>",
      "what several dispatchers know of the servers: told or local",
      "VIEWS",
      oneOf(...VIEWS),
      "told",
    ),
  ];
}

/** For how long to measure, and when to judge: without a limit all the time, since the page shows verdicts at any moment. */
function measuring({ duration, atMost, timeUnit }: Flags): Pick<DispatcherProcessOptions, "measuringTime" | "looks"> {
  const limit = duration ?? atMost;
  if (limit === undefined) return { measuringTime: Number.POSITIVE_INFINITY, looks: "always" };
  return { measuringTime: toModelTime(limit, timeUnit), looks: duration === undefined ? "planned" : "once" };
}

runMain("dispatcher", async () => {
  const flags = readFlags<Flags>(command());
  const settings = flags.set ?? process.env.EQUIPOISE_SET?.split(/\s+/).filter((word) => word !== "") ?? [];
  await loadPlugIns(policiesIn(settings));
  const { dispatchers, number } = flags;
  const log = logger(number === 0 ? "dispatcher" : `dispatcher-${number}`);
  if (number >= dispatchers)
    throw new UserError(`--number ${number}: there are ${dispatchers} dispatchers, numbered from 0`);
  const given = withFiles(readSettings(settings));
  const theory = scenarioNamed(flags.scenario).configure(given, flags.seed);
  const experiment = withSimulated(divided(theory, flags), flags.simulated);
  const options = {
    experiment,
    settings: given,
    seed: flags.seed,
    port: flags.port,
    host: flags.host,
    publicHost: flags.publicHost,
    token: readToken(flags.tokenFile),
    tls: tlsFrom(flags.tlsCert, flags.tlsKey),
    timeUnitSeconds: flags.timeUnit,
    warmUpTime: flags.warmup === undefined ? experiment.warmUpTime : toModelTime(flags.warmup, flags.timeUnit),
    ...measuring(flags),
    within: flags.within,
    familyConfidence: flags.confidence,
    reportSeconds: flags.reportEvery,
    onLoss: flags.onLoss,
    heartbeatSeconds: flags.heartbeat,
    mostInFlight: flags.maxInFlight,
    control: controlOf(flags),
    record: flags.record,
    number,
    firstUrl: flags.first,
    log,
  };
  const dispatcher = new DispatcherProcess(options);
  const port = await dispatcher.listen();
  keepReadyFile(flags.readyFile, () => dispatcher.isReady);
  announce({ type: "listening", port });
  log(`listening on port ${port}, waiting for ${experiment.system.servers} servers and a load generator`);
  onStop(() => {
    dispatcher.stop();
    process.exit(EXIT.ok);
  });
});
