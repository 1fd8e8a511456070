import { assert } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { solveTridiagonal } from "../numerics/tridiagonal.js";
import { chainOf, type Transition } from "../queues/exact-fleet.js";
import { stationaryDistribution } from "../queues/stationary-distribution.js";

/** Stationary quantities of equal servers that have room for more than one job. */
export interface QueuedLaw {
  /** E[L^k] at index k, for k = 0 .. 6. L is the idle period before a service: 0 if the job comes from the server's queue. */
  readonly idleMoments: readonly number[];
  readonly blockedFraction: number;
  /** Per server, in service included. */
  readonly meanJobs: number;
  /** The fraction of services that start from the queue. */
  readonly queuedFraction: number;
}

const MOMENTS = 6;
/** Most of the latest laws that are kept: root finding comes back to the same rates. */
const MOST_KEPT = 200;

/** Servers with 1, 2, ... jobs, at index 0, 1, ... */
type Counts = readonly number[];

/**
 * n servers of equal fixed rates and finite buffers b under JIQ: a job goes to a uniformly random idle server; if there is none, to a
 * uniformly random one, where it is blocked if that is full. Solved exactly on the numbers of servers with 1 to b jobs: C(n + b, b) states.
 *
 * Source: the stationary distribution; a job that starts from the queue ends an idle period of length 0 (Rutten, Zubeldia and Mukherjee 2023,
 * Remark 2.4); and the idle period of a tagged server, of phase type on the numbers of the other n - 1 servers
 * with 1 to b jobs (Neuts 1981, section 2.2). While the tagged server is idle nobody's queue grows, so that its moments follow from one
 * tridiagonal system for each set of queues, shorter ones first.
 */
export class QueuedServers {
  private readonly states: readonly Counts[];
  private readonly arrivals: readonly Transition[];
  private readonly departures: readonly Transition[];
  private readonly levels: Int32Array;
  private readonly queues: QueueSets;
  private readonly kept = new Map<string, QueuedLaw>();

  /**
   * @param servers n >= 1
   * @param buffer b >= 1, finite
   */
  constructor(
    private readonly servers: number,
    private readonly buffer: number,
  ) {
    const index = new StateIndex(servers, buffer);
    this.states = index.states;
    this.levels = Int32Array.from(index.states, (counts) => counts.reduce((sum, count, k) => sum + (k + 1) * count, 0));
    this.arrivals = index.states.flatMap((counts, source) => arrivalsFrom(counts, servers).map(to(index, source)));
    this.departures = index.states.flatMap((counts, source) => departuresFrom(counts).map(to(index, source)));
    this.queues = new QueueSets(new StateIndex(servers - 1, buffer));
  }

  /** How many states there are. */
  static stateCount(servers: number, buffer: number): number {
    let states = 1;
    for (let i = 1; i <= buffer; i++) states *= (servers + i) / i;
    return Math.round(states);
  }

  /** At these rates, per server. */
  at(arrivalRate: Rate, serviceRate: Rate): QueuedLaw {
    const key = `${arrivalRate} ${serviceRate}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const law = this.solve(arrivalRate, serviceRate);
    this.kept.set(key, law);
    return law;
  }

  private solve(arrivalRate: Rate, serviceRate: Rate): QueuedLaw {
    const { servers, buffer, states } = this;
    const total = arrivalRate * servers;
    const scaled = (transitions: readonly Transition[], by: Rate) =>
      transitions.map(({ source, target, rate }) => ({ source, target, rate: rate * by }));
    const transitions = [...scaled(this.arrivals, total), ...scaled(this.departures, serviceRate)];
    const probabilities = stationaryDistribution(chainOf(transitions, this.levels));
    const mean = (of: (counts: Counts) => number): number =>
      states.reduce((sum, counts, state) => sum + probabilities[state] * of(counts), 0);
    const meanBusy = mean(busy);
    const idleMoments = new Array<number>(MOMENTS + 1).fill(0);
    const moments = this.queues.moments(total, serviceRate, MOMENTS);
    for (const [state, counts] of states.entries()) {
      if (counts[0] === 0) continue;
      const weight = (probabilities[state] * counts[0]) / meanBusy;
      const others = this.queues.index.of([counts[0] - 1, ...counts.slice(1)]);
      for (let k = 1; k <= MOMENTS; k++) idleMoments[k] += weight * moments[k][others];
    }
    idleMoments[0] = 1;
    return {
      idleMoments,
      blockedFraction: mean((counts) => (busy(counts) === servers ? counts[buffer - 1] / servers : 0)),
      meanJobs: mean((counts) => counts.reduce((sum, count, k) => sum + (k + 1) * count, 0)) / servers,
      queuedFraction: 1 - mean((counts) => counts[0]) / meanBusy,
    };
  }
}

/** All ways to have at most so many servers with 1 to b jobs, numbered. */
class StateIndex {
  readonly states: Counts[] = [];
  private readonly indices = new Map<string, number>();

  constructor(
    readonly servers: number,
    readonly buffer: number,
  ) {
    this.extend([], servers);
  }

  of(counts: Counts): number {
    const index = this.indices.get(counts.join(","));
    assert(index !== undefined, "every reachable state is numbered");
    return index;
  }

  private extend(counts: readonly number[], left: number): void {
    if (counts.length === this.buffer) {
      this.indices.set(counts.join(","), this.states.length);
      this.states.push(counts);
      return;
    }
    for (let count = 0; count <= left; count++) this.extend([...counts, count], left - count);
  }
}

interface Successor {
  readonly counts: Counts;
  /** In units of the total arrival rate, or of the service rate. */
  readonly rate: number;
}

function to(index: StateIndex, source: number): (successor: Successor) => Transition {
  return ({ counts, rate }) => ({ source, target: index.of(counts), rate });
}

function arrivalsFrom(counts: Counts, servers: number): Successor[] {
  if (busy(counts) < servers) return [{ counts: shifted(counts, 0, 1), rate: 1 }];
  return [...counts.slice(0, -1).keys()]
    .filter((k) => counts[k] > 0)
    .map((k) => ({ counts: shifted(counts, k + 1, 1), rate: counts[k] / servers }));
}

function departuresFrom(counts: Counts): Successor[] {
  return [...counts.keys()]
    .filter((k) => counts[k] > 0)
    .map((k) => ({ counts: shifted(counts, k + 1, -1), rate: counts[k] }));
}

/** One server with so many jobs has one more, or one fewer. */
function shifted(counts: Counts, jobs: number, by: 1 | -1): Counts {
  const next = counts.slice();
  if (jobs > 0) next[jobs - 1]--;
  if (jobs + by > 0) next[jobs + by - 1]++;
  return next;
}

function busy(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** States that differ in the number of servers with one job only: 0, 1, ... of them. */
interface QueueSet {
  readonly states: readonly number[];
  /** Servers with more than one job. */
  readonly queues: number;
  /** By state: those in which one queue is shorter by a job, and how many servers have that queue. */
  readonly shorter: readonly (readonly { readonly state: number; readonly servers: number }[])[];
}

/** The other servers while the tagged one is idle, by what is queued, shorter queues first. */
class QueueSets {
  private readonly sets: readonly QueueSet[];

  constructor(readonly index: StateIndex) {
    const { servers, buffer } = index;
    const queued = (counts: Counts): number => counts.reduce((sum, count, k) => sum + (k + 1) * count, 0);
    const sets = buffer > 1 ? new StateIndex(servers, buffer - 1).states : [[]];
    this.sets = sets.toSorted((a, b) => queued(a) - queued(b)).map((longer) => this.setOf(longer));
  }

  /** E[L^k] of the idle period that begins at each state, at index k. */
  moments(totalArrivalRate: Rate, serviceRate: Rate, count: number): Float64Array[] {
    const states = this.index.states.length;
    const moments = [
      new Float64Array(states).fill(1),
      ...Array.from({ length: count }, () => new Float64Array(states)),
    ];
    for (const set of this.sets) solveSet(set, { totalArrivalRate, serviceRate }, moments);
    return moments;
  }

  /** @param longer servers with 2, 3, ... jobs */
  private setOf(longer: Counts): QueueSet {
    const queues = busy(longer);
    const all = Array.from({ length: this.index.servers - queues + 1 }, (_, ones) => [ones, ...longer]);
    const shorter = all.map((counts) =>
      [...longer.keys()]
        .filter((k) => longer[k] > 0)
        .map((k) => ({ state: this.index.of(shifted(counts, k + 2, -1)), servers: longer[k] })),
    );
    return { states: all.map((counts) => this.index.of(counts)), queues, shorter };
  }
}

/** All moments at all states with these queues, given those with shorter ones. */
function solveSet(
  { states, queues, shorter }: QueueSet,
  { totalArrivalRate, serviceRate }: { readonly totalArrivalRate: Rate; readonly serviceRate: Rate },
  moments: readonly Float64Array[],
): void {
  const size = states.length;
  const below = Float64Array.from(states, (_, ones) => -serviceRate * ones);
  const diagonal = Float64Array.from(states, (_, ones) => totalArrivalRate + serviceRate * (ones + queues));
  const above = Float64Array.from(states, (_, ones) => (-totalArrivalRate * (size - 1 - ones)) / (size - ones));
  for (let k = 1; k < moments.length; k++) {
    const right = Float64Array.from(states, (state, ones) =>
      shorter[ones].reduce(
        (sum, { state: next, servers }) => sum + serviceRate * servers * moments[k][next],
        k * moments[k - 1][state],
      ),
    );
    solveTridiagonal({ below, diagonal, above }, right).forEach((value, ones) => {
      moments[k][states[ones]] = value;
    });
  }
}
