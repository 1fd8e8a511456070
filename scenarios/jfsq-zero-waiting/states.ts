import type { StateQuantity } from "../../experiments/queue-samples.js";
import type { Rate } from "../../model/units.js";
import {
  clippedMoment,
  fastBusyEvent,
  fastServers,
  type HeterogeneousFleet,
  stateSpaceCollapse,
  surelyBusyEvent,
  surelyBusyServers,
} from "../../theory/heavy-traffic/jfsq-bounds.js";
import type { JfsqState } from "./quantities.js";

/** The moment r for which the size conditions and the lemmas are taken. */
export const MOMENT = 1;

/** delta of Lemma 1: the least that it allows, unless that is more than it allows. */
export function deltaOf({ servers, alpha }: HeterogeneousFleet): number {
  return Math.min(0.5, 2 * servers ** -alpha);
}

/** The quantities of the paper that are functions of the queue lengths, the fastest server first. */
export function jfsqStates(fleet: HeterogeneousFleet): StateQuantity<JfsqState>[] {
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
  const clipped = (moment: 1 | 2): StateQuantity<JfsqState> => {
    const { threshold } = clippedMoment(fleet, moment);
    return {
      name: `clipped_moment_${moment}`,
      isEvent: false,
      most: Math.max(0, fleet.buffer - threshold) ** moment,
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
