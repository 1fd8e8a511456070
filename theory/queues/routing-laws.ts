import { assert } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { byLength, byLengthThenSpeed, type Preference } from "./preferences.js";

/**
 * A routing policy as a function: the probability that a job is sent to each server, given all queue lengths (jobs,
 * the one in service included) and service rates. Servers of equal rate and queue length are treated alike. A job sent
 * to a full server is blocked.
 */
export type RoutingLaw = (queueLengths: ArrayLike<number>, serviceRates: readonly Rate[]) => Float64Array;

/** A uniformly random server. */
export const randomLaw: RoutingLaw = (queueLengths) => uniformOver(queueLengths, () => true);

/** A random server, as often as it is fast. */
export const weightedRandomLaw: RoutingLaw = (_queueLengths, serviceRates) => {
  const total = serviceRates.reduce((sum, rate) => sum + rate, 0);
  return Float64Array.from(serviceRates, (rate) => rate / total);
};

/** A best server of all, ties uniform. */
export function bestOfAllLaw(preference: Preference): RoutingLaw {
  return (queueLengths, serviceRates) => {
    const at = (server: number) => ({ length: queueLengths[server], rate: serviceRates[server] });
    let best = at(0);
    for (let server = 1; server < queueLengths.length; server++)
      if (preference(at(server), best) < 0) best = at(server);
    return uniformOver(queueLengths, (server) => preference(at(server), best) === 0);
  };
}

/** Join the Shortest Queue, ties uniform (Hurtado-Lange and Maguluri 2020, section 2). */
export const jsqLaw = bestOfAllLaw(byLength);

/** Join the Fastest Shortest Queue: the fastest server among those with the shortest queue, ties uniform (Liu and Ying 2025, section 2). */
export const jfsqLaw = bestOfAllLaw(byLengthThenSpeed);

/** Join the Idle Queue: a uniformly random idle server; if there is none, a uniformly random server. */
export const jiqLaw: RoutingLaw = (queueLengths) =>
  uniformOver(queueLengths, least(queueLengths) === 0 ? (server) => queueLengths[server] === 0 : () => true);

/**
 * The best of d randomly drawn servers, of all if there are fewer. Servers that are alike get the job if no draw is better and at least one
 * is one of them.
 *
 * @param choices d >= 1
 * @param replacement whether a server may be drawn more than once
 */
export function bestOfDrawnLaw(choices: number, replacement: boolean, preference: Preference): RoutingLaw {
  assert(Number.isInteger(choices) && choices >= 1, `the number of choices is an integer >= 1, not ${choices}`);
  return (queueLengths, serviceRates) => {
    const servers = queueLengths.length;
    const draws = replacement ? choices : Math.min(choices, servers);
    /** The probability that all draws are among `count` of the servers. */
    const allAmong = (count: number): number => {
      let probability = 1;
      for (let draw = 0; draw < draws; draw++)
        probability *= replacement ? count / servers : Math.max(0, count - draw) / (servers - draw);
      return probability;
    };
    const probabilities = new Float64Array(servers);
    for (let server = 0; server < servers; server++) {
      const own = { length: queueLengths[server], rate: serviceRates[server] };
      let worse = 0;
      let tied = 0;
      for (let other = 0; other < servers; other++) {
        const compared = preference({ length: queueLengths[other], rate: serviceRates[other] }, own);
        if (compared > 0) worse++;
        else if (compared === 0) tied++;
      }
      probabilities[server] = (allAmong(worse + tied) - allAmong(worse)) / tied;
    }
    return probabilities;
  };
}

/** Join the shortest of d randomly drawn queues. */
export function jsqDLaw(choices: number, replacement: boolean): RoutingLaw {
  return bestOfDrawnLaw(choices, replacement, byLength);
}

function least(queueLengths: ArrayLike<number>): number {
  let shortest = queueLengths[0];
  for (let server = 1; server < queueLengths.length; server++) shortest = Math.min(shortest, queueLengths[server]);
  return shortest;
}

function uniformOver(queueLengths: ArrayLike<number>, isCandidate: (server: number) => boolean): Float64Array {
  const probabilities = new Float64Array(queueLengths.length);
  let candidates = 0;
  for (let server = 0; server < probabilities.length; server++) if (isCandidate(server)) candidates++;
  for (let server = 0; server < probabilities.length; server++)
    if (isCandidate(server)) probabilities[server] = 1 / candidates;
  return probabilities;
}
