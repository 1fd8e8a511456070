import type { Rate } from "../model/units.js";
import {
  clippedMoment,
  fastBusyEvent,
  fastServers,
  type HeterogeneousFleet,
  stateSpaceCollapse,
  surelyBusyEvent,
  surelyBusyServers,
  waitingBounds,
} from "../theory/jfsq-bounds.js";
import { pooledSystem } from "../theory/pooled-system.js";
import type { Claim, Prediction } from "../theory/prediction.js";
import { type ExactValue, exactPredictions } from "./exact-predictions.js";
import type { StateQuantity } from "./queue-looks.js";

const PAPER = "Liu and Ying (Zero-Waiting Load Balancing with Heterogeneous Servers)";
/** The moment r for which the size conditions and the lemmas are taken. */
const MOMENT = 1;

/** delta of Lemma 1: the least that it allows, unless that is more than it allows. */
function deltaOf({ servers, alpha }: HeterogeneousFleet): number {
  return Math.min(0.5, 2 * servers ** -alpha);
}

/** The quantities of the paper that are functions of the queue lengths, the fastest server first. */
export function jfsqStates(fleet: HeterogeneousFleet): StateQuantity[] {
  const { servers } = fleet;
  const delta = deltaOf(fleet);
  const surely = fastestShares(fleet.rates, surelyBusyServers(fleet, delta));
  const fast = fastestShares(fleet.rates, fastServers(fleet));
  const all = fastestShares(fleet.rates, servers);
  const [surelyEvent, fastEvent] = [surelyBusyEvent(fleet, delta), fastBusyEvent(fleet)];
  const collapse = stateSpaceCollapse(fleet, MOMENT);
  const collapseValue = (queueLengths: ArrayLike<number>): number => {
    const idle = idleAmong(queueLengths, all);
    return Math.min(waitingJobs(queueLengths) - collapse.waitingOffset, collapse.busyTarget - (servers - idle));
  };
  const clipped = (moment: number): StateQuantity => {
    const { threshold } = clippedMoment(fleet, moment);
    return {
      name: `clipped_moment_${moment}`,
      isEvent: false,
      of: (queueLengths) => Math.max(0, totalOf(queueLengths) / servers - threshold) ** moment,
    };
  };
  return [
    clipped(1),
    clipped(2),
    { name: "idle_fast_servers", isEvent: false, of: (queueLengths) => idleAmong(queueLengths, fast) },
    {
      name: "lemma_1_probability",
      isEvent: true,
      of: (queueLengths) => (idleAmong(queueLengths, surely) <= surelyEvent.threshold ? 1 : 0),
    },
    {
      name: "lemma_2_probability",
      isEvent: true,
      of: (queueLengths) => (idleAmong(queueLengths, fast) <= fastEvent.threshold ? 1 : 0),
    },
    {
      name: "collapse_probability",
      isEvent: true,
      of: (queueLengths) => (collapseValue(queueLengths) <= collapse.threshold ? 1 : 0),
    },
    { name: "collapse_value", isEvent: false, of: collapseValue },
  ];
}

export interface JfsqPredictionInput {
  readonly totalArrivalRate: Rate;
  readonly rates: readonly Rate[];
  readonly buffer: number;
  readonly policy: string;
  /** Undefined where the paper does not speak of such a fleet at all. */
  readonly fleet: HeterogeneousFleet | undefined;
  /** Whether the pooled system has no more jobs than this one, whatever the policy. */
  readonly boundedByPool: boolean;
  readonly exact: ReadonlyMap<string, ExactValue> | undefined;
  readonly whyOutside: string | undefined;
}

/** What theory says of every quantity: exactly for few servers, and by the bounds of the paper and of the pooled system. */
export function jfsqPredictions(input: JfsqPredictionInput): Map<string, Prediction[]> {
  const { totalArrivalRate, rates, buffer, boundedByPool, fleet, whyOutside } = input;
  const predictions = exactPredictions(input.exact);
  const add = (name: string, prediction: Prediction): void => {
    predictions.set(name, [...(predictions.get(name) ?? []), prediction]);
  };
  if (boundedByPool) {
    const pool = pooledSystem({ totalArrivalRate, serviceRates: rates, capacity: buffer * rates.length });
    add("mean_queue_length", {
      kind: "bound",
      status: "applies",
      atLeast: pool.meanJobs / rates.length,
      modelError: 0,
      source: "pooled birth and death chain, the fastest servers first",
    });
  }
  if (fleet !== undefined)
    for (const [name, prediction] of paperBounds(fleet, input.policy, whyOutside)) add(name, prediction);
  return predictions;
}

/** Every bound of the paper, outside its assumptions where they do not hold. */
function paperBounds(fleet: HeterogeneousFleet, policy: string, whyOutside?: string): [string, Prediction][] {
  const bound = (name: string, claim: Claim, source: string, why: string | undefined): [string, Prediction] => [
    name,
    {
      kind: "bound",
      ...(why === undefined ? { status: "applies" } : { status: "outside assumptions", why }),
      ...claim,
      modelError: 0,
      source: `${PAPER}, ${source}`,
    },
  ];
  const waiting = waitingBounds(fleet);
  const [surely, fast] = [surelyBusyEvent(fleet, deltaOf(fleet)), fastBusyEvent(fleet)];
  const collapse = stateSpaceCollapse(fleet, MOMENT);
  const theorem1 = "Theorem 1, constants of its proof";
  return [
    // Where blocking has no bound below 1, the waiting time of accepted jobs has none.
    ...(Number.isFinite(waiting.meanWaitingTime)
      ? [bound("mean_waiting_time", { atMost: waiting.meanWaitingTime }, theorem1, whyOutside)]
      : []),
    bound("waiting_probability", { atMost: waiting.waitingProbability }, theorem1, whyOutside),
    bound("blocked_fraction", { atMost: waiting.blockedFraction }, "section 3.5", whyOutside),
    bound("clipped_moment_1", { atMost: clippedMoment(fleet, 1).atMost }, "Theorem 2", whyOutside),
    bound("clipped_moment_2", { atMost: clippedMoment(fleet, 2).atMost }, "Theorem 2", whyOutside),
    bound("lemma_1_probability", { atLeast: surely.probabilityAtLeast }, "Lemma 1", outsideLemma1(fleet, policy)),
    bound("lemma_2_probability", { atLeast: fast.probabilityAtLeast }, "Lemma 2", outsideLemma2(fleet, policy)),
    bound(
      "collapse_probability",
      { atLeast: collapse.probabilityAtLeast },
      fleet.alpha < 0.5 ? "Lemma 3" : "Lemma 4",
      whyOutside,
    ),
  ];
}

/** Lemmas 1 and 2 need less than the theorems: conditions of their own, which moderate fleets meet. */
function outsideLemma1({ servers, alpha }: HeterogeneousFleet, policy: string): string | undefined {
  if (policy !== "jfsq") return `the lemma is about jfsq, not ${policy}`;
  return servers ** -alpha <= 0.25 ? undefined : `2 n^-alpha = ${(2 * servers ** -alpha).toPrecision(3)} is over 1/2`;
}

function outsideLemma2(fleet: HeterogeneousFleet, policy: string): string | undefined {
  if (policy !== "jfsq") return `the lemma is about jfsq, not ${policy}`;
  const limit = Math.sqrt(fleet.servers) / Math.log(fleet.servers);
  const rate = fleet.rates[Math.max(0, fastServers(fleet) - 1)];
  return rate <= limit ? undefined : `mu_N2 = ${rate.toPrecision(3)} is over sqrt(n) / log n = ${limit.toPrecision(3)}`;
}

function totalOf(queueLengths: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < queueLengths.length; i++) total += queueLengths[i];
  return total;
}

function waitingJobs(queueLengths: ArrayLike<number>): number {
  let waiting = 0;
  for (let i = 0; i < queueLengths.length; i++) waiting += Math.max(0, queueLengths[i] - 1);
  return waiting;
}

/**
 * Which part of each server counts as one of the `count` fastest. Where the limit falls among servers of one rate, no order
 * tells them apart, and each of them counts in part.
 */
function fastestShares(rates: readonly Rate[], count: number): Float64Array {
  const shares = new Float64Array(rates.length);
  for (let first = 0; first < rates.length; ) {
    let next = first + 1;
    while (next < rates.length && rates[next] === rates[first]) next++;
    shares.fill(Math.min(1, Math.max(0, (count - first) / (next - first))), first, next);
    first = next;
  }
  return shares;
}

function idleAmong(queueLengths: ArrayLike<number>, shares: Float64Array): number {
  let idle = 0;
  for (let i = 0; i < shares.length; i++) if (queueLengths[i] === 0) idle += shares[i];
  return idle;
}
