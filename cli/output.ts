import { type Experiment, standing } from "../experiments/scenario.js";
import { checkWritable as checkFileWritable, writeWhole } from "../live/processes/output-files.js";
import { printable } from "../model/printable.js";

/** With `--json -` the result goes to standard output, and text for people to standard error. */
export const STANDARD_OUTPUT = "-";

/** Prints a line for people: to standard output, unless that is taken by `--json -`. */
export function print(text: string, json?: string): void {
  (json === STANDARD_OUTPUT ? process.stderr : process.stdout).write(`${printable(text, "\n")}\n`);
}

/** Prints a line to standard error. */
export function warn(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Throws UserError if a result could not be written to the file: to be called before a run, not after it. */
export function checkWritable(file: string): void {
  if (file !== STANDARD_OUTPUT) checkFileWritable(file, "--json");
}

/** Writes a result as JSON. Throws OutputError if it cannot be written. */
export function writeJson(result: unknown, file: string): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (file === STANDARD_OUTPUT) process.stdout.write(text);
  else writeWhole(file, text, "--json");
}

/** Warns of every condition of the theorems that the parameters violate, or may violate, and of its consequence. */
export function warnOfAssumptions(experiment: Experiment): void {
  for (const { condition, holds, meaning, consequence } of experiment.assumptions) {
    if (holds !== true) warn(`warning: assumption ${condition} is ${standing({ holds })}: ${meaning}. ${consequence}`);
  }
}
