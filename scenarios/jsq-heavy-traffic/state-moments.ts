import type { StateQuantity } from "../../experiments/queue-samples.js";
import {
  GENERATING_AT,
  type HeavyTraffic,
  limitMean,
  queueScale,
} from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import type { StateMoment } from "./quantities.js";

/**
 * Functions of all queue lengths whose means are measured: E ||q_perp||^r / n^r for r = 1 to 3, how far queue lengths are from being equal,
 * against the growth that Proposition 1 of Hurtado-Lange and Maguluri (2020) allows; and the moment generating function of the scaled total
 * queue at two points (Theorem 2).
 *
 * @param traffic undefined in overload, where there is no scale
 */
export function stateMoments(servers: number, traffic: HeavyTraffic | undefined): StateQuantity<StateMoment>[] {
  const perpendicular = ([1, 2, 3] as const).map(
    (moment): StateQuantity<StateMoment> => ({
      name: `perpendicular_moment_${moment}`,
      isEvent: false,
      of: (queueLengths) => (perpendicularNorm(queueLengths) / servers) ** moment,
    }),
  );
  if (traffic === undefined) return perpendicular;
  const perJob = queueScale(traffic) / limitMean(traffic);
  const generating = (
    [
      ["scaled_queue_mgf", GENERATING_AT.rising],
      ["scaled_queue_laplace", GENERATING_AT.falling],
    ] as const
  ).map(
    ([name, theta]): StateQuantity<StateMoment> => ({
      name,
      isEvent: false,
      of: (queueLengths) => Math.exp(theta * perJob * sumOf(queueLengths)),
    }),
  );
  return [...perpendicular, ...generating];
}

/** ||q - (mean of q) 1||, in the Euclidean norm. */
function perpendicularNorm(queueLengths: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < queueLengths.length; i++) squares += queueLengths[i] ** 2;
  return Math.sqrt(Math.max(0, squares - sumOf(queueLengths) ** 2 / queueLengths.length));
}

function sumOf(queueLengths: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < queueLengths.length; i++) sum += queueLengths[i];
  return sum;
}
