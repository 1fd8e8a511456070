#!/usr/bin/env node
import { Command } from "commander";
import { certificateFlags, readToken, tlsFrom, tokenFileFlag } from "../live/access.js";
import { ModelClock } from "../live/clock.js";
import { flag, hostFlag, readFlags, text } from "../live/flags.js";
import { announce, EXIT, endsRun, logger, onStop, runMain } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { parseSeconds } from "../live/units.js";
import { connectWebSocket } from "../live/web-socket.js";
import { UserError } from "../model/errors.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readSettings, wholeNumber } from "../scenarios/parameters.js";
import { LocalDispatcher } from "./local-dispatcher.js";

interface Flags {
  readonly scenario: string;
  readonly set?: readonly string[];
  readonly coordinator: string;
  readonly number: number;
  readonly dispatchers: number;
  readonly port: number;
  readonly host: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly seed: string;
  readonly timeUnit: number;
  readonly reportEvery: number;
}

function command(): Command {
  const local = new Command("local-dispatcher")
    .description("Routes the jobs of a share of the task types to the servers of their neighbourhoods.")
    .addOption(flag("--scenario <name>", "the scenario to run", "SCENARIO", text, "spatial-graphs"))
    .option("--set <name=value...>", "set parameters of the scenario")
    .addOption(flag("--coordinator <url>", "who measures", "COORDINATOR", text, "ws://127.0.0.1:7070"))
    .addOption(flag("--number <number>", "which dispatcher this is, from 0", "DISPATCHER_NUMBER", wholeNumber(0), "0"))
    .addOption(flag("--dispatchers <count>", "how many there are", "DISPATCHERS", wholeNumber(2), "2"))
    .addOption(flag("--port <port>", "port to listen on; 0 for any free one", "DISPATCHER_PORT", wholeNumber(0), "0"))
    .addOption(hostFlag())
    .addOption(tokenFileFlag())
    .addOption(flag("--seed <text>", "seed of all randomness", "SEED", text, "1"))
    .addOption(flag("--time-unit <time>", "length of one unit of model time", "TIME_UNIT", parseSeconds, "50ms"))
    .addOption(flag("--report-every <time>", "how often to report", "REPORT_EVERY", parseSeconds, "250ms"));
  for (const option of certificateFlags()) local.addOption(option);
  return local;
}

runMain("dispatcher", async () => {
  const flags = readFlags<Flags>(command());
  const { number, dispatchers } = flags;
  if (number >= dispatchers)
    throw new UserError(`--number ${number}: there are ${dispatchers} dispatchers, counted from 0`);
  const { system } = scenarioNamed(flags.scenario).configure(withFiles(readSettings(flags.set ?? [])), flags.seed);
  const { graph } = system;
  if (graph === undefined) throw new UserError(`--scenario ${flags.scenario}: has no task types to share out`);
  const log = logger(`dispatcher-${number}`);
  const token = readToken(flags.tokenFile);
  const dispatcher = new LocalDispatcher({
    system: { ...system, graph },
    ...{ number, dispatchers, token },
    seed: flags.seed,
    coordinatorUrl: flags.coordinator,
    port: flags.port,
    host: flags.host,
    tls: tlsFrom(flags.tlsCert, flags.tlsKey),
    connect: connectWebSocket(token),
    clock: new ModelClock(flags.timeUnit),
    reportSeconds: flags.reportEvery,
    lost: endsRun(log),
    log,
  });
  const port = await dispatcher.listen();
  announce({ type: "listening", port });
  log(`listening on port ${port}`);
  onStop(() => {
    dispatcher.stop();
    process.exit(EXIT.ok);
  });
});
