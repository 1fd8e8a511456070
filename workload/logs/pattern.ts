import { UserError } from "../../model/errors.js";
import { emptyEntry, isPossible, type LineParser, type LogEntry, type LogFormat, REFUSED } from "./log-entry.js";
import { DateReader } from "./time-stamps.js";

/** What proxies write of a request that matters here. Times are in seconds, dates in seconds since 1970. */
const QUANTITIES = [
  "startDate",
  "end",
  "endDate",
  "response",
  "atServer",
  "toRead",
  "inQueue",
  "toConnect",
  "toAnswer",
  "bytes",
  "status",
] as const;
type Quantity = (typeof QUANTITIES)[number];

/** The quantities of the line last read; NaN for those that are not in it, or are no numbers. */
type Raw = Record<Quantity, number>;

/** A variable of a proxy's log format that matters here. */
interface Variable {
  readonly quantity: Quantity | "server";
  /** What is written for it, as a regular expression without groups. */
  readonly written: string;
  /** A number in this unit of seconds; 1 for what is no time. */
  readonly unit?: number;
  /** Several values of one request that was tried at several servers, of which the last counts: what stands between them. */
  readonly between?: RegExp;
}

/** The language in which a proxy's log format is written. */
export interface Dialect {
  /** Finds a variable in a pattern; its first group is the name. */
  readonly variable: RegExp;
  readonly variables: Readonly<Record<string, Variable>>;
  /** Makes the entry from what was read. */
  complete(raw: Readonly<Raw>, entry: LogEntry): void;
}

/**
 * A format of lines.
 *
 * @param patterns in the dialect, the one that says most first
 */
export function lineFormat(name: string, dialect: Dialect, patterns: readonly string[]): LogFormat {
  return {
    name,
    example: patterns[0],
    parser(firstLines, { pattern, columns }) {
      if (columns !== undefined) throw new UserError(`columns are of json and csv; ${name} has a --pattern`);
      const written = pattern === undefined ? patterns : [pattern];
      return mostUseful(
        written.map((one) => patternParser(one, dialect)),
        firstLines,
      );
    },
  };
}

/** The parser that reads most of the lines, the first of them if several do. */
function mostUseful(parsers: readonly LineParser[], lines: readonly string[]): LineParser {
  const entry = emptyEntry();
  const counts = parsers.map(({ read }) => lines.filter((line) => read(line, entry)).length);
  return parsers[counts.indexOf(Math.max(...counts))];
}

interface Captured {
  readonly quantity: Quantity | "server";
  read(text: string): number;
}

/**
 * A parser of the lines that a log format, as written in a proxy's configuration, describes. What stands before and after does not matter.
 * Variables that do not matter end where the text after them begins, so that no line takes longer than its length.
 *
 * @throws UserError if two variables follow one another immediately
 */
function patternParser(pattern: string, dialect: Dialect): LineParser {
  const { expression, captured } = compile(pattern, dialect);
  const raw = Object.fromEntries(QUANTITIES.map((quantity) => [quantity, Number.NaN])) as Raw;
  return {
    read(line, entry) {
      const match = expression.exec(line);
      if (match === null) return false;
      for (let i = 0; i < captured.length; i++) {
        const { quantity, read } = captured[i];
        const text = match[i + 1];
        if (quantity === "server") entry.server = text;
        else raw[quantity] = read(text);
      }
      dialect.complete(raw, entry);
      if (raw.status === REFUSED) entry.server = "";
      return isPossible(entry);
    },
  };
}

function compile(pattern: string, { variable, variables }: Dialect): { expression: RegExp; captured: Captured[] } {
  const captured: Captured[] = [];
  let source = "";
  let end = 0;
  const found = [...pattern.matchAll(variable)];
  for (const [i, match] of found.entries()) {
    source += literal(pattern.slice(end, match.index));
    end = match.index + match[0].length;
    const next = pattern[end];
    if (found[i + 1]?.index === end)
      throw new UserError(`pattern: nothing stands between ${match[0]} and ${found[i + 1][0]}`);
    const known: Variable | undefined = variables[match[1]];
    if (known === undefined) {
      source += passedOver(match[0], next);
      continue;
    }
    source += `(${known.written})`;
    captured.push(reader(known));
  }
  return { expression: new RegExp(source + literal(pattern.slice(end))), captured };
}

/** What matches a variable that does not matter. */
function passedOver(variable: string, next: string | undefined): string {
  // HAProxy puts it in quotes.
  if (variable.includes("+Q")) return '"[^"]*"';
  return next === undefined ? "" : `[^${literal(next)}]*`;
}

/** The same text in a regular expression. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function reader({ quantity, unit, between }: Variable): Captured {
  if (quantity === "server") return { quantity, read: () => Number.NaN };
  if (unit === undefined) {
    const dates = new DateReader();
    return { quantity, read: (text) => dates.read(text) };
  }
  const numberIn = (text: string): number => (text === "-" ? Number.NaN : decimal(text) * unit);
  if (between === undefined) return { quantity, read: numberIn };
  return { quantity, read: (text) => numberIn(lastOf(text, between)) };
}

const POWERS = Array.from({ length: 16 }, (_, digits) => 10 ** digits);
const POINT = 0x2e;
const ZERO = 0x30;

/**
 * `Number(text)`, in a third of the time for what logs hold: up to 15 digits and a point. Their whole number and the power of ten are both exact,
 * so that the quotient is rounded as `Number` rounds it (Clinger 1990).
 */
export function decimal(text: string): number {
  if (text.length > 15) return Number(text);
  let value = 0;
  let fraction = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = 10 * value + digit;
      if (fraction > 0) fraction++;
    } else if (digit === POINT - ZERO && fraction === 0 && text.length > 1) fraction = 1;
    else return Number(text);
  }
  return fraction > 1 ? value / POWERS[fraction - 1] : value;
}

/** The last of several values. */
export function lastOf(text: string, between: RegExp): string {
  return text.includes(" ") ? (text.split(between).at(-1) ?? "") : text;
}
