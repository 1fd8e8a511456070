import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { UserError } from "../../model/errors.js";
import { STANDARD_INPUT } from "./log-file.js";
import type { ThreadMessage } from "./log-thread.js";
import type { LogPart, LogSource } from "./read-log.js";

/** Reads a log in a thread of its own, so that lines are read while those before are put in order. Throws as `readLog` does. */
export async function* readLogInThread(source: LogSource): AsyncGenerator<LogPart> {
  const isInput = source.file === STANDARD_INPUT;
  const worker = new Worker(new URL("./log-thread.js", import.meta.url), { workerData: source, stdin: isInput });
  if (isInput && worker.stdin !== null) process.stdin.pipe(worker.stdin);
  try {
    for await (const [message] of on(worker, "message") as AsyncIterable<[ThreadMessage]>) {
      if (message.kind === "end") return;
      if (message.kind === "error") throw message.isUsers ? new UserError(message.text) : new Error(message.text);
      yield message.part;
      worker.postMessage("taken");
    }
  } finally {
    await worker.terminate();
  }
}
