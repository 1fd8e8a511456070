import { nearest, useOneOf } from "../model/did-you-mean.js";
import { messageOf, UserError } from "../model/errors.js";

/** One parameter of a scenario, as `equipoise describe` shows it and `--set` reads it. */
export interface ParameterDefinition<T> {
  readonly description: string;
  /** The unit of the value; "" if it has none. */
  readonly unit: string;
  readonly default: string;
  /** The valid values, in words. */
  readonly range: string;
  /** Parameters of the same scenario that this one takes the place of: only one of them is set. */
  readonly insteadOf?: readonly string[];
  /** Whether values hold times, which a fleet file may also give in wall-clock time. */
  readonly holdsTimes?: true;
  /** Parses a value. Throws UserError saying what is wrong with it. */
  parse(text: string): T;
}

export type ParameterDefinitions = { readonly [name: string]: ParameterDefinition<unknown> };

/** The parsed values of a set of definitions. */
export type ParameterValues<D extends ParameterDefinitions> = {
  readonly [K in keyof D]: D[K] extends ParameterDefinition<infer T> ? T : never;
};

/** Every parameter, parsed and as text. */
export interface ReadParameters<D extends ParameterDefinitions> {
  readonly values: ParameterValues<D>;
  readonly texts: Readonly<Record<keyof D, string>>;
}

/**
 * Parses every parameter, from `settings` if set there, otherwise from its default.
 *
 * @throws UserError for an unknown parameter, listing the known ones, or for an invalid value
 */
export function readParameters<D extends ParameterDefinitions>(
  definitions: D,
  settings: Readonly<Record<string, string>>,
): ReadParameters<D> {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(definitions, name)) {
      throw new UserError(`unknown parameter "${name}": ${useOneOf(name, Object.keys(definitions))}`);
    }
  }
  const texts = Object.entries(definitions).map(([name, definition]) => [name, settings[name] ?? definition.default]);
  const values = texts.map(([name, text]) => {
    try {
      return [name, definitions[name].parse(text)];
    } catch (error) {
      throw new UserError(`${name} = ${text.split("\n", 1)[0]}: ${messageOf(error)}`);
    }
  });
  return {
    values: Object.fromEntries(values) as ParameterValues<D>,
    texts: Object.fromEntries(texts) as Record<keyof D, string>,
  };
}

/**
 * The settings that remain where others come first: without those of the same names, and those that one of them takes the place of, or that
 * take the place of it.
 *
 * @param names of the settings that come first
 */
export function overridden<T>(
  settings: Readonly<Record<string, T>>,
  names: readonly string[],
  definitions: ParameterDefinitions,
): Record<string, T> {
  const excludes = (one: string, other: string): boolean => definitions[one]?.insteadOf?.includes(other) ?? false;
  const remain = ([name]: [string, T]): boolean =>
    !names.some((other) => other === name || excludes(name, other) || excludes(other, name));
  return Object.fromEntries(Object.entries(settings).filter(remain));
}

/** The parameters that are in force: without those that one which was set takes the place of. */
export function inForce(
  texts: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
  definitions: ParameterDefinitions,
): Record<string, string> {
  const set = Object.keys(settings).filter((name) => settings[name] !== definitions[name].default);
  const replaced = new Set(set.flatMap((name) => definitions[name].insteadOf ?? []));
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !replaced.has(name)));
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

/** Parses a port of TCP. @param least 0 where any free port may be asked for */
export function portNumber(least: 0 | 1): (text: string) => number {
  return wholeNumber(least, 65_535);
}

/** Most servers, pools or task types of one experiment: arrays of more no longer fit in memory. */
export const MOST_MEMBERS = 10_000_000;

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
    if (word === undefined) {
      const meant = nearest(text, words);
      const question = meant === undefined ? "" : `; did you mean ${meant}?`;
      throw new UserError(`must be one of ${words.join(", ")}${question}`);
    }
    return word;
  };
}

/** Anything larger is indistinguishable from an infinite buffer. */
const LARGEST_BUFFER = 1_000_000;

/** Parses a buffer size in jobs: a whole number of at least 1, or `infinite`. */
export function bufferSize(text: string): number {
  if (text === "infinite") return Number.POSITIVE_INFINITY;
  const size = Number(text);
  if (!Number.isSafeInteger(size) || size < 1) throw new UserError("must be a whole number of at least 1, or infinite");
  if (size > LARGEST_BUFFER) throw new UserError(`must be at most ${LARGEST_BUFFER}, or infinite`);
  return size;
}

/** Parses a fraction: a number strictly between 0 and 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new UserError("must be a number between 0 and 1, e.g. 0.01");
  return value;
}

/** Parses a confidence level: a number strictly between 0.5 and 1. */
export function confidence(text: string): number {
  const level = Number(text);
  if (!(level > 0.5 && level < 1)) throw new UserError("must be a number between 0.5 and 1, e.g. 0.99");
  return level;
}

/** Parses `name=value` settings. Throws UserError for a setting without a name or a name set twice. */
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
