import { messageOf, UserError } from "../model/errors.js";

/** Exit codes of every process of the project. */
export const EXIT = {
  ok: 0,
  differs: 1,
  thresholdFailed: 1,
  usage: 2,
  void: 3,
  failure: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** What a process that was started by the `equipoise` command tells it. */
export type Announcement =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly message: string; readonly exitCode: number };

/** Writes a line to standard error under the process's name. */
export function logger(name: string): (message: string) => void {
  return (message) => process.stderr.write(`${name}: ${message}\n`);
}

/**
 * Calls `stop` once when the process is asked to end: by SIGTERM, by SIGINT when it was started by hand, or because the
 * command that started it is gone, however that one ended.
 */
export function onStop(stop: () => void): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  process.on("SIGTERM", once);
  // Ctrl-C reaches the whole process group; under the command's supervision only the command acts on it.
  process.on("SIGINT", () => {
    if (!process.connected) once();
  });
  if (process.connected) process.on("disconnect", once);
}

const FAREWELL_MILLISECONDS = 1000;

/**
 * What to do when somebody has left without whom the run cannot go on: says so, and ends the process a little later, so that
 * whoever supervises it has seen by then who left first.
 */
export function endsRun(log: (message: string) => void): (why: string) => void {
  let isEnding = false;
  return (why) => {
    if (isEnding) return;
    isEnding = true;
    log(`${why}; the run cannot go on`);
    setTimeout(() => process.exit(EXIT.void), FAREWELL_MILLISECONDS);
  };
}

/** Tells the command that started this process, if there is one. */
export function announce(announcement: Announcement): void {
  process.send?.(announcement);
}

/** Runs a process's main function; what it throws becomes one line on standard error and an exit code. */
export function runMain(name: string, main: () => Promise<void> | void): void {
  const fail = (error: unknown): void => {
    const exitCode = error instanceof UserError ? EXIT.usage : EXIT.failure;
    const detail =
      error instanceof Error && exitCode === EXIT.failure ? (error.stack ?? error.message) : messageOf(error);
    announce({ type: "failed", message: messageOf(error), exitCode });
    process.stderr.write(`${name}: ${detail}\n`);
    process.exit(exitCode);
  };
  process.on("uncaughtException", fail);
  Promise.resolve().then(main).catch(fail);
}
