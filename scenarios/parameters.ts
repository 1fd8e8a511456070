import { messageOf, UserError } from "../model/errors.js";

/** One parameter of a scenario, as `equipoise describe` shows it and `--set` reads it. */
export interface ParameterDefinition<T> {
  readonly description: string;
  /** The unit of the value; "" if it has none. */
  readonly unit: string;
  readonly default: string;
  /** The values it may take, in words. */
  readonly range: string;
  /** Reads a value. Throws UserError that says what is wrong with it. */
  parse(text: string): T;
}

export type ParameterDefinitions = { readonly [name: string]: ParameterDefinition<unknown> };

/** The values that a set of definitions gives. */
export type ParameterValues<D extends ParameterDefinitions> = {
  readonly [K in keyof D]: D[K] extends ParameterDefinition<infer T> ? T : never;
};

/**
 * Reads every parameter, from `settings` where it is set there and from its default elsewhere.
 *
 * @throws UserError naming the unknown parameter and those there are, or the value out of range and the range
 */
export function readParameters<D extends ParameterDefinitions>(
  definitions: D,
  settings: Readonly<Record<string, string>>,
): ParameterValues<D> {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(definitions, name)) {
      throw new UserError(`unknown parameter "${name}": use one of ${Object.keys(definitions).join(", ")}`);
    }
  }
  const entries = Object.entries(definitions).map(([name, definition]) => {
    const text = settings[name] ?? definition.default;
    try {
      return [name, definition.parse(text)];
    } catch (error) {
      throw new UserError(`${name} = ${text.split("\n", 1)[0]}: ${messageOf(error)}`);
    }
  });
  return Object.fromEntries(entries) as ParameterValues<D>;
}

/** Parses a whole number of at least `least`, and at most `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
      throw new UserError(`must be a whole number of at least ${least}`);
    }
    if (value > most) throw new UserError(`must be at most ${most}`);
    return value;
  };
}

/** Servers, pools or task types that one experiment may have: beyond that, arrays of them no longer fit. */
export const MOST_MEMBERS = 10_000_000;
/** Servers that a policy may ask for one job: it takes time in proportion. */
export const MOST_CHOICES = 10_000;

/** Parses a finite number > 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UserError("must be a number > 0");
  return value;
}

/** Parses one of the words. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new UserError(`must be one of ${words.join(", ")}`);
    return word;
  };
}

/** Larger buffers are as good as infinite ones. */
const LARGEST_BUFFER = 1_000_000;

/** Parses the jobs a server holds at most: a whole number of at least 1, or `infinite`. */
export function bufferSize(text: string): number {
  if (text === "infinite") return Number.POSITIVE_INFINITY;
  const size = Number(text);
  if (!Number.isSafeInteger(size) || size < 1) throw new UserError("must be a whole number of at least 1, or infinite");
  if (size > LARGEST_BUFFER) throw new UserError(`must be at most ${LARGEST_BUFFER}, or infinite`);
  return size;
}

/** Parses a confidence level: a number strictly between 0.5 and 1. */
export function confidence(text: string): number {
  const level = Number(text);
  if (!(level > 0.5 && level < 1)) throw new UserError("must be a number between 0.5 and 1, e.g. 0.99");
  return level;
}

/** Reads `name=value` settings. Throws UserError for one without a name or set twice. */
export function readSettings(settings: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    if (equals < 1) throw new UserError(`--set ${setting}: write NAME=VALUE`);
    const name = setting.slice(0, equals).trim();
    if (Object.hasOwn(values, name)) throw new UserError(`--set ${setting}: ${name} is set twice`);
    values[name] = setting.slice(equals + 1).trim();
  }
  return values;
}
