/**
 * A piece of work that any core can do: a function of its input and of nothing else, exported under `name` by the module
 * at `module` as a task. Input and output must survive a structured clone.
 */
export interface Task<I, O> {
  /** The module's own `import.meta.url`. */
  readonly module: string;
  readonly name: string;
  readonly run: (input: I) => O;
}

/** Does a task for many inputs. What comes out does not depend on how many workers there are, nor on which is done first. */
export interface Runner {
  /**
   * @param done called with each output as it comes, in any order, and the number of its input
   * @returns the outputs in the order of the inputs
   */
  map<I, O>(task: Task<I, O>, inputs: readonly I[], done?: (output: O, index: number) => void): Promise<O[]>;
}

/** Does everything at once, in the thread that asks. */
export const inlineRunner: Runner = {
  async map(task, inputs, done) {
    return inputs.map((input, index) => {
      const output = task.run(input);
      done?.(output, index);
      return output;
    });
  },
};
