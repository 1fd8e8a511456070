import { rateClasses } from "../model/service-rates.js";
import type { ModelTime, Rate } from "../model/units.js";
import { MOST_CHOICES } from "../theory/power-of-d/drawn-fleet.js";
import { type Enclosure, exactJsqD } from "../theory/power-of-d/exact-jsq-d.js";
import { heterogeneousMeanField, type Refined } from "../theory/power-of-d/heterogeneous-mean-field.js";
import { refinedLateBinding } from "../theory/power-of-d/refined-late-binding.js";
import { type Prediction, type PredictionKind, predicted } from "../theory/prediction.js";
import { byLength, type Preference } from "../theory/queues/preferences.js";
import { type QueueQuantity, queueTail } from "./queue-quantities.js";
import { bestOfDrawn, joinsShortest } from "./routing.js";

/** Servers of fixed rates with infinite buffers. */
export interface InfiniteBuffers {
  /** Per server. */
  readonly arrivalRate: Rate;
  /** Of each server. */
  readonly rates: readonly Rate[];
  /** Its name, with its options. */
  readonly policy: string;
}

/** A value, and how far it may be off. */
interface Value {
  readonly value: number;
  readonly error: number;
}

/** The queues in the stationary state, without message delays. */
interface Queues {
  readonly kind: PredictionKind;
  readonly source: string;
  /** Jobs per server. */
  readonly mean: Value;
  /** Fraction of servers that are busy. */
  readonly busy: Value;
  /** Fraction of servers with at least so many jobs, from 2; undefined where nothing is known of it. */
  tail(level: number): Value | undefined;
  /** Whether jobs are routed by queue lengths, of which messages tell late. */
  readonly areSeen: boolean;
}

/** More states than this, and the enclosing chains take more than a second. */
const MOST_STATES = 4000;
/** Nearer to full load the sums of late binding have too many terms. */
const MOST_LOAD = 1 - 1e-5;
/** Half the width of the enclosure of the mean, relative to it. */
const PRECISION = 2e-3;

/**
 * What theory says of queues in infinite buffers: exactly under random routing and of few equal servers, refined where jobs join the best of
 * d. Solved once.
 */
export class InfiniteBufferTheory {
  private solved: { readonly queues: Queues | undefined } | undefined;

  constructor(private readonly system: InfiniteBuffers) {}

  /**
   * The predictions, waiting and sojourn times by Little's law. While a message takes its time, a job counts as being at its server: that
   * is added to the errors.
   *
   * @param tails levels whose tails are predicted
   */
  claims(messageDelay: ModelTime, tails: readonly number[]): [QueueQuantity, Prediction][] {
    const { arrivalRate, rates } = this.system;
    this.solved ??= { queues: queuesOf(this.system) };
    const { queues } = this.solved;
    if (queues === undefined) return [];
    const { kind, source, mean, busy } = queues;
    const delay = queues.areSeen ? messageDelay : 0;
    const inFlight = arrivalRate * delay;
    const claim = ({ value, error }: Value, added: number): Prediction =>
      predicted(kind, { value }, source, { modelError: error + added });
    const scaled = ({ value, error }: Value, factor: number): Value => ({
      value: value * factor,
      error: error * Math.abs(factor),
    });
    const waiting = { value: mean.value - busy.value, error: mean.error + busy.error };
    const idle = { value: 1 - busy.value, error: busy.error };
    return [
      ["mean_queue_length", claim(mean, inFlight)],
      ["mean_sojourn_time", claim(scaled(mean, 1 / arrivalRate), delay)],
      ["mean_waiting_time", claim(scaled(waiting, 1 / arrivalRate), delay)],
      ["busy_fraction", claim(busy, inFlight)],
      ["idle_servers", claim(scaled(idle, rates.length), inFlight * rates.length)],
      ...tails.flatMap((level): [QueueQuantity, Prediction][] => {
        const tail = level === 1 ? busy : queues.tail(level);
        return tail === undefined ? [] : [[queueTail(level), claim(tail, inFlight)]];
      }),
    ];
  }
}

/** Undefined where none of our theories covers the policy and the servers. */
function queuesOf(system: InfiniteBuffers): Queues | undefined {
  const { rates, policy } = system;
  if (policy === "random") return independentQueues(system, () => system.arrivalRate);
  if (policy === "weighted-random") {
    const load = system.arrivalRate / average(rates, (rate) => rate);
    return independentQueues(system, (rate) => load * rate);
  }
  const isJsq = joinsShortest({ policy });
  const drawn = isJsq ? { d: rates.length, replacement: false, best: byLength } : bestOfDrawn(policy);
  if (drawn === undefined) return undefined;
  const { best, ...draws } = drawn;
  const isEqual = rates.every((rate) => rate === rates[0]);
  if (best === "work") return isEqual ? lateBinding(system, draws) : undefined;
  return (isEqual ? enclosed(system, draws) : undefined) ?? (isJsq ? undefined : meanField(system, draws, best));
}

function average(rates: readonly Rate[], of: (rate: Rate) => number): number {
  return rates.reduce((sum, rate) => sum + of(rate), 0) / rates.length;
}

/** @param arrivals at a server of such a rate */
function independentQueues({ rates }: InfiniteBuffers, arrivals: (rate: Rate) => Rate): Queues | undefined {
  if (rates.some((rate) => rate <= arrivals(rate))) return undefined;
  const known = (of: (load: number) => number): Value => ({
    value: average(rates, (rate) => of(arrivals(rate) / rate)),
    error: 0,
  });
  return {
    kind: "exact",
    source: "independent M/M/1 queues",
    mean: known((load) => load / (1 - load)),
    busy: known((load) => load),
    tail: (level) => known((load) => load ** level),
    areSeen: false,
  };
}

interface Drawn {
  readonly d: number;
  readonly replacement: boolean;
}

/** Equal servers, in units of their mean service time. */
function enclosed({ arrivalRate, rates }: InfiniteBuffers, { d: choices, replacement }: Drawn): Queues | undefined {
  const load = arrivalRate / rates[0];
  if (load >= 1) return undefined;
  const law = exactJsqD({ servers: rates.length, arrivalRate: load, choices, replacement }, PRECISION, MOST_STATES);
  if (law === undefined) return undefined;
  const middle = ({ low, high }: Enclosure): Value => ({ value: (low + high) / 2, error: (high - low) / 2 });
  return {
    kind: "exact",
    source: "enclosed by two Markov chains on sorted queues (Adan, van Houtum and van der Wal 1994)",
    mean: middle(law.meanQueue),
    busy: { value: load, error: 0 },
    tail: (level) => middle(law.tail[level] ?? { low: 0, high: 0 }),
    areSeen: true,
  };
}

/** Refined where the expansion in 1/n is one in a small number: where few of the servers are drawn. */
function meanField(
  { arrivalRate, rates }: InfiniteBuffers,
  { d: choices, replacement }: Drawn,
  preference: Preference,
): Queues | undefined {
  if (choices < 2 || choices > MOST_CHOICES) return undefined;
  const servers = rates.length;
  const classes = rateClasses(rates).map((alike) => ({ fraction: alike.servers / servers, rate: alike.rate }));
  const field = heterogeneousMeanField({ classes, arrivalRate, choices, replacement, preference });
  if (field === undefined) return undefined;
  const { tail, meanQueue } = field;
  const greatest = Math.max(...tail.map(({ correctionSize }) => correctionSize)) / servers;
  // At a single level the correction may be 0 by chance: the next one is taken as no smaller, relatively, than that of the mean.
  const relative = (level: number): number =>
    Math.max(
      ...[meanQueue, ...tail.slice(0, level + 1)].map((one) =>
        one.value > 0 ? one.correctionSize / servers / one.value : 0,
      ),
    );
  const tailAt = (level: number): Value =>
    tail[level] === undefined
      ? { value: 0, error: greatest }
      : { value: atSize(tail[level], servers), error: greatest * relative(level) };
  return {
    kind: areFew(choices, servers) ? "refined" : "heuristic",
    source:
      "refined mean field of the classes of rates, order 1/n (Allmeier and Gast 2022); error: next term of a geometric series",
    mean: { value: atSize(meanQueue, servers), error: (meanQueue.correctionSize / servers) ** 2 / meanQueue.value },
    busy: tailAt(1),
    tail: tailAt,
    areSeen: true,
  };
}

/** Whether d drawn of n servers are so few that an expansion in 1/n is one in a small number. */
function areFew(choices: number, servers: number): boolean {
  return choices * (choices - 1) <= servers;
}

/** Equal servers, in units of their mean service time. The jobs wait as the limit and its correction say; Little's law says how many do. */
function lateBinding({ arrivalRate, rates }: InfiniteBuffers, { d: choices, replacement }: Drawn): Queues | undefined {
  const servers = rates.length;
  const load = arrivalRate / rates[0];
  if (load > MOST_LOAD || choices < 2 || choices > MOST_CHOICES) return undefined;
  const wait = refinedLateBinding(load, choices, replacement);
  const { value, correctionSize, correctionError } = wait;
  const next = (correctionSize / servers) ** 2 / value + correctionError / servers;
  return {
    kind: areFew(choices, servers) ? "refined" : "heuristic",
    source:
      "late binding, limit (Hellemans and Van Houdt 2018) and derived correction of order 1/n; error: next term of a geometric series",
    mean: { value: load * (1 + atSize(wait, servers)), error: load * next },
    busy: { value: load, error: 0 },
    tail: () => undefined,
    areSeen: true,
  };
}

function atSize({ value, correction }: Refined, servers: number): number {
  return value + correction / servers;
}
