import type { ModelTime } from "../model/units.js";
import type { Task } from "./parallel/task.js";
import { SpatialChain } from "./spatial-chain.js";
import { graphOf, independentStart, type SpatialSystem } from "./spatial-run.js";

/** Two copies of a system on one graph, one from some queues and one from empty, with the same arrivals, samples and services. */
export interface CoupledRunInput extends SpatialSystem {
  /** Tail of the independent initial queue lengths of the first copy. */
  readonly startTail: readonly number[];
  /** Whether these are in order of their lengths along the servers, whose numbers are neighbours in space. */
  readonly clustered: boolean;
  /** Increasing. */
  readonly sampleTimes: readonly ModelTime[];
}

export interface CoupledRunOutput {
  /** How many jobs per server the first copy has more, at each of the times. */
  readonly extra: readonly number[];
  /** At how many servers and times it had fewer jobs. None, by Proposition 3.9 of Rutten and Mukherjee (2023). */
  readonly outOfOrder: number;
}

/**
 * How fast a start is forgotten: the jobs that it has more than an empty start can only become fewer, and where none is left the two copies are
 * one. So their mean bounds the distance of the two laws, per server.
 */
export function runCoupled(input: CoupledRunInput): CoupledRunOutput {
  const { servers, arrivalRate, choices, replacement, seed, startTail, clustered, sampleTimes } = input;
  const system = { graph: graphOf(input), arrivalRate, choices, replacement, seed };
  const start = independentStart(input, startTail);
  if (clustered) start.sort().reverse();
  const [fuller, emptier] = [new SpatialChain({ ...system, initialQueueLengths: start }), new SpatialChain(system)];
  let outOfOrder = 0;
  const extra = sampleTimes.map((time) => {
    for (const copy of [fuller, emptier]) copy.runUntil(time);
    let jobs = 0;
    for (let server = 0; server < servers; server++) {
      const more = fuller.queueLength(server) - emptier.queueLength(server);
      jobs += more;
      if (more < 0) outOfOrder++;
    }
    return jobs / servers;
  });
  return { extra, outOfOrder };
}

/** `runCoupled` as a task for worker threads. */
export const coupledRun: Task<CoupledRunInput, CoupledRunOutput> = {
  module: import.meta.url,
  name: "coupledRun",
  run: runCoupled,
};
