import type { ModelTime, Rate } from "../../model/units.js";
import { exact, type Prediction } from "../../theory/prediction.js";
import { meanWaitingTimeMG1 } from "../../theory/queues/pollaczek-khinchine.js";
import { pooledSystem } from "../../theory/queues/pooled-system.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";

/** One server with infinite room and Poisson arrivals. */
interface Queue {
  readonly arrivalRate: Rate;
  readonly rate: Rate;
  readonly workers: number;
  readonly shares: boolean;
  readonly squaredVariation: number;
  readonly exponential: boolean;
}

/** The mean time from arrival to start of service, and the mean number of jobs. */
interface Means {
  readonly waitingTime: ModelTime;
  readonly jobs: number;
  readonly source: string;
}

/**
 * Random routing of Poisson arrivals makes every server a queue of its own. Those that theory solves: M/M/k; M/G/1; and processor
 * sharing with any number of workers, whose queue length depends on the sizes through their mean alone.
 *
 * @param shares of the jobs that each server gets, over an equal share
 * @returns nothing if one of the queues is none of these, or is overloaded
 */
export function independentQueues(
  system: FleetSystem,
  shares: readonly number[],
  whyOutside: string | undefined,
): [FleetQuantity, Prediction][] {
  const { arrivalRate, rates, workers, disciplines, sizes } = system;
  const means = rates.map((rate, server) =>
    meansOf({
      ...{
        arrivalRate: arrivalRate * shares[server],
        rate,
        workers: workers[server],
        shares: disciplines[server] === "ps",
      },
      ...{ squaredVariation: sizes.squaredVariation, exponential: sizes.name === "exponential" },
    }),
  );
  if (!means.every((one) => one !== undefined)) return [];
  const average = (of: (one: Means, server: number) => number): number =>
    means.reduce((sum, one, server) => sum + of(one, server), 0) / means.length;
  const source = `independent queues: ${[...new Set(means.map((one) => one.source))].join("; ")}`;
  const jobs = average((one) => one.jobs);
  const waitingTime = average((one, server) => shares[server] * one.waitingTime);
  const claims: [FleetQuantity, Prediction][] = [
    ["mean_queue_length", exact(jobs, source, { whyOutside })],
    ["mean_sojourn_time", exact(jobs / arrivalRate, source, { whyOutside })],
  ];
  // Where all jobs are served from their arrival on, there is nothing to judge.
  if (waitingTime > 0) claims.push(["mean_waiting_time", exact(waitingTime, source, { whyOutside })]);
  return claims;
}

function meansOf({ arrivalRate, rate, workers, shares, squaredVariation, exponential }: Queue): Means | undefined {
  const load = arrivalRate / (rate * workers);
  if (load >= 1) return undefined;
  if (workers === 1 && !shares) {
    const waitingTime = meanWaitingTimeMG1(load, 1 / rate, squaredVariation);
    const source = exponential ? "M/M/1" : "M/G/1 (Pollaczek-Khinchine)";
    return { waitingTime, jobs: arrivalRate * waitingTime + load, source };
  }
  if (!exponential && !shares) return undefined;
  const serviceRates = new Array<Rate>(workers).fill(rate);
  const jobs = pooledSystem({
    totalArrivalRate: arrivalRate,
    serviceRates,
    capacity: Number.POSITIVE_INFINITY,
  }).meanJobs;
  if (shares)
    return {
      waitingTime: 0,
      jobs,
      source: "processor sharing, insensitive to the law of sizes (Kelly 1979, section 3.3)",
    };
  return { waitingTime: jobs / arrivalRate - 1 / rate, jobs, source: "M/M/k (Erlang 1917)" };
}
