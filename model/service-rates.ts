import { assert, UserError } from "./errors.js";
import { randomStream } from "./random.js";
import type { Rate } from "./units.js";

/**
 * How service rates differ between servers, as Liu and Ying (section 2) let them: any rates > 0 that sum to the number of
 * servers. What a family gives is scaled to that.
 */
export interface ServiceRates {
  readonly text: string;
  /**
   * The rates of n servers; they sum to n.
   *
   * @throws UserError if a list has another length
   */
  ofServers(servers: number, seed: string): Rate[];
}

/** What `parseServiceRates` reads, in words. */
export const SERVICE_RATES_RANGE =
  "equal | two-class:FRACTION_FAST,FAST_PER_SLOW | linear:FASTEST_PER_SLOWEST | power:EXPONENT | random:FLOOR | " +
  "list:RATE,RATE,... | file:PATH";

/**
 * Reads a family of rates:
 *
 * - `equal`
 * - `two-class:FRACTION,RATIO`: that fraction of the servers is RATIO times as fast as the others
 * - `linear:RATIO`: rates fall in equal steps, the first server RATIO times as fast as the last
 * - `power:EXPONENT`: server i = 1, 2, ... has the rate i^-EXPONENT
 * - `random:FLOOR`: uniform between FLOOR and 2 - FLOOR, by the seed
 * - `list:RATE,RATE,...`: one rate for each server
 * - `file:PATH` and, behind a line end, what the file says: the same, separated by commas, semicolons or white space (CSV)
 *
 * @throws UserError naming the part that is wrong
 */
export function parseServiceRates(text: string): ServiceRates {
  const [family, rest] = splitAt(text);
  const numbers = rest === "" || family === "file" ? [] : rest.split(",").map(Number);
  const [first, second] = numbers;
  switch (family) {
    case "equal":
      demandCount(text, numbers, 0);
      return scaled(text, (servers) => new Array<Rate>(servers).fill(1));
    case "two-class":
      demandCount(text, numbers, 2);
      demand(first > 0 && first < 1, text, "FRACTION_FAST must be between 0 and 1");
      demand(second >= 1 && Number.isFinite(second), text, "FAST_PER_SLOW must be a number >= 1");
      return scaled(text, (servers) =>
        Array.from({ length: servers }, (_, i) => (i < Math.round(first * servers) ? second : 1)),
      );
    case "linear":
      demandCount(text, numbers, 1);
      demand(first >= 1 && Number.isFinite(first), text, "FASTEST_PER_SLOWEST must be a number >= 1");
      return scaled(text, (servers) =>
        Array.from({ length: servers }, (_, i) => (servers === 1 ? 1 : first - ((first - 1) * i) / (servers - 1))),
      );
    case "power":
      demandCount(text, numbers, 1);
      demand(first >= 0 && Number.isFinite(first), text, "EXPONENT must be a number >= 0");
      return scaled(text, (servers) => Array.from({ length: servers }, (_, i) => (i + 1) ** -first));
    case "random":
      demandCount(text, numbers, 1);
      demand(first > 0 && first <= 1, text, "FLOOR must be > 0 and at most 1");
      return scaled(text, (servers, seed) => {
        const random = randomStream(seed, "service-rates");
        return Array.from({ length: servers }, () => first + (2 - 2 * first) * random());
      });
    case "list":
      return listed(text, rest.split(","));
    case "file":
      return listed(text.split("\n", 1)[0], fieldsOf(rest));
    default:
      throw new UserError(`unknown service rates "${text}": use ${SERVICE_RATES_RANGE}`);
  }
}

/** The rates in descending order. */
export function fastestFirst(rates: readonly Rate[]): Rate[] {
  return rates.toSorted((a, b) => b - a);
}

/** The fields of a file, whose path is the first line. */
function fieldsOf(pathAndContent: string): string[] {
  const content = pathAndContent.slice(pathAndContent.indexOf("\n") + 1);
  return content.split(/[\s,;]+/).filter((field) => field !== "");
}

function listed(text: string, words: readonly string[]): ServiceRates {
  const rates = words.map((word, position) => {
    const rate = Number(word);
    demand(
      word.trim() !== "" && rate > 0 && Number.isFinite(rate),
      text,
      `rate ${position + 1}, "${word}", must be a number > 0`,
    );
    return rate;
  });
  return scaled(text, (servers) => {
    if (rates.length !== servers)
      throw new UserError(`service rates "${text}": ${rates.length} rates for ${servers} servers; list one for each`);
    return rates;
  });
}

function scaled(text: string, of: (servers: number, seed: string) => readonly Rate[]): ServiceRates {
  return {
    text,
    ofServers(servers, seed) {
      const rates = of(servers, seed);
      const sum = rates.reduce((total, rate) => total + rate, 0);
      assert(sum > 0 && rates.length === servers, "every server has a rate");
      // What sums to n but for rounding is kept as it was written.
      return Math.abs(sum - servers) < 1e-12 * servers ? [...rates] : rates.map((rate) => (rate * servers) / sum);
    },
  };
}

function splitAt(text: string): [family: string, rest: string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function demandCount(text: string, numbers: readonly number[], count: number): void {
  demand(numbers.length === count, text, `needs ${count} numbers, not ${numbers.length}`);
}

function demand(condition: boolean, text: string, message: string): void {
  if (!condition) throw new UserError(`service rates "${text}": ${message}`);
}
