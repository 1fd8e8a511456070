import { type CompatibilityGraph, neighboursOf } from "../../model/graphs/compatibility-graph.js";
import type { Rate } from "../../model/units.js";

/** JSQ(1) or JSQ(2) on any graph. */
export interface IndependentSystem {
  readonly graph: CompatibilityGraph;
  /** lambda, jobs per server. */
  readonly arrivalRate: Rate;
  readonly choices: 1 | 2;
  readonly replacement: boolean;
}

const TOLERANCE = 1e-8;
const MOST_ROUNDS = 1000;
/** Levels are cut off where no server exceeds the highest with more than this probability. */
const LEVELS = [16, 32, 64, 128] as const;
const LEAST_PROBABILITY = 1e-9;

/**
 * The stationary tail of JSQ(2) on a given graph, as if queues at different servers were independent: each server is a
 * birth-death chain whose arrivals depend on the queue distributions of its neighbours. It accounts for each server's own
 * neighbourhood, and so for unequal neighbourhoods, but not for the correlation between neighbours. Exact for one choice.
 *
 * Source: N-intertwined mean-field approximation (Van Mieghem, Omic and Kooij 2009), derived here for JSQ(2).
 *
 * @returns fraction of servers with at least i jobs at index i; undefined if no stationary state is found
 */
export function independentQueues(system: IndependentSystem): number[] | undefined {
  for (const size of LEVELS) {
    const tails = solve(system, size);
    if (tails === undefined) return undefined;
    const { servers } = system.graph;
    const isEnough = everyServer(servers, (server) => tails[(server + 1) * size - 1] < LEAST_PROBABILITY);
    if (isEnough) return averageTail(tails, servers, size);
  }
  return undefined;
}

/** tails[v * size + i]: the probability that server v holds at least i jobs, i < size. */
function solve(system: IndependentSystem, size: number): Float64Array | undefined {
  const { graph } = system;
  const tails = new Float64Array(graph.servers * size);
  for (let server = 0; server < graph.servers; server++) tails[server * size] = 1;
  const sums = new Float64Array(graph.taskTypes * size);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    sumOverTypes(graph, tails, sums, size);
    if (updateServers(system, tails, sums, size) < TOLERANCE) return tails;
  }
  return undefined;
}

/** sums[w * size + i]: sum over the servers of type w of P(at least i jobs) + P(at least i + 1 jobs). */
function sumOverTypes(graph: CompatibilityGraph, tails: Float64Array, sums: Float64Array, size: number): void {
  sums.fill(0);
  for (let type = 0; type < graph.taskTypes; type++) {
    for (const server of neighboursOf(graph.serversOf, type)) {
      for (let level = 0; level + 1 < size; level++) {
        sums[type * size + level] += tails[server * size + level] + tails[server * size + level + 1];
      }
    }
  }
}

/** Updates every server's tail from its neighbours' tails. Returns the greatest change. */
function updateServers(system: IndependentSystem, tails: Float64Array, sums: Float64Array, size: number): number {
  const { graph } = system;
  let change = 0;
  const births = new Float64Array(size);
  for (let server = 0; server < graph.servers; server++) {
    birthRates(system, server, tails, sums, births);
    const probabilities = [1];
    let total = 1;
    for (let level = 1; level < size; level++) {
      probabilities.push(probabilities[level - 1] * births[level - 1]);
      total += probabilities[level];
    }
    let tail = 1;
    for (let level = 1; level < size; level++) {
      tail = Math.max(0, tail - probabilities[level - 1] / total);
      change = Math.max(change, Math.abs(tail - tails[server * size + level]));
      tails[server * size + level] = tail;
    }
  }
  return change;
}

/** The arrival rate at a server with i jobs, at index i. */
function birthRates(
  { graph, arrivalRate, choices, replacement }: IndependentSystem,
  server: number,
  tails: Float64Array,
  sums: Float64Array,
  births: Float64Array,
): void {
  const size = births.length;
  births.fill(0);
  const typeRate = (arrivalRate * graph.servers) / graph.taskTypes;
  for (const type of neighboursOf(graph.typesOf, server)) {
    const degree = graph.serversOf.degrees[type];
    if (choices === 1 || degree === 1) {
      for (let level = 0; level < size; level++) births[level] += typeRate / degree;
      continue;
    }
    // Drawn twice, or drawn with another server whose queue is longer, or tied and drawn second half of the time.
    const weight = typeRate / (degree * (replacement ? degree : degree - 1));
    for (let level = 0; level + 1 < size; level++) {
      const own = tails[server * size + level] + tails[server * size + level + 1];
      births[level] += weight * ((replacement ? 1 : 0) + sums[type * size + level] - own);
    }
  }
}

function everyServer(servers: number, holds: (server: number) => boolean): boolean {
  for (let server = 0; server < servers; server++) if (!holds(server)) return false;
  return true;
}

function averageTail(tails: Float64Array, servers: number, size: number): number[] {
  const average = Array.from({ length: size }, (_, level) => {
    let sum = 0;
    for (let server = 0; server < servers; server++) sum += tails[server * size + level];
    return sum / servers;
  });
  return average.slice(0, 1 + average.findLastIndex((fraction) => fraction > 0));
}
