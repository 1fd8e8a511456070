import { UserError } from "./errors.js";
import { randomStream } from "./random.js";
import type { Rate } from "./units.js";

/** The law of the rates that servers start with. */
export type InitialRates =
  | { readonly law: "uniform"; readonly low: Rate; readonly high: Rate }
  | { readonly law: "constant"; readonly rate: Rate };

/** Reads `uniform:LOW,HIGH` or `constant:RATE`. Throws UserError naming the part that is wrong. */
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
  const constant = /^constant:(.+)$/.exec(text);
  if (constant === null) throw new UserError(`unknown initial rates "${text}": use uniform:LOW,HIGH or constant:RATE`);
  const rate = Number(constant[1]);
  if (!(rate > 0 && Number.isFinite(rate))) throw new UserError(`initial rates "${text}": RATE must be > 0`);
  return { law: "constant", rate };
}

/** The initial rate of one server. It depends on the seed and the server's own number only. */
export function initialRate(rates: InitialRates, seed: string, serverNumber: number): Rate {
  if (rates.law === "constant") return rates.rate;
  return rates.low + (rates.high - rates.low) * randomStream(seed, `initial-rate/${serverNumber}`)();
}

/** The text that `parseInitialRates` reads as these rates. */
export function formatInitialRates(rates: InitialRates): string {
  return rates.law === "constant" ? `constant:${rates.rate}` : `uniform:${rates.low},${rates.high}`;
}
