import { UserError } from "./errors.js";
import type { Option } from "./family.js";

/** A finite number. */
export const anyNumber: Option<number> = number("", () => true);
/** A number > 0. */
export const positive: Option<number> = number("a number > 0", (value) => value > 0);
/** A number >= 0. */
export const notNegative: Option<number> = number("a number >= 0", (value) => value >= 0);
/** `yes` or `no`. */
export const yesOrNo: Option<boolean> = {
  range: "",
  form: "yes|no",
  read: (text) => word("yes", "no").read(text) === "yes",
};

/** A finite number in a range, described in words. */
export function number(range: string, allows: (value: number) => boolean): Option<number> {
  return {
    range,
    read(text) {
      const value = readNumber(text);
      if (!Number.isFinite(value) || !allows(value))
        throw new UserError(`must be ${range === "" ? "a number" : range}`);
      return value;
    },
  };
}

/** A whole number of at least `least`, and at most `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Option<number> {
  const range = `a whole number >= ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` and <= ${most}`}`;
  return number(range, (value) => Number.isSafeInteger(value) && value >= least && value <= most);
}

/** One of several words. */
export function word<T extends string>(...words: readonly T[]): Option<T> {
  return {
    range: "",
    form: words.join("|"),
    read(text) {
      const found = words.find((one) => one === text);
      if (found === undefined) throw new UserError(`must be ${words.join(" or ")}`);
      return found;
    },
  };
}

/** Values of one kind, separated by commas. */
export function listOf<V>(one: string, option: Option<V>): Option<readonly V[]> {
  return {
    range: each(option.range),
    form: `${one},${one},...`,
    read: (text) =>
      text.split(",").map((value, index) => {
        try {
          return option.read(value);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          throw new UserError(`value ${index + 1}, "${value}", ${error.message}`);
        }
      }),
  };
}

/** Any text, up to the end. */
export function anyText(form: string): Option<string> {
  return { range: "", form, takesAll: true, read: (text) => text };
}

/** The same option with a default value. */
export function withFallback<V>(option: Option<V>, fallback: V): Option<V> {
  return { ...option, fallback };
}

/** A value that holds from some time on. */
export interface Step {
  readonly value: number;
  readonly from: number;
}

/** A step function of time, starting at time 0: `VALUE,VALUE@TIME,...`. */
export function steps(name: string, { range, read }: Option<number>): Option<readonly Step[]> {
  return {
    range: each(range),
    form: `${name},${name}@TIME,...`,
    read(text) {
      const parts = text.split(",").map((part) => part.split("@"));
      let before = 0;
      return parts.map(([value, time, ...more], index) => {
        const from = index === 0 && time === undefined ? 0 : readNumber(time ?? "");
        const rises = index === 0 ? from === 0 : from > before && Number.isFinite(from);
        if (!rises || more.length > 0)
          throw new UserError("must have increasing times, each after an @, except for the first value");
        before = from;
        return { value: read(value), from };
      });
    },
  };
}

function each(range: string): string {
  return range === "" ? "" : `each ${range}`;
}

function readNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
