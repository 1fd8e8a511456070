import { messageOf, OutputError, UserError } from "../../model/errors.js";
import { printable } from "../../model/printable.js";

/** Exit codes of every process of the project. */
export const EXIT = {
  ok: 0,
  differs: 1,
  thresholdFailed: 1,
  usage: 2,
  void: 3,
  undecided: 4,
  failure: 70,
  output: 74,
  interrupted: 130,
  terminated: 143,
} as const;

/** Message of a process to the `equipoise` command that started it. */
export type Announcement =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly message: string; readonly exitCode: number };

/** Writes a line to standard error under the process's name. */
export function logger(name: string): (message: string) => void {
  return (message) => process.stderr.write(`${printable(`${name}: ${message}`)}\n`);
}

/**
 * Calls `stop` once when the process is asked to end: by SIGTERM or SIGHUP (its terminal is gone), by SIGINT if it was started by hand, or because the command
 * that started it has ended, for whatever reason.
 */
export function onStop(stop: () => void): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  process.on("SIGTERM", once);
  process.on("SIGHUP", once);
  // Ctrl-C reaches the whole process group; under a supervising command only the command acts on it.
  process.on("SIGINT", () => {
    if (!process.connected) once();
  });
  if (process.connected) process.on("disconnect", once);
}

const FAREWELL_MILLISECONDS = 1000;

/**
 * Returns a handler for the loss of a peer without which the run cannot continue: logs it, and ends the process a little
 * later, so that the supervisor first sees which process left.
 */
export function endsRun(log: (message: string) => void): (why: string) => void {
  let isEnding = false;
  return (why) => {
    if (isEnding) return;
    isEnding = true;
    log(`${why}; the run cannot continue`);
    setTimeout(() => process.exit(EXIT.void), FAREWELL_MILLISECONDS);
  };
}

/** Sends a message to the command that started this process, if there is one. */
export function announce(announcement: Announcement): void {
  process.send?.(announcement);
}

/** The exit code of a process that ends by this error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof OutputError) return EXIT.output;
  return error instanceof UserError ? EXIT.usage : EXIT.failure;
}

/**
 * Runs a process's main function; an error, wherever it is thrown, becomes a line on standard error (with the stack if this
 * program is at fault) and an exit code.
 */
export function runMain(name: string, main: () => Promise<void> | void): void {
  const fail = (error: unknown): void => {
    const exitCode = exitCodeOf(error);
    const detail =
      exitCode === EXIT.failure
        ? `internal error, please report it: ${error instanceof Error ? error.stack : messageOf(error)}`
        : messageOf(error);
    announce({ type: "failed", message: messageOf(error), exitCode });
    process.stderr.write(`${name}: ${printable(detail, "\n")}\n`);
    process.exit(exitCode);
  };
  process.on("uncaughtException", fail);
  // A reader may close its end early (`| head`): files are still written, and the exit code still holds.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") fail(new OutputError(`standard output: cannot be written (${messageOf(error)})`));
  });
  // There is nobody left to tell.
  process.stderr.on("error", () => undefined);
  Promise.resolve().then(main).catch(fail);
}
