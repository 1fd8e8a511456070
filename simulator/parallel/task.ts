/**
 * A pure function that can run on a worker thread, exported as a task under `name` by the module at `module`. Input and output
 * must survive a structured clone.
 */
export interface Task<I, O> {
  /** The module's own `import.meta.url`. */
  readonly module: string;
  readonly name: string;
  readonly run: (input: I) => O;
}

/** Runs a task on many inputs. Results do not depend on the number of workers or the order of completion. */
export interface Runner {
  /**
   * @param done called with each output as it completes, in any order, and the index of its input
   * @returns the outputs in the order of the inputs
   */
  map<I, O>(task: Task<I, O>, inputs: readonly I[], done?: (output: O, index: number) => void): Promise<O[]>;
}

/** Runs everything sequentially in the calling thread. */
export const inlineRunner: Runner = {
  async map(task, inputs, done) {
    return inputs.map((input, index) => {
      const output = task.run(input);
      done?.(output, index);
      return output;
    });
  },
};
