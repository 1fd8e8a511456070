import type { Rate } from "../model/units.js";
import {
  type HeavyTraffic,
  limitMean,
  meanUnusedService,
  queueScale,
  wassersteinOrder,
} from "../theory/jsq-heavy-traffic.js";
import { meanJobsPerServer } from "../theory/nondegenerate-slowdown.js";
import { pooledSystem } from "../theory/pooled-system.js";
import type { Prediction } from "../theory/prediction.js";
import { type ExactValue, exactPredictions } from "./exact-predictions.js";

const PAPER = "Hurtado-Lange and Maguluri (Load balancing system under Join the Shortest Queue)";

export interface HeavyTrafficInput {
  readonly servers: number;
  readonly arrivalRate: Rate;
  readonly time: "continuous" | "slotted";
  readonly policy: string;
  readonly buffer: number;
  /** Undefined in overload. */
  readonly traffic: HeavyTraffic | undefined;
  /** Why Theorem 1 says nothing here, if so. */
  readonly whyOutside: string | undefined;
  /** Whether the pooled system has no more jobs. */
  readonly boundedByPool: boolean;
  readonly exact: ReadonlyMap<string, ExactValue> | undefined;
}

/** What theory says of every quantity, sharpest first: exact values, conservation laws, limits, the heuristic and bounds. */
export function heavyTrafficPredictions(input: HeavyTrafficInput): Map<string, Prediction[]> {
  const predictions = exactPredictions(input.exact);
  const add = (name: string, prediction: Prediction | undefined): void => {
    if (prediction !== undefined) predictions.set(name, [...(predictions.get(name) ?? []), prediction]);
  };
  const { traffic, buffer } = input;
  if (traffic !== undefined && buffer === Number.POSITIVE_INFINITY) {
    // In the place of the exact chain's: a conservation law holds with a message delay too.
    for (const [name, prediction] of conservation(input, traffic)) predictions.set(name, [prediction]);
  }
  if (traffic !== undefined) {
    for (const [name, prediction] of limits(traffic, input.whyOutside)) add(name, prediction);
    add("scaled_total_queue", heuristic(input, traffic));
  }
  if (input.boundedByPool) for (const [name, prediction] of pooled(input)) add(name, prediction);
  return predictions;
}

/** What every run must meet. */
function conservation({ time }: HeavyTrafficInput, traffic: HeavyTraffic): [string, Prediction][] {
  const exact = (value: number, source: string): Prediction => ({
    kind: "exact",
    status: "applies",
    value,
    modelError: 0,
    source,
  });
  const lemma = `${PAPER}, Lemma 1`;
  if (time === "continuous") return [["idle_servers", exact(meanUnusedService(traffic), lemma)]];
  return [
    ["unused_service", exact(1, lemma)],
    ["drift_identity_gap", exact(0, "drift of (sum q)^2, which is 0 in the stationary state")],
  ];
}

/**
 * Theorem 1, with the order at which Theorem 3 lets the law come close to it; its constant, which is not known, taken as 1.
 * Where even that order is no smaller than the limit itself, the theorems say nothing of this many servers yet.
 */
function limits(traffic: HeavyTraffic, whyOutside: string | undefined): [string, Prediction][] {
  const mean = limitMean(traffic);
  const order = wassersteinOrder(traffic);
  const why = whyOutside ?? (order < 1 ? undefined : `n^(2 - alpha) log n = ${order.toPrecision(3)} is not small yet`);
  const limit = (value: number, modelError: number): Prediction => ({
    kind: "limit",
    ...(why === undefined ? { status: "applies" } : { status: "outside assumptions", why }),
    value,
    modelError: why === undefined ? modelError : 0,
    source: `${PAPER}, Theorem 1; may be off by the order of Theorem 3 with the constant 1`,
  });
  // A law that is close to one with a density of at most 1/mean (Ross 2011, Proposition 1.2).
  const kolmogorov = Math.min(1, Math.sqrt(2 * order));
  const quantile = (p: number): Prediction => {
    const at = (q: number): number => -mean * Math.log1p(-q);
    const highest = Math.min(p + kolmogorov, 1 - 1e-6);
    return limit(at(p), Math.max(at(highest) - at(p), at(p) - at(Math.max(0, p - kolmogorov))));
  };
  return [
    ["scaled_total_queue", limit(mean, mean * order)],
    ["scaled_queue_by_identity", limit(mean, mean * order)],
    ["scaled_queue_p50", quantile(0.5)],
    ["scaled_queue_p95", quantile(0.95)],
    ["wasserstein_distance", limit(0, mean * order)],
    ["kolmogorov_distance", limit(0, kolmogorov)],
  ];
}

function heuristic({ time, policy, buffer }: HeavyTrafficInput, traffic: HeavyTraffic): Prediction | undefined {
  const { servers, alpha } = traffic;
  const applies = time === "continuous" && policy === "jsq" && buffer === Number.POSITIVE_INFINITY;
  if (!applies || alpha < 1 || alpha > 2) return undefined;
  return {
    kind: "refined",
    status: "outside assumptions",
    why: "a heuristic: derived, but not proved, for 1 <= alpha <= 2",
    value: queueScale(traffic) * servers * meanJobsPerServer(servers ** (1 - alpha)),
    modelError: 0,
    source: "heuristic: diffusion of jobs per server, averaged over the idle servers",
  };
}

/** No policy has fewer jobs in the system than one common queue. */
function pooled({ servers, arrivalRate, buffer, traffic, time }: HeavyTrafficInput): [string, Prediction][] {
  if (time === "slotted") return [];
  const totalArrivalRate = arrivalRate * servers;
  const serviceRates = new Array<Rate>(servers).fill(1);
  const pool = pooledSystem({ totalArrivalRate, serviceRates, capacity: buffer * servers });
  const bound = (atLeast: number): Prediction => ({
    kind: "bound",
    status: "applies",
    atLeast,
    modelError: 0,
    source: "pooled birth and death chain: M/M/n, Erlang C",
  });
  const accepted = totalArrivalRate * (1 - pool.blockedFraction);
  return [
    ["mean_queue_length", bound(pool.meanJobs / servers)],
    ["mean_waiting_time", bound(Math.max(0, pool.meanJobs / accepted - 1))],
    ...(traffic === undefined
      ? []
      : [["scaled_total_queue", bound(queueScale(traffic) * pool.meanJobs)] as [string, Prediction]]),
  ];
}
