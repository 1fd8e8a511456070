import { assert, UserError } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { increasingRoot } from "../numerics/increasing-root.js";

/** Servers for each dispatcher above which solving would take more than a second or two. */
export const MOST_PER_DISPATCHER = 1000;
/** More tokens at a dispatcher than any that are asked for. */
const GREATEST_MEAN = 4 * MOST_PER_DISPATCHER;
/** Weights of the chain beyond this are scaled down, together with those before. */
const GREAT = 1e200;
const NEGLIGIBLE = 1e-18;

export interface ManyDispatchers {
  /** p0: the probability that a job comes to a dispatcher that knows of no idle server. */
  readonly uninformed: number;
  /** Jobs per server. */
  readonly meanQueue: number;
}

/**
 * JIQ with many dispatchers and many servers of rate 1, r servers for each dispatcher: a server that becomes idle puts a token at one random
 * dispatcher; a job goes to a server whose token is there, or else to any server at random, whose token elsewhere is withdrawn.
 *
 * @param arrivalRate 0 < lambda < 1, per server; sizes are exponential of mean 1
 * @param perDispatcher r, > 0 and at most MOST_PER_DISPATCHER
 * @throws UserError if an argument is out of range
 *
 * Source: the tokens at a dispatcher are a birth and death chain, births beta, deaths lambda r + k lambda p0 at k tokens, with p0 its own probability
 * of 0 and beta such that there are r (1 - lambda) tokens on average; E[queue] = lambda / (1 - lambda p0). Refines Lu, Xie, Kliot, Geller,
 * Larus and Greenberg (2011), who leave the withdrawn token out.
 */
export function jiqManyDispatchers(arrivalRate: Rate, perDispatcher: number): ManyDispatchers {
  if (!(arrivalRate > 0 && arrivalRate < 1)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0 and < 1`);
  if (!(perDispatcher > 0 && perDispatcher <= MOST_PER_DISPATCHER))
    throw new UserError(`${perDispatcher} servers for each dispatcher: must be > 0 and at most ${MOST_PER_DISPATCHER}`);
  const tokens = perDispatcher * (1 - arrivalRate);
  // In units of lambda r: births x, deaths 1 + k p0 / r. The likelier an empty dispatcher, the more tokens are withdrawn where there
  // are many, and so the less likely it is at a given mean: one fixed point.
  const emptyAt = (uninformed: number): number => {
    const births = increasingRoot((x) => chain(x, uninformed / perDispatcher).mean - tokens, tokens / (1 + tokens));
    assert(births !== undefined, "tokens come at some rate");
    return chain(births, uninformed / perDispatcher).empty;
  };
  const uninformed = increasingRoot((p) => p - emptyAt(p), 1 / (1 + tokens));
  assert(uninformed !== undefined, "dispatchers have no token with some probability");
  return { uninformed, meanQueue: arrivalRate / (1 - arrivalRate * uninformed) };
}

/** Births x, deaths 1 + k w at k: the probability of 0, and the mean, or GREATEST_MEAN where it is above that. */
function chain(x: number, withdrawn: number): { empty: number; mean: number } {
  let [first, weight, sum, sumOfTokens] = [1, 1, 1, 0];
  for (let k = 1; weight > NEGLIGIBLE * sum; k++) {
    weight *= x / (1 + k * withdrawn);
    sum += weight;
    sumOfTokens += k * weight;
    if (sumOfTokens > GREATEST_MEAN * sum) return { empty: 0, mean: GREATEST_MEAN };
    if (sum > GREAT)
      [first, weight, sum, sumOfTokens] = [first / GREAT, weight / GREAT, sum / GREAT, sumOfTokens / GREAT];
  }
  return { empty: first / sum, mean: sumOfTokens / sum };
}
