import type { Rate } from "../../model/units.js";
import { pooledSystem } from "./pooled-system.js";
import type { QueueTimes } from "./sojourn-law.js";

const exactly = (value: number): { value: number; error: number } => ({ value, error: 0 });

/**
 * The laws of the waiting time in M/M/k, P(W > t) = C e^(-(k mu - lambda) t) with the probability C of waiting (Erlang 1917), and of the
 * sojourn time in M/M/1, which is exponential.
 *
 * @param arrivalRate lambda > 0
 * @param rate mu, of each worker; arrivalRate < workers * rate
 * @param workers k >= 1
 */
export function timesMMk(arrivalRate: Rate, rate: Rate, workers: number): QueueTimes {
  const serviceRates = new Array<Rate>(workers).fill(rate);
  const model = { totalArrivalRate: arrivalRate, serviceRates, capacity: Number.POSITIVE_INFINITY };
  const { waitingProbability } = pooledSystem(model);
  const slack = workers * rate - arrivalRate;
  return {
    waitingOver: (limit) => exactly(waitingProbability * Math.exp(-slack * limit)),
    waiting: (p) => exactly(Math.max(0, Math.log(waitingProbability / (1 - p)) / slack)),
    sojourn: (p) => (workers === 1 ? exactly(-Math.log1p(-p) / slack) : undefined),
    sojournOver: (limit) => (workers === 1 ? exactly(Math.exp(-slack * limit)) : undefined),
  };
}
