#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { WITHIN_LIVE, WITHIN_SIMULATED } from "../experiments/evidence.js";
import { oneOf } from "../experiments/parameters.js";
import { figureSources } from "../figures/index.js";
import { messagesUnder } from "../live/processes/flags.js";
import { EXIT, runMain } from "../live/processes/process.js";
import { VERSION } from "../live/processes/version.js";
import { loadPlugIns, policiesIn } from "../policies/plug-in-loader.js";
import { scenarioNamed } from "../scenarios/index.js";
import { checkPolicy } from "./check-policy.js";
import type { CompareFlags } from "./compare-command.js";
import { addCompareCommand } from "./compare-options.js";
import { type EnvFlags, env } from "./env-command.js";
import { type FigureFlags, figure, figures } from "./figure-commands.js";
import { addFleetFile } from "./fleet-option.js";
import { addImportCommand } from "./import-options.js";
import { init } from "./init-command.js";
import { up, verify } from "./live-commands.js";
import { type LiveFlags, option, type VerifyFlags } from "./options.js";
import { recordedJobs } from "./recorded-jobs.js";
import { type ReplayFlags, replay } from "./replay-command.js";
import { type ReportFlags, report } from "./report-command.js";
import { type SimulateFlags, simulate } from "./simulate-command.js";
import { type SweepFlags, sweep } from "./sweep-command.js";
import { describe, list, predict } from "./theory-commands.js";

const DEFAULT_SCENARIO = "rate-scaling";
const DEFAULT_PORT = 7070;

const EXIT_CODES = `
Exit codes: 0 the run agrees with theory, or the command is done; 1 a quantity
differs from its prediction; 2 usage error; 3 void run (the machine or the load
generator could not keep up, or a process was lost: the message names the cause
and a remedy); 4 undecided; 70 internal error; 74 output could not be written;
130 interrupted.`;

/** The scenario's name, given that or an earlier one. Throws UserError if there is none. */
const knownScenario = (name: string): string => scenarioNamed(name).name;

/** Stores the exit code of a command. */
type Finish = (exitCode: number | Promise<number>) => Promise<void>;

/** The policies that the options of a command name: modules among them are loaded before it runs. */
function policiesNamed({
  set = [],
  vary = [],
  as,
  policies = [],
  current,
}: Partial<SweepFlags & VerifyFlags & CompareFlags>): string[] {
  const varied = vary.flatMap(({ name, values }) => (name === "policy" ? values : []));
  return [...policiesIn(set), ...varied, ...policies, ...[as, current].flatMap((policy) => policy ?? [])];
}

/** The command line. */
function program(finish: Finish): Command {
  const equipoise = new Command("equipoise")
    .description("A live load-balancing laboratory: real processes, measured and compared with what theorems predict.")
    .version(VERSION)
    .addHelpText("afterAll", EXIT_CODES)
    .configureOutput(messagesUnder("equipoise"))
    .showHelpAfterError("(see --help)")
    .exitOverride()
    .hook("preAction", async (_, command) => {
      // Before a fleet file is read: only the command line may name a module that is run.
      await loadPlugIns(policiesNamed(command.opts()));
      addFleetFile(command, await recordedJobs(command));
    });
  addLiveCommands(equipoise, finish);
  addSimulationCommands(equipoise, finish);
  addCompareCommand(equipoise, finish);
  addTheoryCommands(equipoise, finish);
  addFigureCommands(equipoise, finish);
  addReportCommand(equipoise, finish);
  addImportCommand(equipoise, finish);
  for (const command of equipoise.commands) command.exitOverride();
  return equipoise;
}

function addLiveCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("up")
    .argument("[scenario]", "scenario to run", knownScenario, DEFAULT_SCENARIO)
    .description("run a scenario live, with its verdict table, until Ctrl-C")
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("until Ctrl-C"))
    .addOption(option.processes())
    .addOption(option.dispatchers())
    .addOption(option.views())
    .addOption(option.port(DEFAULT_PORT, String(DEFAULT_PORT)))
    .addOption(option.confidence())
    .addOption(option.within(WITHIN_LIVE))
    .addOption(option.nodeMetrics())
    .addOption(option.record())
    .addOption(option.tokenFile())
    .addOption(option.startPrometheus())
    .addOption(option.control())
    .addOption(option.json())
    .action((scenario: string, flags: LiveFlags) => finish(up(scenario, flags)));
  equipoise
    .command("verify")
    .argument("[scenario]", "scenario to verify", knownScenario)
    .description("warm up, measure, compare with theory, and exit with the verdict")
    .addOption(option.live())
    .addOption(option.askPrometheus())
    .addOption(option.via())
    .addOption(option.as())
    .addOption(option.firstPort())
    .addOption(option.window())
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("none"))
    .addOption(option.atMost("4 minutes, or longer where theory says so"))
    .addOption(option.within(WITHIN_LIVE))
    .addOption(option.processes())
    .addOption(option.dispatchers())
    .addOption(option.views())
    .addOption(option.port(0, "any free port"))
    .addOption(option.confidence())
    .addOption(option.nodeMetrics())
    .addOption(option.record())
    .addOption(option.tokenFile())
    .addOption(option.json())
    .action((scenario: string, flags: VerifyFlags) => finish(verify(scenario, flags)));
}

function addSimulationCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("simulate")
    .argument("[scenario]", "scenario to simulate", knownScenario)
    .description("verify in virtual time: the code of verify --live, without processes, sockets and clocks")
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.simulatedWarmup())
    .addOption(option.duration("none"))
    .addOption(option.atMost("about 20 s of computing"))
    .addOption(option.within(WITHIN_SIMULATED))
    .addOption(option.confidence())
    .addOption(option.messageDelay())
    .addOption(option.noticeDelay())
    .addOption(option.dispatchers())
    .addOption(option.views())
    .addOption(option.replications())
    .addOption(option.precision())
    .addOption(option.workers())
    .addOption(option.json())
    .action((scenario: string, flags: SimulateFlags) => finish(simulate(scenario, flags)));
  equipoise
    .command("replay")
    .argument("<files...>", "event logs written by --record, one of each dispatcher")
    .description("replay the recorded events of a live dispatcher in virtual time, and compare every decision")
    .addOption(option.ownPolicy())
    .action((files: string[], flags: ReplayFlags) => finish(replay(files, flags)));
  equipoise
    .command("sweep")
    .argument("[scenario]", "scenario to simulate", knownScenario)
    .description("simulate every combination of parameter values, with common random numbers for sharper comparisons")
    .addOption(option.vary())
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.replications())
    .addOption(option.workers())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("from theory"))
    .addOption(option.within(WITHIN_SIMULATED))
    .addOption(option.confidence())
    .addOption(option.messageDelay())
    .addOption(option.noticeDelay())
    .addOption(option.dispatchers())
    .addOption(option.views())
    .addOption(option.runs())
    .addOption(option.csv())
    .addOption(option.json())
    .action((scenario: string, flags: SweepFlags) => finish(sweep(scenario, flags)));
}

function addTheoryCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("predict")
    .argument("[scenario]", "scenario to predict", knownScenario)
    .description("show what theory predicts, and whether its assumptions hold")
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.json())
    .action((scenario: string, flags: LiveFlags) => finish(predict(scenario, flags)));
  equipoise
    .command("describe")
    .argument("[scenario]", "scenario to describe", knownScenario)
    .description("list a scenario's parameters and quantities")
    .addOption(option.fleet())
    .addOption(option.set())
    .action((scenario: string, flags: LiveFlags) => finish(describe(scenario, flags)));
  equipoise
    .command("env")
    .argument("[scenario]", "scenario to run", knownScenario)
    .description(
      "write the environment in which containers, or processes started one by one, run a scenario or a fleet",
    )
    .addOption(option.fleet())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.dispatchers())
    .addOption(option.views())
    .addOption(option.envFile())
    .action((scenario: string, flags: EnvFlags) => finish(env(scenario, flags)));
  equipoise
    .command("init")
    .argument("<what>", "what to begin with: fleet", oneOf("fleet"))
    .description("write a fleet file, with a comment on every key, to begin with")
    .addOption(option.fleetFile())
    .action((_: string, flags: { out: string }) => finish(init(flags)));
  equipoise
    .command("check-policy")
    .argument("<policy>", "the module of a policy of your own, or a policy of ours")
    .description("hold a policy to the laws of policies, and measure the time that it takes")
    .addOption(option.seed())
    .action((policy: string, flags: { seed: string }) => finish(checkPolicy(policy, flags)));
  equipoise
    .command("list")
    .description("list the scenarios and policies")
    .action(() => finish(list()));
}

function addFigureCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("figure")
    .argument("<id>", `one of ${figureSources.map((source) => source.id).join(", ")}`)
    .description(
      "make a figure, with theory's predictions, as CSV, JSON, SVG and HTML; with --format also as PDF and PNG",
    )
    .addOption(option.figureSet())
    .option("--parameters", "list the parameters that can be set, and make nothing")
    .addOption(option.out())
    .addOption(option.format())
    .addOption(option.width())
    .addOption(option.preview())
    .addOption(option.seed())
    .addOption(option.workers())
    .action((id: string, flags: FigureFlags) => finish(figure(id, flags)));
  equipoise
    .command("figures")
    .description("make all figures, and one page that shows them")
    .addOption(option.out())
    .addOption(option.format())
    .addOption(option.width())
    .addOption(option.preview())
    .addOption(option.seed())
    .addOption(option.workers())
    .action((flags: FigureFlags) => finish(figures(flags)));
}

function addReportCommand(equipoise: Command, finish: Finish): void {
  equipoise
    .command("report")
    .argument("<files...>", "results of runs and sweeps (--json) and figures (JSON)")
    .description("combine results and figures into one self-contained HTML page of tables and plots")
    .option("--out <file>", "HTML file to write", "equipoise-report.html")
    .option("--title <text>", "title of the page", "Equipoise: report")
    .action((files: string[], flags: ReportFlags) => finish(report(files, flags)));
}

/** Runs the command, whose exit code the process ends with. */
async function main(): Promise<void> {
  try {
    await program(async (code) => {
      process.exitCode = await code;
    }).parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has already printed its message, or the help or version requested.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

runMain("equipoise", main);
