import { randomPoisson } from "d3-random";
import { quickRandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import { policyNamed } from "../policies/index.js";
import { Chain } from "./chain.js";
import type { Task } from "./parallel/task.js";

/** A run from empty, while the arrival rate changes. */
export interface FleetCourseInput {
  readonly policy: string;
  /** By server. */
  readonly rates: readonly Rate[];
  /** Jobs per server that arrive, from each of these times on; the first is 0. */
  readonly phases: readonly { readonly from: ModelTime; readonly arrivalRate: Rate }[];
  /** When to look, increasing. */
  readonly times: readonly ModelTime[];
  readonly seed: string;
}

/** What was seen at each of the times. */
export interface FleetCourse {
  /** Jobs per server. */
  readonly meanQueue: readonly number[];
}

/**
 * Runs a fleet of infinite buffers and exponential works: the uniformised chain, with a Poisson number of its events between two looks, which is
 * exact at every time.
 *
 * @throws UserError if the policy is unknown
 */
export function fleetCourse({ policy, rates, phases, times, seed }: FleetCourseInput): FleetCourse {
  const poisson = randomPoisson.source(quickRandomStream(seed, "counts"));
  const meanQueue: number[] = [];
  let lengths: number[] = rates.map(() => 0);
  for (const [number, { from, arrivalRate }] of phases.entries()) {
    const chain = new Chain({
      ...{ servers: rates.length, arrivalRate, serviceRate: rates, buffer: Number.POSITIVE_INFINITY },
      ...{ policy: policyNamed(policy), seed: `${seed}/${number}`, initialQueueLengths: lengths },
    });
    let now = from;
    const runUntil = (time: ModelTime): void => {
      chain.run(poisson(chain.eventRate * (time - now))());
      now = time;
    };
    const until = phases[number + 1]?.from ?? Number.POSITIVE_INFINITY;
    while (meanQueue.length < times.length && times[meanQueue.length] < until) {
      runUntil(times[meanQueue.length]);
      meanQueue.push(chain.jobs / rates.length);
    }
    if (meanQueue.length === times.length) break;
    runUntil(until);
    lengths = rates.map((_, server) => chain.queueLength(server));
  }
  return { meanQueue };
}

/** `fleetCourse` as a task for worker threads. */
export const fleetCourses: Task<FleetCourseInput, FleetCourse> = {
  module: import.meta.url,
  name: "fleetCourses",
  run: fleetCourse,
};
