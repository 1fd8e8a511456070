import {
  kolmogorovToExponential,
  stepQuantile,
  wassersteinToExponential,
} from "../model/statistics/exponential-distance.js";
import type { ModelTime, Rate } from "../model/units.js";
import { exact, type Prediction } from "../theory/prediction.js";
import { ExactFleet, stateCount } from "../theory/queues/exact-fleet.js";
import type { RoutingLaw } from "../theory/queues/routing-laws.js";
import { DELAYS, effectOfDelay } from "./delay-effect.js";
import { type QueueQuantity, queueTail, type TotalQueueQuantity } from "./queue-quantities.js";
import type { StateQuantity } from "./queue-samples.js";
import type { RunConditions } from "./scenario.js";

/** What the exact stationary distribution depends on. */
export interface ExactSystem<State extends string> {
  readonly totalArrivalRate: Rate;
  readonly serviceRates: readonly Rate[];
  /** Infinity for no limit. */
  readonly buffer: number;
  readonly routing: RoutingLaw;
  /** Whether jobs only join a shortest queue, so that all queues grow together. */
  readonly joinsShortest: boolean;
  readonly states: readonly StateQuantity<State>[];
  readonly tails: readonly number[];
  readonly law?: { readonly scale: number; readonly mean: number } | undefined;
}

/** A value with a bound on its error. */
export interface ExactValue {
  readonly value: number;
  readonly error: number;
}

/** Exact values by quantity name. */
export type ExactValues<State extends string> = ReadonlyMap<QueueQuantity | State, ExactValue>;

/** Most states for which the chain is solved, so that predictions take seconds at most. */
const MOST_STATES = 20_000;
/** The same under policies that let queues grow apart: the chain settles slowly near full load. */
const MOST_STATES_APART = 5000;
/** Blocking probability below which a finite buffer is indistinguishable from an infinite one in any run. */
const NEGLIGIBLE_BLOCKING = 1e-9;
/** Smallest buffer that can approximate an infinite one. */
const LEAST_BUFFER = 3;
/** Largest tail probability beyond the buffer when finite buffers approximate infinite ones. */
const GREATEST_TAIL = 0.5;
/** Relative accuracy of the solution. */
const ROUNDING = 1e-7;
/** Largest relative truncation error of a value that is still shown. */
const GREATEST_TRUNCATION = 0.02;

/**
 * The exact values of every quantity of a small fleet, with a bound on the effect of message delay in a real run: the
 * difference between the system without delay and one in which a server counts as busy for the delay after it becomes idle.
 * Servers see less of the delay than the dispatcher does, so the truth lies between the two.
 */
export class ExactPredictions<State extends string> {
  private readonly solved = new Map<ModelTime, ExactValues<State> | undefined>();

  constructor(private readonly system: ExactSystem<State>) {}

  /** The values by quantity name; undefined if there are too many states, or the delay alone makes the system unstable. */
  values({ messageDelay }: RunConditions): ExactValues<State> | undefined {
    const base = this.at(0);
    if (base === undefined || messageDelay === 0) return base;
    const [atNear, atFar] = DELAYS.map((delay) => this.at(delay));
    if (atNear === undefined || atFar === undefined) return undefined;
    const values = new Map<QueueQuantity | State, ExactValue>();
    for (const [name, { value, error }] of base) {
      const nearEffect = Math.abs((atNear.get(name)?.value ?? Number.NaN) - value);
      const farEffect = Math.abs((atFar.get(name)?.value ?? Number.NaN) - value);
      const effect = effectOfDelay(messageDelay, [nearEffect, farEffect]);
      if (Number.isFinite(effect)) values.set(name, { value, error: error + effect });
    }
    return values;
  }

  private at(messageDelay: ModelTime): ExactValues<State> | undefined {
    if (!this.solved.has(messageDelay))
      this.solved.set(messageDelay, toOneJob(solve(this.system, messageDelay), this.system.law?.scale));
    return this.solved.get(messageDelay);
  }
}

/** Exact values as predictions, by quantity name. */
export function exactPredictions<State extends string>(
  values: ExactValues<State> | undefined,
): [QueueQuantity | State, Prediction][] {
  const source =
    "stationary distribution of the Markov chain, solved numerically; error bound includes the measured message delay";
  return [...(values ?? [])].map(([name, { value, error }]) => [name, exact(value, source, { modelError: error })]);
}

function solve<State extends string>(
  system: ExactSystem<State>,
  messageDelay: ModelTime,
): ExactValues<State> | undefined {
  const { serviceRates, buffer, totalArrivalRate } = system;
  if (buffer !== Number.POSITIVE_INFINITY) {
    if (stateCount(serviceRates, buffer) > MOST_STATES) return undefined;
    return withRounding(valuesOf(system, buffer, messageDelay).values);
  }
  const load = totalArrivalRate / serviceRates.reduce((sum, rate) => sum + rate, 0);
  return load < 1 ? untruncated(system, load, messageDelay) : undefined;
}

/** The quantiles of the total queue. */
const QUANTILES: readonly string[] = ["scaled_queue_p50", "scaled_queue_p95"] satisfies TotalQueueQuantity[];

/** Quantiles of job counts have an error of one job: where the distribution function jumps across a level, a run may see either side. */
function toOneJob<State extends string>(
  values: ExactValues<State> | undefined,
  scale = 0,
): ExactValues<State> | undefined {
  if (values === undefined) return undefined;
  return new Map(
    [...values].map(([name, { value, error }]) => [
      name,
      { value, error: QUANTILES.includes(name) ? error + scale : error },
    ]),
  );
}

/** Adds the error of the numerical solution. */
function withRounding<State extends string>(values: ReadonlyMap<QueueQuantity | State, number>): ExactValues<State> {
  return new Map([...values].map(([name, value]) => [name, { value, error: ROUNDING * Math.abs(value) }]));
}

/** Infinite buffers, approximated by the largest finite ones that are needed or can be solved. */
function untruncated<State extends string>(
  system: ExactSystem<State>,
  load: number,
  messageDelay: ModelTime,
): ExactValues<State> | undefined {
  const { serviceRates, joinsShortest, totalArrivalRate } = system;
  const servers = serviceRates.length;
  // Bound on the decay rate of the queue length distribution. If all queues grow together, the total has the tail of a single
  // queue, and one more level means one more job at each server. If not, the longest get no more than their share of the jobs.
  const ratio = joinsShortest ? load ** servers : totalArrivalRate / servers / slowestOf(serviceRates);
  if (ratio >= 1) return undefined;
  const wanted = Math.ceil(2 + Math.log(NEGLIGIBLE_BLOCKING) / Math.log(ratio));
  const mostStates = joinsShortest ? MOST_STATES : MOST_STATES_APART;
  const buffer = largestBuffer(serviceRates, Math.max(LEAST_BUFFER, wanted), mostStates);
  // If even the largest solvable buffer cuts off most of the distribution, no value would be precise enough to show.
  if (buffer === undefined || ratio ** buffer > GREATEST_TAIL) return undefined;
  const larger = valuesOf(system, buffer, messageDelay);
  if (larger.blocked <= NEGLIGIBLE_BLOCKING) return withRounding(larger.values);
  // The truncation error decays at the same rate.
  const smaller = valuesOf(system, buffer - 1, messageDelay);
  const values = new Map<QueueQuantity | State, ExactValue>();
  for (const [name, value] of larger.values) {
    const error = (Math.abs(value - (smaller.values.get(name) ?? Number.NaN)) * ratio) / (1 - ratio);
    if (error <= GREATEST_TRUNCATION * Math.abs(value)) values.set(name, { value, error });
  }
  return values;
}

function slowestOf(rates: readonly Rate[]): Rate {
  return rates.reduce((least, rate) => Math.min(least, rate));
}

/** The largest buffer up to `wanted` with which the fleet can be solved; undefined if there is none. */
function largestBuffer(serviceRates: readonly Rate[], wanted: number, mostStates: number): number | undefined {
  const fits = (buffer: number): boolean => stateCount(serviceRates, buffer) <= mostStates;
  if (fits(wanted)) return wanted;
  if (!fits(LEAST_BUFFER)) return undefined;
  let [fitting, tooLarge] = [LEAST_BUFFER, wanted];
  while (tooLarge - fitting > 1) {
    const middle = Math.floor((fitting + tooLarge) / 2);
    if (fits(middle)) fitting = middle;
    else tooLarge = middle;
  }
  return fitting;
}

function valuesOf<State extends string>(
  system: ExactSystem<State>,
  buffer: number,
  messageDelay: ModelTime,
): { values: Map<QueueQuantity | State, number>; blocked: number } {
  const { totalArrivalRate, serviceRates, states, tails, law } = system;
  const servers = serviceRates.length;
  const fleet = new ExactFleet({ ...system, buffer, messageDelay });
  const { waitingProbability, blockedFraction, meanWaitingTime } = fleet.arrivals;
  const total = (jobs: ArrayLike<number>): number => sumOf(jobs, (length) => length);
  const meanJobs = fleet.mean(total);
  const idle = fleet.mean((jobs) => sumOf(jobs, (length) => (length === 0 ? 1 : 0)));
  const infinite = system.buffer === Number.POSITIVE_INFINITY;
  const values = new Map<QueueQuantity | State, number>([
    ["waiting_probability", waitingProbability],
    ["blocked_fraction", infinite ? 0 : blockedFraction],
    ["mean_waiting_time", meanWaitingTime],
    ["mean_sojourn_time", meanJobs / (totalArrivalRate * (1 - blockedFraction))],
    ["mean_queue_length", meanJobs / servers],
    ["busy_fraction", 1 - idle / servers],
    ["idle_servers", idle],
    ...tails.map((level): [QueueQuantity, number] => [
      queueTail(level),
      fleet.mean((jobs) => sumOf(jobs, (length) => (length >= level ? 1 : 0))) / servers,
    ]),
    ...states.map(({ name, of }): [State, number] => [name, fleet.mean(of)]),
    ...(law === undefined ? [] : totalQueueValues(fleet.totalQueueLaw(), meanJobs, law)),
  ]);
  return { values, blocked: blockedFraction };
}

/** Of the law of the total queue: what is measured of it, scaled. */
export function totalQueueValues(
  probabilities: Float64Array,
  meanJobs: number,
  { scale, mean }: { readonly scale: number; readonly mean: number },
): [TotalQueueQuantity, number][] {
  let sum = 0;
  const law = {
    values: probabilities.map((_, jobs) => scale * jobs),
    cumulative: probabilities.map((probability) => (sum += probability)),
  };
  return [
    ["scaled_total_queue", scale * meanJobs],
    ["scaled_queue_p50", stepQuantile(law, 0.5)],
    ["scaled_queue_p95", stepQuantile(law, 0.95)],
    ["wasserstein_distance", wassersteinToExponential(law, mean)],
    ["kolmogorov_distance", kolmogorovToExponential(law, mean)],
  ];
}

function sumOf(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]);
  return sum;
}
