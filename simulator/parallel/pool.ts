import { Piscina } from "piscina";
import { plugIns } from "../../policies/plug-in.js";
import type { Runner, Task } from "./task.js";
import type { WorkerSettings, WorkOrder } from "./worker.js";

/** Distributes work over worker threads, which are started on demand and end when idle. */
export class Pool implements Runner {
  private readonly piscina: Piscina<WorkOrder, unknown>;

  /** @param workers most threads */
  constructor(workers: number) {
    this.piscina = new Piscina({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: 1000,
      workerData: { plugIns: [...plugIns.keys()] } satisfies WorkerSettings,
    });
  }

  map<I, O>(task: Task<I, O>, inputs: readonly I[], done?: (output: O, index: number) => void): Promise<O[]> {
    const { module, name } = task;
    return Promise.all(
      inputs.map(async (input, index) => {
        const output = (await this.piscina.run({ module, name, input })) as O;
        done?.(output, index);
        return output;
      }),
    );
  }

  /** Terminates all threads at once; pending work is rejected. */
  async close(): Promise<void> {
    await this.piscina.destroy();
  }
}
