import { parentPort, workerData } from "node:worker_threads";
import { messageOf, UserError } from "../../model/errors.js";
import { type LogPart, type LogSource, readLog } from "./read-log.js";

/** What the thread that reads a log says. */
export type ThreadMessage =
  | { readonly kind: "part"; readonly part: LogPart }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly isUsers: boolean; readonly text: string };

/** Parts that it may be ahead of whoever takes them. */
const AHEAD = 8;

/** Reads the log, and waits where parts are not taken: each is answered by a message. */
async function serve(source: LogSource): Promise<void> {
  let ahead = 0;
  let wake = (): void => undefined;
  const say = (message: ThreadMessage, ...transferred: readonly ArrayBuffer[]): void =>
    parentPort?.postMessage(message, transferred);
  parentPort?.on("message", () => {
    ahead--;
    wake();
  });
  try {
    for await (const part of readLog(source)) {
      while (ahead >= AHEAD) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      ahead++;
      say({ kind: "part", part }, part.batch.numbers.buffer as ArrayBuffer);
    }
    say({ kind: "end" });
  } catch (error) {
    say({ kind: "error", isUsers: error instanceof UserError, text: messageOf(error) });
  }
}

await serve(workerData as LogSource);
