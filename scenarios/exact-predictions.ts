import {
  kolmogorovToExponential,
  stepQuantile,
  wassersteinToExponential,
} from "../model/statistics/exponential-distance.js";
import type { ModelTime, Rate } from "../model/units.js";
import { ExactFleet, stateCount } from "../theory/exact-fleet.js";
import type { Prediction } from "../theory/prediction.js";
import type { RoutingLaw } from "../theory/routing-laws.js";
import type { StateQuantity } from "./queue-looks.js";
import type { RunConditions } from "./scenario.js";

/** What the exact stationary state depends on. */
export interface ExactSystem {
  readonly totalArrivalRate: Rate;
  readonly serviceRates: readonly Rate[];
  /** Infinity for no limit. */
  readonly buffer: number;
  readonly routing: RoutingLaw;
  /** Whether a queue only gets longer when all others are at least as long, so that all grow together. */
  readonly joinsShortest: boolean;
  readonly states: readonly StateQuantity[];
  readonly tails: readonly number[];
  readonly law?: { readonly scale: number; readonly mean: number } | undefined;
}

/** A value with how far it may be off. */
export interface ExactValue {
  readonly value: number;
  readonly error: number;
}

/** States above which predictions would keep one waiting for more than seconds. */
const MOST_STATES = 20_000;
/** Blocking below which a finite buffer is as good as an infinite one: to all digits that a run can resolve. */
const NEGLIGIBLE_BLOCKING = 1e-9;
/** A part of a value to which it is solved. */
const ROUNDING = 1e-7;
/** A value that a finite buffer in the place of an infinite one puts in doubt by a greater part than this is not shown. */
const GREATEST_TRUNCATION = 0.02;
/** Message delays at which the effect of them is worked out; 0.1 is the greatest with which a run is not void. */
const DELAYS: readonly ModelTime[] = [0.02, 0.1];

/**
 * The exact values of every quantity of a small fleet, and how far the message delay of a real run may move them: as far as
 * from the system without any to one in which a server that becomes idle is taken for busy that much longer. The servers
 * themselves see less of it than the dispatcher, so the truth lies between the two. Between the delays that are worked out
 * the effect is interpolated, which overrates it, since it grows faster than the delay.
 */
export class ExactPredictions {
  private readonly solved = new Map<ModelTime, ReadonlyMap<string, ExactValue> | undefined>();

  constructor(private readonly system: ExactSystem) {}

  /** The values by the names of quantities; undefined if there are too many states, or the delay alone overloads the system. */
  values({ messageDelay, heldUpFraction }: RunConditions): ReadonlyMap<string, ExactValue> | undefined {
    const base = this.at(0);
    if (base === undefined || messageDelay === 0) return base;
    const [near, far] = DELAYS;
    const [atNear, atFar] = [this.at(near), this.at(far)];
    if (atNear === undefined || atFar === undefined) return undefined;
    const values = new Map<string, ExactValue>();
    for (const [name, { value, error }] of base) {
      const nearEffect = Math.abs((atNear.get(name)?.value ?? Number.NaN) - value);
      const farEffect = Math.abs((atFar.get(name)?.value ?? Number.NaN) - value);
      const effect =
        messageDelay <= near
          ? (nearEffect * messageDelay) / near
          : nearEffect + ((farEffect - nearEffect) * (messageDelay - near)) / (far - near);
      if (Number.isFinite(effect))
        values.set(name, { value, error: error + effect + heldUpFraction * Math.abs(value) });
    }
    return values;
  }

  private at(messageDelay: ModelTime): ReadonlyMap<string, ExactValue> | undefined {
    if (!this.solved.has(messageDelay))
      this.solved.set(messageDelay, toOneJob(solve(this.system, messageDelay), this.system.law?.scale));
    return this.solved.get(messageDelay);
  }
}

/** Exact values as predictions. */
export function exactPredictions(exact: ReadonlyMap<string, ExactValue> | undefined): Map<string, Prediction[]> {
  return new Map(
    [...(exact ?? [])].map(([name, { value, error }]) => [
      name,
      [
        {
          kind: "exact",
          status: "applies",
          value,
          modelError: error,
          source: "stationary state of the Markov chain, solved; with the message delay that was measured",
        },
      ],
    ]),
  );
}

function solve(system: ExactSystem, messageDelay: ModelTime): ReadonlyMap<string, ExactValue> | undefined {
  const { serviceRates, buffer, totalArrivalRate } = system;
  if (buffer !== Number.POSITIVE_INFINITY) {
    if (stateCount(serviceRates, buffer) > MOST_STATES) return undefined;
    return withRounding(valuesOf(system, buffer, messageDelay).values);
  }
  const load = totalArrivalRate / serviceRates.reduce((sum, rate) => sum + rate, 0);
  return load < 1 ? untruncated(system, load, messageDelay) : undefined;
}

/** Quantiles of whole jobs may be off by one: where a jump falls on the quantile, chance decides which side of it is seen. */
function toOneJob(
  values: ReadonlyMap<string, ExactValue> | undefined,
  scale = 0,
): ReadonlyMap<string, ExactValue> | undefined {
  if (values === undefined) return undefined;
  return new Map(
    [...values].map(([name, { value, error }]) => [
      name,
      { value, error: name.startsWith("scaled_queue_p") ? error + scale : error },
    ]),
  );
}

/** Solved to so many digits. */
function withRounding(values: ReadonlyMap<string, number>): ReadonlyMap<string, ExactValue> {
  return new Map([...values].map(([name, value]) => [name, { value, error: ROUNDING * Math.abs(value) }]));
}

/** With infinite buffers: by the largest finite ones that there is need for, or that can be solved, and smaller ones. */
function untruncated(
  system: ExactSystem,
  load: number,
  messageDelay: ModelTime,
): ReadonlyMap<string, ExactValue> | undefined {
  const { serviceRates, joinsShortest } = system;
  // By how much it is less likely, at least, that a long queue is longer by one: where all grow together, the total has the
  // tail of a single queue, and grows by a job for each server.
  const ratio = joinsShortest ? load ** serviceRates.length : load;
  const wanted = Math.ceil(2 + Math.log(NEGLIGIBLE_BLOCKING) / Math.log(ratio));
  let buffer = Math.max(4, wanted);
  while (buffer > 3 && stateCount(serviceRates, buffer) > MOST_STATES) buffer--;
  if (stateCount(serviceRates, buffer) > MOST_STATES) return undefined;
  const larger = valuesOf(system, buffer, messageDelay);
  if (larger.blocked <= NEGLIGIBLE_BLOCKING) return withRounding(larger.values);
  // What is still missing falls likewise.
  const smaller = valuesOf(system, buffer - 1, messageDelay);
  const values = new Map<string, ExactValue>();
  for (const [name, value] of larger.values) {
    const error = (Math.abs(value - (smaller.values.get(name) ?? Number.NaN)) * ratio) / (1 - ratio);
    if (error <= GREATEST_TRUNCATION * Math.abs(value)) values.set(name, { value, error });
  }
  return values;
}

function valuesOf(
  system: ExactSystem,
  buffer: number,
  messageDelay: ModelTime,
): { values: Map<string, number>; blocked: number } {
  const { totalArrivalRate, serviceRates, states, tails, law } = system;
  const servers = serviceRates.length;
  const fleet = new ExactFleet({ ...system, buffer, messageDelay });
  const { waitingProbability, blockedFraction, meanWaitingTime } = fleet.arrivals;
  const total = (jobs: ArrayLike<number>): number => sumOf(jobs, (length) => length);
  const meanJobs = fleet.mean(total);
  const idle = fleet.mean((jobs) => sumOf(jobs, (length) => (length === 0 ? 1 : 0)));
  const infinite = system.buffer === Number.POSITIVE_INFINITY;
  const values = new Map<string, number>([
    ["waiting_probability", waitingProbability],
    ["blocked_fraction", infinite ? 0 : blockedFraction],
    ["mean_waiting_time", meanWaitingTime],
    ["mean_sojourn_time", meanJobs / (totalArrivalRate * (1 - blockedFraction))],
    ["mean_queue_length", meanJobs / servers],
    ["busy_fraction", 1 - idle / servers],
    ["idle_servers", idle],
    ...tails.map((level): [string, number] => [
      `queue_tail_${level}`,
      fleet.mean((jobs) => sumOf(jobs, (length) => (length >= level ? 1 : 0))) / servers,
    ]),
    ...states.map(({ name, of }): [string, number] => [name, fleet.mean(of)]),
  ]);
  if (law !== undefined) addLaw(values, fleet.totalQueueLaw(), meanJobs, law);
  return { values, blocked: blockedFraction };
}

function addLaw(
  values: Map<string, number>,
  probabilities: Float64Array,
  meanJobs: number,
  { scale, mean }: { readonly scale: number; readonly mean: number },
): void {
  let sum = 0;
  const law = {
    values: probabilities.map((_, jobs) => scale * jobs),
    cumulative: probabilities.map((probability) => (sum += probability)),
  };
  values.set("scaled_total_queue", scale * meanJobs);
  values.set("scaled_queue_p50", stepQuantile(law, 0.5));
  values.set("scaled_queue_p95", stepQuantile(law, 0.95));
  values.set("wasserstein_distance", wassersteinToExponential(law, mean));
  values.set("kolmogorov_distance", kolmogorovToExponential(law, mean));
}

function sumOf(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]);
  return sum;
}
