import { Piscina } from "piscina";
import { assert } from "../../model/errors.js";
import { loadPlugIns } from "../../policies/plug-in-loader.js";
import type { Task } from "./task.js";

/** The message to a worker: a task and its input. */
export interface WorkOrder {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
}

/** What a worker gets to know when it starts. */
export interface WorkerSettings {
  /** The plug-ins that the process has loaded, which a thread loads for itself. */
  readonly plugIns: readonly string[];
}

const { workerData } = Piscina as { readonly workerData?: WorkerSettings };
const ready = loadPlugIns(workerData?.plugIns ?? []);

/** Executes one work order in a worker thread. */
export default async function work({ module, name, input }: WorkOrder): Promise<unknown> {
  await ready;
  const exported = (await import(module)) as Record<string, Task<unknown, unknown> | undefined>;
  const task = exported[name];
  assert(task !== undefined, `${module} exports the task ${name}`);
  return task.run(input);
}
