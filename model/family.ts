import { UserError } from "./errors.js";

/** Things of one kind that are written `name` or `name:NUMBER,NUMBER`. */
export interface Family<T> {
  /** How one is written, with the names of its arguments: "gamma:SQUARED_VARIATION". */
  readonly form: string;
  /** What the arguments must be, in words; "" if there are none. */
  readonly range: string;
  allows(...values: readonly number[]): boolean;
  make(...values: readonly number[]): T;
}

/**
 * Reads a member of one of the families.
 *
 * @param kind what they are, for messages
 * @throws UserError naming the forms there are, or the range of the arguments
 */
export function readMember<T>(kind: string, families: readonly Family<T>[], text: string): T {
  const [name, list] = text.split(/:(.*)/);
  const family = families.find(({ form }) => form.split(":")[0] === name);
  if (family === undefined) {
    throw new UserError(`unknown ${kind} "${text}": use one of ${families.map(({ form }) => form).join(" ")}`);
  }
  const values = list === undefined ? [] : list.split(",").map(readNumber);
  const wanted = family.form.includes(":") ? family.form.split(",").length : 0;
  if (values.length !== wanted || !values.every(Number.isFinite) || !family.allows(...values)) {
    throw new UserError(`${kind} "${text}": write ${family.form}${family.range === "" ? "" : ` with ${family.range}`}`);
  }
  return family.make(...values);
}

function readNumber(word: string): number {
  return word.trim() === "" ? Number.NaN : Number(word);
}
