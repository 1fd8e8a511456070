import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { busyFractionFixedPoint } from "../rate-scaling/idle-fixed-point.js";

/** Servers above which the work, of order n^2, would take more than a few seconds. */
export const MOST_SERVERS = 5000;

const NEGLIGIBLE = 1e-280;

/** The stationary state of a loss system whose servers differ. */
export interface RandomIdleServerLaw {
  /** The probability that k servers are busy, at index k from 0 to n. */
  readonly busyCount: Float64Array;
  /** The fraction of jobs that find all servers busy. */
  readonly blockedFraction: number;
  /** Mean over servers of the fraction of time that they are busy. */
  readonly busyFraction: number;
  /** Mean service time of the jobs that are served. */
  readonly meanServiceTime: ModelTime;
}

/**
 * n servers of any fixed rates with unit buffers, where a job goes to a uniformly random idle server or, if there is none, is lost:
 * JIQ. Exact for every n.
 *
 * @param rates mu_v > 0, of each server; jobs bring exponential work of mean 1
 * @param arrivalRate lambda > 0, per server
 * @throws UserError if an argument is out of range, or there are more than MOST_SERVERS servers: 5000 take about a tenth of a second
 *
 * Source: the set B of busy servers is a reversible chain with the law (Gumbel 1960)
 *
 *     P(B) in proportion to (n - |B|)! times the product over v in B of lambda n / mu_v,
 *
 * for P(B) lambda n / (n - |B|) = P(B + v) mu_v. So the number of busy servers is that of independent servers of odds theta lambda n / mu_v,
 * weighted by (n - k)! / theta^k, for any theta; that of the fluid limit leaves the law where it is likely, so that nothing underflows there.
 */
export function randomIdleServerLaw(rates: ArrayLike<Rate>, arrivalRate: Rate): RandomIdleServerLaw {
  const n = rates.length;
  requireRates(rates, arrivalRate);
  if (n > MOST_SERVERS) throw new UserError(`${n} servers: at most ${MOST_SERVERS} are solved exactly`);
  const idle = Math.max(1, n * (1 - busyFractionFixedPoint(rates, arrivalRate)));
  const busyCount = independentlyBusy(rates, (arrivalRate * n) / idle);
  let logWeight = 0;
  const logs = Float64Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) logWeight += Math.log(idle) - Math.log(n - k + 1);
    return Math.log(busyCount[k]) + logWeight;
  });
  normaliseLogs(logs, busyCount);
  const blockedFraction = busyCount[n];
  const busy = busyCount.reduce((sum, probability, k) => sum + k * probability, 0);
  const served = arrivalRate * n * busyCount.subarray(0, n).reduce((sum, probability) => sum + probability, 0);
  return { busyCount, blockedFraction, busyFraction: busy / n, meanServiceTime: busy / served };
}

/** The law of the number of busy ones among independent servers, each busy with odds `pressure` to its rate. */
function independentlyBusy(rates: ArrayLike<Rate>, pressure: Rate): Float64Array {
  const law = new Float64Array(rates.length + 1);
  law[0] = 1;
  for (let v = 0; v < rates.length; v++) {
    const busy = pressure / (pressure + rates[v]);
    const idle = rates[v] / (pressure + rates[v]);
    for (let k = v + 1; k > 0; k--) law[k] = law[k] * idle + law[k - 1] * busy;
    law[0] *= idle;
  }
  // Numbers at the end of double precision are all rounding error, and the weights to come would make them great.
  return law.map((probability) => (probability > NEGLIGIBLE ? probability : 0));
}

/** Writes probabilities in proportion to exp(logs). */
export function normaliseLogs(logs: Float64Array, into: Float64Array): void {
  const greatest = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += into[i] = Math.exp(logs[i] - greatest);
  for (let i = 0; i < logs.length; i++) into[i] /= sum;
}

/** Rates beyond this, or below its inverse, are beyond all use, and products of them beyond double precision. */
const GREATEST_RATE = 1e150;

/** @throws UserError unless there are rates, and all of them and the arrival rate are > 0 and within GREATEST_RATE */
export function requireRates(rates: ArrayLike<Rate>, arrivalRate: Rate): void {
  if (!(rates.length > 0)) throw new UserError("no servers: at least one is needed");
  const isUsable = (rate: Rate): boolean => rate >= 1 / GREATEST_RATE && rate <= GREATEST_RATE;
  for (let v = 0; v < rates.length; v++)
    if (!isUsable(rates[v])) throw new UserError(`service rate ${rates[v]}: must be > 0, from 1e-150 to 1e150`);
  if (!isUsable(arrivalRate)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0, from 1e-150 to 1e150`);
}
