import { parentPort, workerData } from "node:worker_threads";
import { epochMilliseconds, type FromWorker, reportOf, type ToWorker } from "./crew.js";
import type { Share } from "./load-generator.js";
import { generatorOf, type Plan } from "./plan.js";

/** A generator in a thread of its own: starts when told, and tells what it sees. */

const REPORT_MILLISECONDS = 1000;

const { plan, share } = workerData as { readonly plan: Plan; readonly share: Share };
const tell = (message: FromWorker): void => parentPort?.postMessage(message);

const generator = generatorOf(plan, share, {
  ready: () => tell({ type: "ready" }),
  done: () => {
    clearInterval(reporting);
    tell({ type: "done", report: reportOf(generator) });
    parentPort?.close();
  },
  log: (message) => tell({ type: "log", message }),
});
const reporting = setInterval(() => tell({ type: "report", report: reportOf(generator) }), REPORT_MILLISECONDS);

parentPort?.on("message", (message: ToWorker) => {
  if (message.type === "start") generator.start((message.at - epochMilliseconds()) / 1000);
  else {
    generator.stop();
    clearInterval(reporting);
    parentPort?.close();
  }
});
