import { assert } from "../../model/errors.js";
import type { Task } from "./task.js";

/** What is sent to a worker: which task, and what to do it on. */
export interface WorkOrder {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
}

/** Does one piece of work in a worker thread. */
export default async function work({ module, name, input }: WorkOrder): Promise<unknown> {
  const exported = (await import(module)) as Record<string, Task<unknown, unknown> | undefined>;
  const task = exported[name];
  assert(task !== undefined, `${module} exports the task ${name}`);
  return task.run(input);
}
