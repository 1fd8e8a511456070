import { type Experiment, standing } from "../experiments/scenario.js";
import { checkWritable as checkFileWritable, writeWhole } from "../live/processes/output-files.js";
import { printable } from "../model/printable.js";
import { folded, type Paper, paperOf } from "./paper.js";

/** With `--json -` the result goes to standard output, and text for people to standard error. */
export const STANDARD_OUTPUT = "-";

/** Where text for people goes: to standard output, unless that is taken by `--json -`. */
function streamFor(json: string | undefined): NodeJS.WriteStream {
  return json === STANDARD_OUTPUT ? process.stderr : process.stdout;
}

/** What text for people is printed on. */
export function paperFor(json?: string): Paper {
  return paperOf(streamFor(json));
}

/** Prints text for people; on a terminal, lines that are too long are broken between words. */
export function print(text: string, json?: string): void {
  printPainted(printable(text, "\n"), json);
}

/** Prints text that is printable, but for its colours. */
export function printPainted(text: string, json?: string): void {
  streamFor(json).write(`${folded(text, paperFor(json).width)}\n`);
}

/** Prints a line to standard error. */
export function warn(text: string): void {
  process.stderr.write(`${folded(printable(text), paperOf(process.stderr).width)}\n`);
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
