import { useOneOf } from "./did-you-mean.js";
import { UserError } from "./errors.js";

/** An option of a family member: the syntax of its value, and its parser. */
export interface Option<V> {
  /** The valid values, in words, e.g. "a number > 0"; "" if the form says it. */
  readonly range: string;
  /** The form of the value, if other than the option's name in capitals: "yes|no", "RATE,RATE,...". */
  readonly form?: string;
  /** The default; an option without one is required. */
  readonly fallback?: V;
  /** Whether the value is everything that follows the member's name, such as a path. */
  readonly takesAll?: true;
  /** Parses a value. Throws UserError saying what it must be. */
  read(text: string): V;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
/** The parsed values of a set of options. */
export type OptionValues<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer V> ? V : never };

/** A condition on several options, with its description. */
interface Condition<V> {
  readonly range: string;
  holds(values: V): boolean;
}

/** A family member, written `NAME`, `NAME:VALUE,VALUE`, or `NAME:KEY=VALUE:KEY=VALUE`. */
export interface Family<T> {
  readonly name: string;
  /** Its syntax: required options by position, others by key. */
  readonly form: string;
  /** Constraints on its options, in words; "" if there are none. */
  readonly range: string;
  /** Creates it from the text after its name and a colon, or undefined. Throws UserError naming the invalid option. */
  read(options: string | undefined): T;
  /** Whether these options all have their default values. Throws UserError as `read` does. */
  isPlain(options: string | undefined): boolean;
}

/**
 * Declares a family member.
 *
 * @param options by key, in the order of positional values
 * @param make creates the member from the values of its options
 * @param condition on several options
 */
export function family<T, const O extends Options>(
  name: string,
  options: O,
  make: (values: OptionValues<O>) => T,
  condition?: Condition<OptionValues<O>>,
): Family<T> {
  const ranges = Object.entries(options)
    .filter(([, { range }]) => range !== "")
    .map(([key, { range }]) => `${upperCase(key)} ${range.replace(/a number (?=[<>])/, "")}`);
  const form = formOf(name, options);
  return {
    name,
    form,
    range: [...ranges, ...(condition === undefined ? [] : [condition.range])].join(", "),
    read(text) {
      const values = readValues(options, text) as OptionValues<O>;
      if (condition !== undefined && !condition.holds(values)) throw new UserError(`needs ${condition.range}`);
      return make(values);
    },
    isPlain: (text) =>
      Object.entries(readValues(options, text)).every(([key, value]) => value === options[key].fallback),
  };
}

/**
 * Parses a member of one of the families.
 *
 * @param kind of member, for messages
 * @param text messages show only its first line
 * @throws UserError naming what is wrong, and the valid forms
 */
export function readMember<T>(kind: string, families: readonly Family<T>[], text: string): T {
  const [name, options] = text.split(/:(.*)/s);
  const shown = `${kind} "${text.split("\n", 1)[0]}"`;
  const member = families.find((one) => one.name === name);
  if (member === undefined) {
    const known = families.map((one) => one.name);
    throw new UserError(`unknown ${shown}: ${useOneOf(name, known, formsOf(families))}`);
  }
  try {
    return member.read(options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${shown}: ${error.message}; write ${describe(member)}`);
  }
}

/** The forms of all of them, for help. */
export function formsOf(families: readonly Family<unknown>[]): string {
  return families.map(({ form }) => form).join(" | ");
}

/** The forms of all of them, with the constraints on their options. */
export function rangeOf(families: readonly Family<unknown>[]): string {
  return families.map(describe).join(" | ");
}

function describe({ form, range }: Family<unknown>): string {
  return range === "" ? form : `${form} with ${range}`;
}

function formOf(name: string, options: Options): string {
  const forms = Object.entries(options).map(([key, option]) => ({ key, option, form: option.form ?? upperCase(key) }));
  const inOrder = forms.filter(({ option }) => option.fallback === undefined).map(({ form }) => form);
  const byKey = forms.filter(({ option }) => option.fallback !== undefined).map(({ key, form }) => `[:${key}=${form}]`);
  return `${[name, ...(inOrder.length === 0 ? [] : [inOrder.join(",")])].join(":")}${byKey.join("")}`;
}

function readValues(options: Options, text: string | undefined): Record<string, unknown> {
  const words = wordsOf(options, text);
  const entries = Object.entries(options).map(([key, option]) => {
    const word = words.get(key);
    if (word === undefined) {
      if (option.fallback === undefined) throw new UserError(`${key} is missing`);
      return [key, option.fallback];
    }
    try {
      return [key, option.read(word)];
    } catch (error) {
      if (!(error instanceof UserError) || option.takesAll) throw error;
      throw new UserError(`${key} = ${word}: ${error.message}`);
    }
  });
  return Object.fromEntries(entries);
}

/** The text of each option given. */
function wordsOf(options: Options, text: string | undefined): Map<string, string> {
  const keys = Object.keys(options);
  const words = new Map<string, string>();
  if (text === undefined) return words;
  if (keys.length === 1 && options[keys[0]].takesAll) return words.set(keys[0], text);
  for (const [position, part] of text.split(":").entries()) {
    const key = part.slice(0, Math.max(0, part.indexOf("=")));
    if (keys.includes(key)) {
      if (words.has(key)) throw new UserError(`${key} is given twice`);
      words.set(key, part.slice(key.length + 1));
      continue;
    }
    if (position > 0) throw new UserError(`"${part}" is not one of its options`);
    // A single option may itself be a list.
    const inOrder = keys.length === 1 ? [part] : part.split(",");
    if (inOrder.length > keys.length) throw new UserError(`"${part}" has more values than there are options`);
    for (const [index, word] of inOrder.entries()) words.set(keys[index], word);
  }
  return words;
}

function upperCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
