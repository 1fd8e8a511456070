import { assert } from "../model/errors.js";
import type { Rate } from "../model/units.js";

/**
 * A routing policy as theory sees it: the probability that a job is sent to each server, given all queue lengths (jobs,
 * the one in service included) and service rates. Servers of one rate and one queue length are treated alike. A job sent
 * to a full server is blocked.
 */
export type RoutingLaw = (queueLengths: ArrayLike<number>, serviceRates: readonly Rate[]) => Float64Array;

/** A uniformly random server. */
export const randomLaw: RoutingLaw = (queueLengths) => uniformOver(queueLengths, () => true);

/** Join the Shortest Queue, ties uniform (Hurtado-Lange and Maguluri, section 2). */
export const jsqLaw: RoutingLaw = (queueLengths) => {
  const shortest = least(queueLengths);
  return uniformOver(queueLengths, (server) => queueLengths[server] === shortest);
};

/** Join the Idle Queue: a uniformly random idle server; if there is none, a uniformly random server. */
export const jiqLaw: RoutingLaw = (queueLengths) =>
  uniformOver(queueLengths, least(queueLengths) === 0 ? (server) => queueLengths[server] === 0 : () => true);

/** Join the Fastest Shortest Queue: the shortest queue, of these the fastest server, ties uniform (Liu and Ying, section 2). */
export const jfsqLaw: RoutingLaw = (queueLengths, serviceRates) => {
  const shortest = least(queueLengths);
  const fastest = serviceRates.reduce(
    (rate, candidate, server) => (queueLengths[server] === shortest ? Math.max(rate, candidate) : rate),
    0,
  );
  return uniformOver(queueLengths, (server) => queueLengths[server] === shortest && serviceRates[server] === fastest);
};

/**
 * Join the shortest of d randomly drawn queues, of all if there are fewer. A level of queue length gets the job if no draw
 * is below it and one is on it.
 *
 * @param choices d >= 1
 * @param replacement whether a server may be drawn more than once
 */
export function jsqDLaw(choices: number, replacement: boolean): RoutingLaw {
  assert(Number.isInteger(choices) && choices >= 1, `a number of choices is an integer >= 1, not ${choices}`);
  return (queueLengths) => {
    const servers = queueLengths.length;
    const draws = replacement ? choices : Math.min(choices, servers);
    /** The probability that all draws are among `count` of the servers. */
    const allAmong = (count: number): number => {
      let probability = 1;
      for (let draw = 0; draw < draws; draw++)
        probability *= replacement ? count / servers : Math.max(0, count - draw) / (servers - draw);
      return probability;
    };
    const chances = new Float64Array(servers);
    for (let server = 0; server < servers; server++) {
      let longer = 0;
      let tied = 0;
      for (let other = 0; other < servers; other++) {
        if (queueLengths[other] > queueLengths[server]) longer++;
        else if (queueLengths[other] === queueLengths[server]) tied++;
      }
      chances[server] = (allAmong(longer + tied) - allAmong(longer)) / tied;
    }
    return chances;
  };
}

function least(queueLengths: ArrayLike<number>): number {
  let shortest = queueLengths[0];
  for (let server = 1; server < queueLengths.length; server++) shortest = Math.min(shortest, queueLengths[server]);
  return shortest;
}

function uniformOver(queueLengths: ArrayLike<number>, isCandidate: (server: number) => boolean): Float64Array {
  const chances = new Float64Array(queueLengths.length);
  let candidates = 0;
  for (let server = 0; server < chances.length; server++) if (isCandidate(server)) candidates++;
  for (let server = 0; server < chances.length; server++) if (isCandidate(server)) chances[server] = 1 / candidates;
  return chances;
}
