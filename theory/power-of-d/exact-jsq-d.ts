import { UserError } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { jsqDLaw, type RoutingLaw } from "../queues/routing-laws.js";
import { type LevelChain, stationaryDistribution } from "../queues/stationary-distribution.js";

/** Equal servers of rate 1 with infinite buffers, on a complete graph; jobs bring exponential work of mean 1. */
export interface JsqDModel {
  /** N >= 1. */
  readonly servers: number;
  /** 0 < lambda < 1, per server. */
  readonly arrivalRate: Rate;
  /** d >= 1; without replacement N or more is JSQ. */
  readonly choices: number;
  readonly replacement: boolean;
}

/** What is between two computed values. */
export interface Enclosure {
  readonly low: number;
  readonly high: number;
}

export interface JsqDLaw {
  /** Mean number of jobs per server. */
  readonly meanQueue: Enclosure;
  /** Fraction of servers with at least i jobs at index i. */
  readonly tail: readonly Enclosure[];
  /** States of each of the two chains; 1 where there is a closed form. */
  readonly states: number;
}

/** States of a chain above which solving would take minutes: 10^4 take about a second, 5 * 10^4 ten to twenty. */
export const MOST_STATES = 60_000;
/** Values of the shortest queue above which solving would take minutes: lambda^N above 0.99. */
const MOST_LEVELS = 2800;
/** The probability, about, that there are more jobs than are counted. */
const NEGLIGIBLE = 1e-12;
const LEAST_SPREAD = 3;

/**
 * The stationary law of JSQ(d), enclosed by two chains in which the longest and the shortest queue differ by no more than T jobs: where
 * one job more would break that, the one below puts things right by a better state (a job goes to the shortest queue instead; a job
 * leaves the longest), the one above by a worse (no departure; one more job to each of the shortest). Better and worse are in the order
 * of weak submajorisation, the sums of the k longest queues for every k, which JSQ(d) keeps. T grows until the enclosure of the mean is as narrow as asked for.
 *
 * @param precision half the width of the enclosure of the mean, relative to it
 * @param mostStates of a chain, above which it is not solved
 * @returns undefined if that takes more than mostStates states, or lambda^N is above 0.99
 * @throws UserError if an argument is out of range
 *
 * Source: sorted queues; bounds by threshold jockeying and blocking, Adan, van Houtum and van der Wal (1994) for JSQ; that JSQ(d) keeps the
 * order, Turner (1998). The number of jobs is cut off where no more than about 1e-12 of all states are; that is not enclosed.
 */
export function exactJsqD(model: JsqDModel, precision: number, mostStates = MOST_STATES): JsqDLaw | undefined {
  requireModel(model);
  if (model.servers === 1 || model.choices === 1) return independentServers(model.arrivalRate);
  const routing = jsqDLaw(model.choices, model.replacement);
  const levels = levelsNeeded(model);
  for (let spread = LEAST_SPREAD; ; spread = Math.ceil(1.25 * spread)) {
    const states = levels * shapeCount(model.servers, spread);
    if (levels > MOST_LEVELS || states > mostStates) return undefined;
    const below = boundingChain(model, routing, { spread, levels, better: true });
    const above = boundingChain(model, routing, { spread, levels, better: false });
    const meanQueue = { low: below[0], high: above[0] };
    const isEnough = meanQueue.high - meanQueue.low <= 2 * precision * meanQueue.high;
    if (isEnough) return { meanQueue, tail: tailsBetween(below, above), states };
  }
}

function requireModel({ servers, arrivalRate, choices }: JsqDModel): void {
  if (!(Number.isInteger(servers) && servers >= 1))
    throw new UserError(`number of servers ${servers}: must be an integer >= 1`);
  if (!(arrivalRate > 0 && arrivalRate < 1)) throw new UserError(`arrival rate ${arrivalRate}: must be > 0 and < 1`);
  if (!(Number.isInteger(choices) && choices >= 1))
    throw new UserError(`number of choices ${choices}: must be an integer >= 1`);
}

/** One choice, or one server: each is M/M/1. */
function independentServers(arrivalRate: Rate): JsqDLaw {
  const point = (value: number): Enclosure => ({ low: value, high: value });
  const length = Math.ceil(Math.log(NEGLIGIBLE) / Math.log(arrivalRate)) + 1;
  const tail = Array.from({ length: Math.min(length, MOST_STATES) }, (_, i) => point(arrivalRate ** i));
  return { meanQueue: point(arrivalRate / (1 - arrivalRate)), tail, states: 1 };
}

/** As many values of the shortest queue as make more negligible: the number of jobs has a tail of ratio lambda. */
function levelsNeeded({ servers, arrivalRate }: JsqDModel): number {
  return Math.ceil(Math.log(NEGLIGIBLE) / (servers * Math.log(arrivalRate))) + 2;
}

/** How many sorted vectors of N - 1 numbers from 0 to T there are. */
function shapeCount(servers: number, spread: number): number {
  let count = 1;
  for (let i = 1; i < servers; i++) count *= (spread + i) / i;
  return Math.round(count);
}

interface Cut {
  /** T. */
  readonly spread: number;
  /** Values that the shortest queue takes. */
  readonly levels: number;
  readonly better: boolean;
}

/** A queue changes: to another shape, of which the shortest queue is longer by `rise`, -1, 0 or 1. */
interface Move {
  readonly shape: number;
  readonly rise: number;
  readonly rate: Rate;
}

/** @returns at index a, the mean over servers of the jobs beyond the first a: E[(q - a)^+] */
function boundingChain(model: JsqDModel, routing: RoutingLaw, cut: Cut): number[] {
  const shapes: number[][] = [new Array<number>(model.servers).fill(0)];
  const indices = new Map<string, number>([[shapes[0].join(), 0]]);
  /** What leads out of each shape while all servers are busy; departures of the shortest queue, last, apart. */
  const moves: { always: Move[]; unlessIdle: Move[] }[] = [];
  const indexOf = (shape: number[]): number => {
    const key = shape.join();
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, shapes.length);
    return shapes.push(shape) - 1;
  };
  const total = model.arrivalRate * model.servers;
  for (let at = 0; at < shapes.length; at++) {
    const shape = shapes[at];
    const chances = routing(shape, []);
    const always: Move[] = [];
    const unlessIdle: Move[] = [];
    for (const [first, last] of groupsOf(shape)) {
      const count = last - first + 1;
      always.push(moveTo(arrival(shape, last, cut), total * count * chances[first], indexOf));
      const departs = moveTo(departure(shape, first, cut), count, indexOf);
      if (shape[first] > 0) always.push(departs);
      else unlessIdle.push(departs);
    }
    moves.push({ always, unlessIdle });
  }
  const probabilities = stationaryDistribution(chainOf(moves, cut.levels));
  return excesses(shapes, probabilities, cut.levels);
}

function moveTo(lengths: number[], rate: Rate, indexOf: (shape: number[]) => number): Move {
  const least = lengths[0];
  return { shape: indexOf(lengths.map((length) => length - least)), rise: least, rate };
}

/** First and last positions of equal queues, in ascending order. */
function groupsOf(shape: readonly number[]): [number, number][] {
  const groups: [number, number][] = [];
  for (let first = 0; first < shape.length; ) {
    const last = shape.lastIndexOf(shape[first]);
    groups.push([first, last]);
    first = last + 1;
  }
  return groups;
}

/** The lengths after a job joined the last of a group. */
function arrival(shape: readonly number[], last: number, { spread, better }: Cut): number[] {
  const shortest = shape.lastIndexOf(0);
  const next = shape.slice();
  if (shape[last] < spread) next[last]++;
  else if (better) next[shortest]++;
  else {
    next[last]++;
    for (let server = 0; server <= shortest; server++) next[server]++;
  }
  return next;
}

/** The lengths after a job left the first of a group. */
function departure(shape: readonly number[], first: number, { spread, better }: Cut): number[] {
  const longest = shape[shape.length - 1];
  const next = shape.slice();
  if (shape[first] > 0 || longest < spread) next[first]--;
  else if (better) next[shape.indexOf(longest)]--;
  return next;
}

/** State l * shapes + s: the shortest queue has l jobs, the shape is s. A shortest queue beyond the last level is not reached. */
function chainOf(moves: readonly { always: Move[]; unlessIdle: Move[] }[], levelCount: number): LevelChain {
  const shapes = moves.length;
  const states = shapes * levelCount;
  const levels = Int32Array.from({ length: states }, (_, state) => Math.floor(state / shapes));
  const starts = new Int32Array(states + 1);
  const exitRates = new Float64Array(states);
  const each = (see: (source: number, target: number, rate: Rate) => void): void => {
    for (let source = 0; source < states; source++) {
      const { always, unlessIdle } = moves[source % shapes];
      for (const { shape, rise, rate } of levels[source] > 0 ? [...always, ...unlessIdle] : always) {
        const level = levels[source] + rise;
        const target = level * shapes + shape;
        if (rate > 0 && level < levelCount && target !== source) see(source, target, rate);
      }
    }
  };
  each((source, target, rate) => {
    starts[target + 1]++;
    exitRates[source] += rate;
  });
  for (let state = 0; state < states; state++) starts[state + 1] += starts[state];
  const next = starts.slice();
  const sources = new Int32Array(starts[states]);
  const rates = new Float64Array(starts[states]);
  each((source, target, rate) => {
    sources[next[target]] = source;
    rates[next[target]++] = rate;
  });
  return { levels, starts, sources, rates, exitRates };
}

function excesses(shapes: readonly number[][], probabilities: Float64Array, levels: number): number[] {
  const spread = shapes.reduce((most, shape) => Math.max(most, shape[shape.length - 1]), 0);
  const law = new Float64Array(levels + spread);
  for (let state = 0; state < probabilities.length; state++) {
    const level = Math.floor(state / shapes.length);
    for (const length of shapes[state % shapes.length]) law[level + length] += probabilities[state] / shapes[0].length;
  }
  const beyond = new Array<number>(law.length + 1).fill(0);
  let tail = 0;
  for (let length = law.length - 1; length > 0; length--) {
    tail += law[length];
    beyond[length - 1] = beyond[length] + tail;
  }
  return beyond;
}

/** The order is that of all E[(q - a)^+]; a tail is the difference of two. */
function tailsBetween(below: readonly number[], above: readonly number[]): Enclosure[] {
  return below.slice(1).map((_, i) => {
    if (i === 0) return { low: 1, high: 1 };
    return { low: Math.max(0, below[i - 1] - above[i]), high: Math.min(1, above[i - 1] - below[i]) };
  });
}
