#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { figureSources } from "../figures/index.js";
import { EXIT } from "../live/process.js";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import { type FigureFlags, figure, figures } from "./figure-commands.js";
import { up, verify } from "./live-commands.js";
import { type LiveFlags, option, type VerifyFlags } from "./options.js";
import { replay } from "./replay-command.js";
import { type ReportFlags, report } from "./report-command.js";
import { type SimulateFlags, simulate } from "./simulate-command.js";
import { type SweepFlags, sweep } from "./sweep-command.js";
import { describe, list, predict } from "./theory-commands.js";

const DEFAULT_SCENARIO = "rate-scaling";
const DEFAULT_PORT = 7070;

const EXIT_CODES = `
Exit codes: 0 no quantity differs from its prediction; 1 one differs; 2 usage; 3 void run (the machine or the load
generator could not keep up, or a process was lost: the message says which and how to mend it); 130 interrupted.`;

/** Stores the exit code of a command. */
type Finish = (exitCode: number | Promise<number>) => Promise<void>;

/** The command line. */
function program(finish: Finish): Command {
  const equipoise = new Command("equipoise")
    .description("A live load-balancing laboratory: real processes, measured, beside what the theorems predict.")
    .version(VERSION)
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(--help shows how)")
    .exitOverride();
  addLiveCommands(equipoise, finish);
  addSimulationCommands(equipoise, finish);
  addTheoryCommands(equipoise, finish);
  addFigureCommands(equipoise, finish);
  addReportCommand(equipoise, finish);
  for (const command of equipoise.commands) command.exitOverride();
  return equipoise;
}

function addLiveCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("up")
    .argument("[scenario]", "what to run", DEFAULT_SCENARIO)
    .description("run a scenario live, with its verdict table, until Ctrl-C")
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("until Ctrl-C"))
    .addOption(option.processes())
    .addOption(option.dispatchers())
    .addOption(option.port(DEFAULT_PORT, String(DEFAULT_PORT)))
    .addOption(option.confidence())
    .addOption(option.nodeMetrics())
    .addOption(option.record())
    .addOption(option.tokenFile())
    .addOption(option.startPrometheus())
    .addOption(option.control())
    .addOption(option.json())
    .action((scenario: string, flags: LiveFlags) => finish(up(scenario, flags)));
  equipoise
    .command("verify")
    .argument("<scenario>", "what to verify")
    .description("warm up, measure, compare with theory, and exit by the verdict")
    .addOption(option.live())
    .addOption(option.askPrometheus())
    .addOption(option.via())
    .addOption(option.as())
    .addOption(option.firstPort())
    .addOption(option.window())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("by theory"))
    .addOption(option.processes())
    .addOption(option.dispatchers())
    .addOption(option.port(0, "any free one"))
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
    .argument("<scenario>", "what to simulate")
    .description("the same as verify --live, in virtual time: the same code, without processes, sockets and clocks")
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.timeUnit())
    .addOption(option.simulatedWarmup())
    .addOption(option.duration("by theory"))
    .addOption(option.confidence())
    .addOption(option.messageDelay())
    .addOption(option.noticeDelay())
    .addOption(option.dispatchers())
    .addOption(option.replications())
    .addOption(option.precision())
    .addOption(option.workers())
    .addOption(option.json())
    .action((scenario: string, flags: SimulateFlags) => finish(simulate(scenario, flags)));
  equipoise
    .command("replay")
    .argument("<file>", "what --record wrote")
    .description("let what happened to a live dispatcher happen to one in virtual time, and compare every decision")
    .action((file: string) => finish(replay(file)));
  equipoise
    .command("sweep")
    .argument("<scenario>", "what to simulate")
    .description(
      "simulate at every combination of values, with the same chance everywhere, so that points compare well",
    )
    .addOption(option.vary())
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.replications())
    .addOption(option.workers())
    .addOption(option.timeUnit())
    .addOption(option.warmup())
    .addOption(option.duration("by theory"))
    .addOption(option.confidence())
    .addOption(option.messageDelay())
    .addOption(option.noticeDelay())
    .addOption(option.runs())
    .addOption(option.csv())
    .addOption(option.json())
    .action((scenario: string, flags: SweepFlags) => finish(sweep(scenario, flags)));
}

function addTheoryCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("predict")
    .argument("<scenario>", "what to predict")
    .description("say what theory predicts, and whether its assumptions hold")
    .addOption(option.set())
    .addOption(option.seed())
    .addOption(option.json())
    .action((scenario: string, flags: LiveFlags) => finish(predict(scenario, flags)));
  equipoise
    .command("describe")
    .argument("<scenario>", "what to describe")
    .description("list a scenario's parameters and quantities")
    .action((scenario: string) => finish(describe(scenario)));
  equipoise
    .command("list")
    .description("list the scenarios")
    .action(() => finish(list()));
}

function addFigureCommands(equipoise: Command, finish: Finish): void {
  equipoise
    .command("figure")
    .argument("<id>", `which: ${figureSources.map((source) => source.id).join(", ")}`)
    .description("make a figure, with what theory predicts: CSV, JSON, SVG and HTML")
    .addOption(option.out())
    .addOption(option.preview())
    .addOption(option.seed())
    .addOption(option.workers())
    .action((id: string, flags: FigureFlags) => finish(figure(id, flags)));
  equipoise
    .command("figures")
    .description("make all figures, and one page that shows them")
    .addOption(option.out())
    .addOption(option.preview())
    .addOption(option.seed())
    .addOption(option.workers())
    .action((flags: FigureFlags) => finish(figures(flags)));
}

function addReportCommand(equipoise: Command, finish: Finish): void {
  equipoise
    .command("report")
    .argument("<files...>", "results of runs (--json) and figures (JSON)")
    .description("make one page of them, tables and plots, to be sent to somebody")
    .option("--out <file>", "HTML file to write", "equipoise-report.html")
    .option("--title <text>", "its title", "Equipoise: report")
    .action((files: string[], flags: ReportFlags) => finish(report(files, flags)));
}

async function main(): Promise<number> {
  let exitCode: number = EXIT.ok;
  try {
    await program(async (code) => {
      exitCode = await code;
    }).parseAsync();
    return exitCode;
  } catch (error) {
    // commander has printed its own message by now, or the help or version that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    process.stderr.write(`equipoise: ${error instanceof UserError ? error.message : internalError(error)}\n`);
    return error instanceof UserError ? EXIT.usage : EXIT.failure;
  }
}

function internalError(error: unknown): string {
  return `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`;
}

// Whoever read the output may have seen enough (`| head`): files are written, and the exit code is given, all the same.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await main();
