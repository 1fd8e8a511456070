import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../model/errors.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { Result } from "./result.js";

/** `--json -`: the result goes to standard output, and everything for people to standard error. */
const STANDARD_OUTPUT = "-";

/** Prints a line for people: to standard output, unless that is taken by `--json -`. */
export function print(text: string, json?: string): void {
  (json === STANDARD_OUTPUT ? process.stderr : process.stdout).write(`${text}\n`);
}

/** Throws UserError if a result could not be written there: before a run, not after it. */
export function checkWritable(file: string, flag = "--json"): void {
  if (file === STANDARD_OUTPUT) return;
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (error) {
    throw new UserError(
      `${flag} ${file}: cannot be written (${messageOf(error)}); name a file in a folder that exists`,
    );
  }
}

/** Writes a result as JSON. Throws UserError if it cannot be written. */
export function writeResult(result: Result, file: string): void {
  writeJson(result, file);
}

/** Writes anything as JSON. Throws UserError if it cannot be written. */
export function writeJson(result: unknown, file: string): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (file === STANDARD_OUTPUT) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`--json ${file}: ${messageOf(error)}`);
  }
}

/** Names every condition of the theorems that the parameters violate, and what that means. */
export function warnOfAssumptions(experiment: Experiment): void {
  for (const { condition, holds, meaning, consequence } of experiment.assumptions) {
    if (!holds) process.stderr.write(`warning: assumption ${condition} is violated: ${meaning}. ${consequence}\n`);
  }
}
