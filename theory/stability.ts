import { UserError } from "../model/errors.js";
import type { Rate } from "../model/units.js";
import { MOST_SERVERS, randomIdleServerLaw } from "./queues/random-idle-server.js";

/** How jobs are sent to servers, as far as stability depends on it. */
export type RoutedBy =
  | { readonly kind: "random" | "round-robin" }
  /** At random or in turns, in proportion to weights > 0, of each server. */
  | { readonly kind: "weighted"; readonly weights: readonly number[] }
  /** What compares all servers and sends no job to a long queue while another is empty: jsq, sed, jfsq, weighted least connections. */
  | { readonly kind: "all-servers" }
  /** What compares d servers drawn at random: jsq-d, sed-d, jfsq-d, ll-d, redundancy-d. */
  | { readonly kind: "d-choices"; readonly choices: number; readonly replacement: boolean }
  /** A uniformly random idle server, else a uniformly random one. */
  | { readonly kind: "jiq" }
  /** Anything else: only what no policy can help is decided. */
  | { readonly kind: "other" }
  /** Not even that. */
  | { readonly kind: "unknown"; readonly why: string };

export interface RoutedFleet {
  readonly policy: RoutedBy;
  /** Of each server, >= 0; jobs bring work of mean 1. */
  readonly rates: readonly Rate[];
  /** lambda > 0, jobs per server. */
  readonly arrivalRate: Rate;
  /** Jobs that a server holds at most; Infinity for no limit. */
  readonly buffer: number;
}

export type FleetStability =
  | { readonly verdict: "stable" }
  /** Servers, by number, that are given `load` >= 1 of what they can do, whatever the others do; their queues grow for ever. */
  | { readonly verdict: "unstable"; readonly servers: readonly number[]; readonly load: number }
  | { readonly verdict: "unknown"; readonly why: string };

/** Loads no further below 1 than rounding goes have no stationary state that a run could see. */
const FULL = 1 - 1e-12;
/** Sets of the slowest servers that are looked at under jiq: a few seconds at most. */
const MOST_CUTS = 20;

/**
 * Whether a fleet has a stationary state, decided before it runs.
 *
 * @throws UserError if an argument is out of range
 *
 * Source: finite buffers, always. Random, in turns and weighted: every server by itself. Over all servers: the total. d choices: every set
 * of servers must be able to do what only it can be given (Foss and Chernova 1998; Cardinaels, Borst and van Leeuwaarden 2019); on a complete
 * graph the k slowest are the worst of all sets of k. jiq: `jiqStability`.
 */
export function fleetStability(fleet: RoutedFleet): FleetStability {
  requireFleet(fleet);
  const { policy, rates, arrivalRate, buffer } = fleet;
  if (Number.isFinite(buffer)) return { verdict: "stable" };
  const n = rates.length;
  switch (policy.kind) {
    case "random":
    case "round-robin":
      return worstServer(rates, () => arrivalRate);
    case "weighted": {
      const total = policy.weights.reduce((sum, weight) => sum + weight, 0);
      return worstServer(rates, (server) => arrivalRate * n * (policy.weights[server] / total));
    }
    case "all-servers":
      return mostLoaded(rates, (count) => (count === n ? arrivalRate * n : 0));
    case "d-choices":
      return mostLoaded(rates, (count) => arrivalRate * n * drawnWithin(count, n, policy));
    case "jiq":
      return jiqStability(rates, arrivalRate);
    case "unknown":
      return { verdict: "unknown", why: policy.why };
    case "other": {
      const all = mostLoaded(rates, (count) => (count === n ? arrivalRate * n : 0));
      return all.verdict === "unstable" ? all : { verdict: "unknown", why: "nothing is proved of this policy" };
    }
  }
}

function requireFleet({ policy, rates, arrivalRate, buffer }: RoutedFleet): void {
  if (!(rates.length > 0)) throw new UserError("no servers: at least one is needed");
  for (const rate of rates)
    if (!(rate >= 0 && Number.isFinite(rate))) throw new UserError(`service rate ${rate}: must be a number >= 0`);
  if (!(arrivalRate > 0 && Number.isFinite(arrivalRate)))
    throw new UserError(`arrival rate ${arrivalRate}: must be > 0`);
  if (!(buffer >= 1)) throw new UserError(`buffer ${buffer}: must be >= 1 or Infinity`);
  if (policy.kind === "d-choices" && !(Number.isInteger(policy.choices) && policy.choices >= 1))
    throw new UserError(`number of choices ${policy.choices}: must be an integer >= 1`);
  if (policy.kind !== "weighted") return;
  if (policy.weights.length !== rates.length)
    throw new UserError(`${policy.weights.length} weights for ${rates.length} servers: give one for each`);
  for (const weight of policy.weights)
    if (!(weight > 0 && Number.isFinite(weight))) throw new UserError(`weight ${weight}: must be > 0`);
}

function worstServer(rates: readonly Rate[], arrivals: (server: number) => Rate): FleetStability {
  const loads = rates.map((rate, server) => loadOf(arrivals(server), rate));
  const load = loads.reduce((most, one) => Math.max(most, one), 0);
  return load < FULL ? { verdict: "stable" } : { verdict: "unstable", servers: [loads.indexOf(load)], load };
}

/** @param arrivals to the k slowest servers that only they can be given */
function mostLoaded(rates: readonly Rate[], arrivals: (count: number) => Rate): FleetStability {
  const slowestFirst = [...rates.keys()].sort((a, b) => rates[a] - rates[b]);
  let worst = { count: 0, load: 0 };
  let total = 0;
  for (const [position, server] of slowestFirst.entries()) {
    total += rates[server];
    const load = loadOf(arrivals(position + 1), total);
    if (load > worst.load) worst = { count: position + 1, load };
  }
  if (worst.load < FULL) return { verdict: "stable" };
  return { verdict: "unstable", servers: numbersOf(slowestFirst, worst.count), load: worst.load };
}

function numbersOf(slowestFirst: readonly number[], count: number): number[] {
  return slowestFirst.slice(0, count).sort((a, b) => a - b);
}

/** Servers of rate 0 that are given nothing are not loaded. */
function loadOf(arrivals: Rate, rate: Rate): number {
  return arrivals === 0 ? 0 : arrivals / rate;
}

/** The probability that all servers drawn for a job are among some `count` of all n. */
function drawnWithin(
  count: number,
  n: number,
  { choices, replacement }: { readonly choices: number; readonly replacement: boolean },
): number {
  if (replacement) return (count / n) ** choices;
  let probability = 1;
  for (let draw = 0; draw < Math.min(choices, n); draw++) probability *= Math.max(0, count - draw) / (n - draw);
  return probability;
}

/**
 * jiq: stable if lambda is below every rate, for even at random no server is given more than it can do. Unstable if all servers together are
 * given too much; or if some set S, were it busy for ever, would be: each of S then gets lambda P(no server outside S is idle), and
 * if that is above the rate of every server in S, it does stay busy. Only sets of the slowest are looked at. Unknown in between.
 *
 * Source: derived. P is exact for one server outside S, a birth and death chain; for more it is at least the blocking of the loss system of
 * those outside: with the same random order of servers for each job, and the same completions, those busy there are busy here too.
 */
function jiqStability(rates: readonly Rate[], arrivalRate: Rate): FleetStability {
  const n = rates.length;
  const all = mostLoaded(rates, (count) => (count === n ? arrivalRate * n : 0));
  if (all.verdict !== "stable") return all;
  const slowestFirst = [...rates.keys()].sort((a, b) => rates[a] - rates[b]);
  const sorted = slowestFirst.map((server) => rates[server]);
  if (arrivalRate < sorted[0] * FULL) return { verdict: "stable" };
  for (const count of cutsOf(sorted, arrivalRate)) {
    const load = loadOf(arrivalRate * allBusy(sorted.slice(count), arrivalRate, n), sorted[count - 1]);
    if (load >= FULL) return { verdict: "unstable", servers: numbersOf(slowestFirst, count), load };
  }
  return {
    verdict: "unknown",
    why:
      `server ${slowestFirst[0]} of rate ${sorted[0]} could not do its share of the jobs if they were sent at random; it is not known ` +
      "whether jobs find an idle server often enough",
  };
}

/**
 * How many servers S may have: all those of its greatest rate, which is at most lambda, and few enough outside to be solved. Of many different
 * rates some.
 */
function cutsOf(sorted: readonly Rate[], arrivalRate: Rate): number[] {
  const cuts = sorted.flatMap((rate, position) => {
    const next = sorted[position + 1] ?? rate;
    const isCut = next > rate && rate <= arrivalRate && sorted.length - position - 1 <= MOST_SERVERS;
    return isCut ? [position + 1] : [];
  });
  const step = Math.ceil(cuts.length / MOST_CUTS);
  return cuts.filter((_, i) => i % step === 0);
}

/** P(no server outside S is idle), or less, while those in S are all busy. */
function allBusy(outside: readonly Rate[], arrivalRate: Rate, n: number): number {
  if (outside.length > 1) return randomIdleServerLaw(outside, (arrivalRate * n) / outside.length).blockedFraction;
  const [rate] = outside;
  if (arrivalRate >= rate) return 1;
  // Arrivals at rate lambda n when idle, then lambda: P(busy) / P(idle) is a geometric series.
  const odds = (arrivalRate * n) / (rate - arrivalRate);
  return odds / (1 + odds);
}
