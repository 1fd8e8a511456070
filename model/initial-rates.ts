import { assert } from "./errors.js";
import { type Family, family, rangeOf, readMember } from "./family.js";
import { anyNumber, listOf, notNegative, positive } from "./options.js";
import { randomStream } from "./random.js";
import type { Rate } from "./units.js";

/** The distribution of initial service rates. */
export type InitialRates =
  | { readonly law: "uniform"; readonly low: Rate; readonly high: Rate }
  | { readonly law: "constant"; readonly rate: Rate }
  | { readonly law: "list"; readonly rates: readonly Rate[] };

const families: readonly Family<InitialRates>[] = [
  family("uniform", { low: notNegative, high: anyNumber }, ({ low, high }) => ({ law: "uniform", low, high }), {
    range: "LOW < HIGH",
    holds: ({ low, high }) => low < high,
  }),
  family("constant", { rate: positive }, ({ rate }) => ({ law: "constant", rate })),
  family("list", { rates: listOf("RATE", positive) }, ({ rates }) => ({ law: "list", rates })),
];

/** The syntax of initial rates. */
export const INITIAL_RATES = `${rangeOf(families)}, one for each server`;

/** Parses `uniform:LOW,HIGH`, `constant:RATE` or `list:RATE,RATE,...`. Throws UserError naming the invalid part. */
export function parseInitialRates(text: string): InitialRates {
  return readMember("initial rates", families, text);
}

/**
 * The initial rate of a server, which depends only on the seed and the server's number.
 *
 * @param position of the server in a list of rates, within its length
 */
export function initialRate(rates: InitialRates, seed: string, serverNumber: number, position = serverNumber): Rate {
  if (rates.law === "constant") return rates.rate;
  if (rates.law === "list") {
    assert(position < rates.rates.length, "a list of rates has one per server");
    return rates.rates[position];
  }
  return rates.low + (rates.high - rates.low) * randomStream(seed, `initial-rate/${serverNumber}`)();
}

/** The rates of `count` servers from number `first` on. */
export function ratesOfServers(rates: InitialRates, first: number, count: number): InitialRates {
  return rates.law === "list" ? { law: "list", rates: rates.rates.slice(first, first + count) } : rates;
}

/** The inverse of `parseInitialRates`. */
export function formatInitialRates(rates: InitialRates): string {
  if (rates.law === "list") return `list:${rates.rates.join(",")}`;
  return rates.law === "constant" ? `constant:${rates.rate}` : `uniform:${rates.low},${rates.high}`;
}
