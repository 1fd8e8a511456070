import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { geometricGraph, radiusFor } from "../model/graphs/geometric.js";
import { torusGraph } from "../model/graphs/lattice.js";
import { regularGraph } from "../model/graphs/regular.js";
import { quickRandomStream, randomStream } from "../model/random.js";
import { initialQueueLengths, type Start } from "../model/start.js";
import type { ModelTime, Rate } from "../model/units.js";
import { independentQueues } from "../theory/power-of-d/independent-queues.js";
import { meanOfTail } from "../theory/power-of-d/mean-field.js";
import { jsqDStability } from "../theory/power-of-d/stability.js";
import type { Task } from "./parallel/task.js";
import { SpatialChain } from "./spatial-chain.js";

/**
 * Graphs: the two kinds in the numerical experiments of Rutten and Mukherjee (2023), section 5, and a ring, with a type for every two
 * neighbours.
 */
export type GraphKind = "regular" | "geometric" | "ring";

/** JSQ(d) on a graph of its own. */
export interface SpatialSystem {
  readonly kind: GraphKind;
  readonly servers: number;
  /** M; on a ring as many as servers, whatever it is. */
  readonly taskTypes: number;
  /** Degree of every task type, rounded, on regular graphs; mean degree on geometric ones; 2 on a ring, whatever it is. */
  readonly degree: number;
  readonly arrivalRate: Rate;
  /** d, and whether a server may be drawn more than once for a job. */
  readonly choices: number;
  readonly replacement: boolean;
  /** Seed of both graph and run. */
  readonly seed: string;
}

/** One run. */
export interface SpatialRunInput extends SpatialSystem {
  /** Tail of the independent initial queue lengths: the probability of at least i jobs at index i; as `start` has them if left out. */
  readonly startTail?: readonly number[];
  /** Queue lengths at the start, given to servers; empty if left out. */
  readonly start?: Pick<Start, "tail" | "isClustered">;
  /** Times at which the occupancy is sampled, increasing. */
  readonly sampleTimes: readonly ModelTime[];
  readonly warmUpTime: ModelTime;
  /** 0 to measure nothing. */
  readonly measuringTime: ModelTime;
  /** Whether to compute the independent-queues approximation on this graph, which is for one or two choices. */
  readonly predict: boolean;
}

export interface SpatialRunOutput {
  /** Time average of the fraction of servers with at least i jobs, at index i. */
  readonly queueTail: readonly number[];
  readonly meanQueueLength: number;
  /** The same fractions at each of the sample times. */
  readonly samples: readonly (readonly number[])[];
  /** Task types without a server. */
  readonly isolatedTypes: number;
  readonly stability: "stable" | "unstable" | "undetermined";
  readonly predictedMean: number | null;
}

/** Generates the graph and runs the chain. */
export function runSpatial(input: SpatialRunInput): SpatialRunOutput {
  const { arrivalRate, choices, replacement, seed, sampleTimes, warmUpTime, measuringTime } = input;
  const graph = graphOf(input);
  const system = { graph, arrivalRate, choices, replacement };
  const start = startOf(input);
  const chain = new SpatialChain({ ...system, seed, ...(start === undefined ? {} : { initialQueueLengths: start }) });
  const samples = sampleTimes.map((time) => {
    chain.runUntil(time);
    return chain.occupancy();
  });
  chain.runUntil(Math.max(chain.now, warmUpTime));
  chain.restartStatistics();
  chain.runUntil(chain.now + measuringTime);
  const { queueTail, meanQueueLength } =
    measuringTime > 0 ? chain.statistics() : { queueTail: [], meanQueueLength: Number.NaN };
  const isPredicted = input.predict && (choices === 1 || choices === 2);
  const predicted = isPredicted ? independentQueues({ ...system, choices }) : undefined;
  return {
    queueTail,
    meanQueueLength,
    samples,
    isolatedTypes: graph.serversOf.degrees.reduce((count, degree) => count + (degree === 0 ? 1 : 0), 0),
    stability: jsqDStability(system).verdict,
    predictedMean: predicted === undefined ? null : meanOfTail(predicted),
  };
}

function startOf(input: SpatialRunInput): Int32Array | undefined {
  const { startTail, start = {}, servers, seed } = input;
  if (startTail !== undefined) return independentStart(input, startTail);
  return initialQueueLengths(start, [servers], randomStream(seed, "start"));
}

/** The graph of a run. */
export function graphOf({ kind, servers, taskTypes, degree, seed }: SpatialSystem): CompatibilityGraph {
  const random = quickRandomStream(seed, "graph");
  if (kind === "ring") return torusGraph(servers, 1);
  if (kind === "regular") return regularGraph(servers, taskTypes, Math.round(degree), random);
  const radius = radiusFor(degree, servers, 2, 2);
  return geometricGraph({ servers, taskTypes, dimension: 2, norm: 2, radius }, random);
}

/** Independent initial queue lengths, with the probability of at least i jobs at index i of the tail. */
export function independentStart({ servers, seed }: SpatialSystem, startTail: readonly number[]): Int32Array {
  const random = randomStream(seed, "start");
  return Int32Array.from({ length: servers }, () => {
    const draw = random();
    let jobs = 0;
    while (jobs + 1 < startTail.length && draw < startTail[jobs + 1]) jobs++;
    return jobs;
  });
}

/** `runSpatial` as a task for worker threads. */
export const spatialRun: Task<SpatialRunInput, SpatialRunOutput> = {
  module: import.meta.url,
  name: "spatialRun",
  run: runSpatial,
};
