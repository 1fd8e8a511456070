import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";

/** Terms above which the sum would take more than a moment: lambda^d within about 4e-6 of 1. */
const MOST_TERMS = 10_000_000;
const ROUNDING = 1e-17;

/**
 * Mean sojourn time for many servers of rate 1 under late binding: d tasks wait at d servers drawn at random, and the first of them that
 * is free takes the job, whose other tasks go. It is as if the job had joined the server with the least work left of the d.
 *
 * @param arrivalRate 0 < lambda < 1, per server; jobs bring exponential work of mean 1
 * @param choices d >= 1
 * @throws UserError if an argument is out of range, or lambda is so near 1 that the sum has too many terms
 *
 * Source: Hellemans and Van Houdt (2018), arXiv 1802.05420: sum over k >= 0 of lambda^(d k) / (1 + k (d - 1)).
 */
export function lateBindingSojourn(arrivalRate: Rate, choices: number): ModelTime {
  if (!(arrivalRate > 0 && arrivalRate < 1)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0 and < 1`);
  if (!(Number.isInteger(choices) && choices >= 1))
    throw new UserError(`number of choices ${choices}: must be an integer >= 1`);
  if (choices === 1) return 1 / (1 - arrivalRate);
  const ratio = arrivalRate ** choices;
  if (Math.log(ROUNDING) / Math.log(ratio) > MOST_TERMS)
    throw new UserError(`arrival rate ${arrivalRate}: too near 1 for ${choices} choices; use at most ${1 - 1e-5}`);
  let sum = 0;
  let power = 1;
  for (let k = 0; power > ROUNDING; k++, power *= ratio) sum += power / (1 + k * (choices - 1));
  return sum;
}
