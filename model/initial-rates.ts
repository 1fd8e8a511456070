import { assert, UserError } from "./errors.js";
import { randomStream } from "./random.js";
import type { Rate } from "./units.js";

/** The law of the rates that servers start with. */
export type InitialRates =
  | { readonly law: "uniform"; readonly low: Rate; readonly high: Rate }
  | { readonly law: "constant"; readonly rate: Rate }
  | { readonly law: "list"; readonly rates: readonly Rate[] };

/** Reads `uniform:LOW,HIGH`, `constant:RATE` or `list:RATE,RATE,...`. Throws UserError naming the part that is wrong. */
export function parseInitialRates(text: string): InitialRates {
  const uniform = /^uniform:([^,]+),([^,]+)$/.exec(text);
  if (uniform !== null) {
    const low = Number(uniform[1]);
    const high = Number(uniform[2]);
    if (!(low >= 0 && high > low && Number.isFinite(high))) {
      throw new UserError(`initial rates "${text}": need 0 <= LOW < HIGH`);
    }
    return { law: "uniform", low, high };
  }
  if (text.startsWith("list:")) return { law: "list", rates: parseRates(text) };
  const constant = /^constant:(.+)$/.exec(text);
  if (constant === null) {
    throw new UserError(`unknown initial rates "${text}": use uniform:LOW,HIGH, constant:RATE or list:RATE,RATE,...`);
  }
  const rate = Number(constant[1]);
  if (!(rate > 0 && Number.isFinite(rate))) throw new UserError(`initial rates "${text}": RATE must be > 0`);
  return { law: "constant", rate };
}

function parseRates(text: string): Rate[] {
  return text
    .slice("list:".length)
    .split(",")
    .map((word, position) => {
      const rate = Number(word);
      if (word.trim() === "" || !(rate > 0 && Number.isFinite(rate))) {
        throw new UserError(`initial rates: rate ${position + 1} of the list, "${word}", must be a number > 0`);
      }
      return rate;
    });
}

/**
 * The initial rate of one server. A law gives it by the seed and the server's own number only.
 *
 * @param position of the server in a list of rates, which must be that long
 */
export function initialRate(rates: InitialRates, seed: string, serverNumber: number, position = serverNumber): Rate {
  if (rates.law === "constant") return rates.rate;
  if (rates.law === "list") {
    assert(position < rates.rates.length, "a list of rates has one for every server");
    return rates.rates[position];
  }
  return rates.low + (rates.high - rates.low) * randomStream(seed, `initial-rate/${serverNumber}`)();
}

/** The rates of `count` servers from number `first` on, and of no others. */
export function ratesOfServers(rates: InitialRates, first: number, count: number): InitialRates {
  return rates.law === "list" ? { law: "list", rates: rates.rates.slice(first, first + count) } : rates;
}

/** The text that `parseInitialRates` reads as these rates. */
export function formatInitialRates(rates: InitialRates): string {
  if (rates.law === "list") return `list:${rates.rates.join(",")}`;
  return rates.law === "constant" ? `constant:${rates.rate}` : `uniform:${rates.low},${rates.high}`;
}
