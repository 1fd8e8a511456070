import { Piscina } from "piscina";
import type { Runner, Task } from "./task.js";
import type { WorkOrder } from "./worker.js";

/** Spreads work over worker threads, which are started when there is work and end when there is none. */
export class Pool implements Runner {
  private readonly piscina: Piscina<WorkOrder, unknown>;

  /** @param workers threads at most */
  constructor(workers: number) {
    this.piscina = new Piscina({
      filename: new URL("./worker.js", import.meta.url).href,
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: 1000,
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

  /** Ends all threads at once, whatever they are doing; work not done yet is rejected. */
  async close(): Promise<void> {
    await this.piscina.destroy();
  }
}
