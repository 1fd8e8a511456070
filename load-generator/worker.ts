import { parentPort, workerData } from "node:worker_threads";
import { epochMilliseconds, type FromWorker, reportOf, type ToWorker } from "./generator-group.js";
import type { Share } from "./load-generator.js";
import { generatorOf, type Plan, workloadOf } from "./plan.js";

/** A generator in a thread of its own, which starts on request and reports its results. */

const REPORT_MILLISECONDS = 1000;

const { plan, share } = workerData as { readonly plan: Plan; readonly share: Share };
const send = (message: FromWorker): void => parentPort?.postMessage(message);

const generator = generatorOf(plan, workloadOf(plan, share), share, {
  ready: () => send({ type: "ready" }),
  done: () => {
    clearInterval(reporting);
    send({ type: "done", report: reportOf(generator) });
    parentPort?.close();
  },
  log: (message) => send({ type: "log", message }),
});
const reporting = setInterval(() => send({ type: "report", report: reportOf(generator) }), REPORT_MILLISECONDS);

parentPort?.on("message", (message: ToWorker) => {
  if (message.type === "start") generator.start((message.at - epochMilliseconds()) / 1000);
  else {
    generator.stop();
    clearInterval(reporting);
    parentPort?.close();
  }
});
