import { assert, UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
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
 * @param messageDelay tau >= 0: of a message to a dispatcher and one to a server together, in time units
 * @throws UserError if an argument is out of range
 *
 * Source: the tokens at a dispatcher are a birth and death chain, births beta, deaths lambda r + k a at k tokens, with a = lambda p0, p0 its own
 * probability of 0, and beta such that there are r (1 - lambda) tokens on average; E[queue] = lambda / (1 - a). Refines Lu, Xie, Kliot, Geller,
 * Larus and Greenberg (2011), who leave the withdrawn token out. Messages take part of every idle period that a token ends: it lasts
 * (1 - exp(-a tau)) / a longer on average than the token is at the dispatcher, as random jobs come at rate a, so that there are
 * r lambda (1 - p0) (1 - exp(-a tau)) / a tokens fewer; such random jobs are found by those that come for the token, about
 * f = a (1 - exp(-tau)) each, and from the drift of the squared queue length E[queue] = lambda (1 + (1 - p0) f) / (1 - a).
 */
export function jiqManyDispatchers(
  arrivalRate: Rate,
  perDispatcher: number,
  messageDelay: ModelTime = 0,
): ManyDispatchers {
  if (!(arrivalRate > 0 && arrivalRate < 1)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0 and < 1`);
  if (!(perDispatcher > 0 && perDispatcher <= MOST_PER_DISPATCHER))
    throw new UserError(`${perDispatcher} servers for each dispatcher: must be > 0 and at most ${MOST_PER_DISPATCHER}`);
  if (!(messageDelay >= 0)) throw new UserError(`message delay ${messageDelay}: must be >= 0`);
  // In units of lambda r: births x, deaths 1 + k p0 / r. The likelier an empty dispatcher, the more tokens are withdrawn where there
  // are many, and so the less likely it is at a given mean: one fixed point.
  const emptyAt = (uninformed: number): number => {
    const random = arrivalRate * uninformed;
    const unseen = (arrivalRate * (1 - uninformed) * -Math.expm1(-random * messageDelay)) / random;
    const tokens = perDispatcher * (1 - arrivalRate - unseen);
    if (tokens <= 0) return 1;
    const births = increasingRoot((x) => chain(x, uninformed / perDispatcher).mean - tokens, tokens / (1 + tokens));
    assert(births !== undefined, "tokens come at some rate");
    return chain(births, uninformed / perDispatcher).empty;
  };
  const uninformed = increasingRoot((p) => p - emptyAt(p), 1 / (1 + perDispatcher * (1 - arrivalRate)));
  assert(uninformed !== undefined, "dispatchers have no token with some probability");
  const random = arrivalRate * uninformed;
  const found = random * -Math.expm1(-messageDelay);
  return { uninformed, meanQueue: (arrivalRate * (1 + (1 - uninformed) * found)) / (1 - random) };
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
