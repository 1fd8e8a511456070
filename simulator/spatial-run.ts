import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { geometricGraph, radiusFor } from "../model/graphs/geometric.js";
import { regularGraph } from "../model/graphs/regular.js";
import { quickRandomStream, randomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import { independentQueues } from "../theory/power-of-d/independent-queues.js";
import { meanOfTail } from "../theory/power-of-d/mean-field.js";
import { jsqDStability } from "../theory/power-of-d/stability.js";
import type { Task } from "./parallel/task.js";
import { SpatialChain } from "./spatial-chain.js";

/** The two kinds of graphs in the numerical experiments of Rutten and Mukherjee (2023), section 5. */
export type GraphKind = "regular" | "geometric";

/** One run of JSQ(2) with replacement on its own graph, with as many task types as servers. */
export interface SpatialRunInput {
  readonly kind: GraphKind;
  readonly servers: number;
  /** Degree of every task type, rounded, on regular graphs; mean degree on geometric ones. */
  readonly degree: number;
  readonly arrivalRate: Rate;
  /** Seed of both graph and run. */
  readonly seed: string;
  /** Tail of the independent initial queue lengths: the probability of at least i jobs at index i; empty if left out. */
  readonly startTail?: readonly number[];
  /** Times at which the occupancy is sampled, increasing. */
  readonly sampleTimes: readonly ModelTime[];
  readonly warmUpTime: ModelTime;
  /** 0 to measure nothing. */
  readonly measuringTime: ModelTime;
  /** Whether to compute the independent-queues approximation on this graph. */
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
  const { arrivalRate, seed, sampleTimes, warmUpTime, measuringTime } = input;
  const graph = graphOf(input);
  const system = { graph, arrivalRate, choices: 2, replacement: true } as const;
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
  const predicted = input.predict ? independentQueues(system) : undefined;
  return {
    queueTail,
    meanQueueLength,
    samples,
    isolatedTypes: graph.serversOf.degrees.reduce((count, degree) => count + (degree === 0 ? 1 : 0), 0),
    stability: jsqDStability(system).verdict,
    predictedMean: predicted === undefined ? null : meanOfTail(predicted),
  };
}

/** The graph of a run. */
export function graphOf({ kind, servers, degree, seed }: SpatialRunInput): CompatibilityGraph {
  const random = quickRandomStream(seed, "graph");
  if (kind === "regular") return regularGraph(servers, servers, Math.round(degree), random);
  const radius = radiusFor(degree, servers, 2, 2);
  return geometricGraph({ servers, taskTypes: servers, dimension: 2, norm: 2, radius }, random);
}

function startOf({ startTail, servers, seed }: SpatialRunInput): Int32Array | undefined {
  if (startTail === undefined) return undefined;
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
