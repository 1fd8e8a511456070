import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";

/** Servers above which the sum would take more than a moment. */
const MOST_SERVERS = 10_000_000;

/**
 * Mean sojourn time under redundancy: copies of a job, each of a size of its own, wait at d distinct servers drawn at random of n of rate 1; when
 * the first is done the others are cancelled. Exact at every n.
 *
 * @param servers n
 * @param choices d, from 1 to n
 * @param arrivalRate 0 < lambda < 1, per server; sizes are exponential of mean 1
 * @throws UserError if an argument is out of range
 *
 * Source: Gardner, Harchol-Balter, Scheller-Wolf, Velednitsky and Zbarsky (2017), Theorem 1:
 * sum over i = d .. n of 1 / ( n C(n-1, d-1) / C(i-1, d-1) - n lambda ).
 */
export function redundancySojourn(servers: number, choices: number, arrivalRate: Rate): ModelTime {
  if (!(Number.isInteger(servers) && servers >= 1 && servers <= MOST_SERVERS))
    throw new UserError(`number of servers ${servers}: must be an integer from 1 to ${MOST_SERVERS}`);
  if (!(Number.isInteger(choices) && choices >= 1 && choices <= servers))
    throw new UserError(`number of choices ${choices}: must be an integer from 1 to the ${servers} servers`);
  if (!(arrivalRate > 0 && arrivalRate < 1)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0 and < 1`);
  let sum = 0;
  /** C(n-1, d-1) / C(i-1, d-1): from 1 upwards, to infinity where a term is nothing. */
  let ratio = 1;
  for (let i = servers; i >= choices; i--) {
    sum += 1 / (servers * (ratio - arrivalRate));
    ratio *= (i - 1) / (i - choices);
  }
  return sum;
}
