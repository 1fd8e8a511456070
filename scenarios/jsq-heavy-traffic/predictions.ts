import { type ExactValues, exactPredictions } from "../../experiments/exact-predictions.js";
import type { QueueQuantity } from "../../experiments/queue-quantities.js";
import type { Rate } from "../../model/units.js";
import type { Reference } from "../../theory/bibliography/index.js";
import {
  GENERATING_AT,
  type HeavyTraffic,
  limitMean,
  meanUnusedService,
  printedWassersteinBound,
  queueScale,
  type SlotExtremes,
} from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { meanJobsPerServer } from "../../theory/heavy-traffic/nondegenerate-slowdown.js";
import {
  bound,
  byQuantity,
  exact,
  firstOfEach,
  type Prediction,
  type Predictions,
  predicted,
} from "../../theory/prediction.js";
import { pooledSystem } from "../../theory/queues/pooled-system.js";
import type { HeavyTrafficQuantity, StateMoment } from "./quantities.js";

const PAPER: Reference = "Hurtado-Lange and Maguluri (2020)";
const DISTANCE_UNKNOWN =
  "how close the law is at this n is not known: the constant of Theorem 3 is of the order of n^2";

export interface HeavyTrafficInput {
  readonly servers: number;
  readonly arrivalRate: Rate;
  readonly time: "continuous" | "slotted";
  readonly policy: string;
  readonly buffer: number;
  /** Undefined in overload. */
  readonly traffic: HeavyTraffic | undefined;
  /** Why Theorem 1 does not cover these parameters; undefined if it does. */
  readonly whyOutside: string | undefined;
  /** Whether the pooled system has no more jobs. */
  readonly boundedByPool: boolean;
  readonly exact: ExactValues<StateMoment> | undefined;
  /** In slotted time, under JSQ: the policy of Theorem 3. */
  readonly slots: SlotExtremes | undefined;
  /** What is known of queues in infinite buffers. */
  readonly queues: readonly [QueueQuantity, Prediction][];
}

type Claims = [HeavyTrafficQuantity, Prediction][];

/** What theory says of every quantity, sharpest first: exact values, conservation laws, the heuristic, limits and bounds. */
export function heavyTrafficPredictions(input: HeavyTrafficInput): Predictions<HeavyTrafficQuantity | QueueQuantity> {
  const { traffic, buffer } = input;
  // They hold with a message delay too, so they replace what the chain says.
  const laws = traffic !== undefined && buffer === Number.POSITIVE_INFINITY ? conservation(input, traffic) : [];
  return byQuantity<HeavyTrafficQuantity | QueueQuantity>([
    ...firstOfEach<HeavyTrafficQuantity | QueueQuantity>([
      ...laws,
      ...exactPredictions(input.exact),
      ...byIdentity(input),
      ...input.queues,
      ...(traffic === undefined ? [] : totalQueue(input.queues, traffic)),
    ]),
    ...(traffic === undefined ? [] : heuristic(input, traffic)),
    ...(traffic === undefined ? [] : limits(traffic, input.whyOutside)),
    ...(traffic === undefined || input.time === "continuous" ? [] : slottedWaiting(traffic, input.whyOutside)),
    ...(traffic === undefined || input.slots === undefined ? [] : printedBound(traffic, input.slots)),
    ...(input.boundedByPool ? pooled(input) : []),
  ]);
}

/** In slotted time the mean is measured twice, where no job is blocked: the identity knows of none. */
function byIdentity({ time, buffer, exact: values }: HeavyTrafficInput): Claims {
  if (time === "continuous" || buffer !== Number.POSITIVE_INFINITY) return [];
  return exactPredictions(values).flatMap(
    ([name, claim]): Claims => (name === "scaled_total_queue" ? [["scaled_queue_by_identity", claim]] : []),
  );
}

/** The mean total queue, scaled. */
function totalQueue(queues: readonly [QueueQuantity, Prediction][], traffic: HeavyTraffic): Claims {
  const factor = queueScale(traffic) * traffic.servers;
  return queues.flatMap(([name, claim]): Claims => {
    if (name !== "mean_queue_length" || !("value" in claim)) return [];
    const { kind, value, source, modelError } = claim;
    const scaled = predicted(kind, { value: factor * value }, source, { modelError: factor * modelError });
    return [["scaled_total_queue", scaled]];
  });
}

/** What every run must meet. */
function conservation({ time }: HeavyTrafficInput, traffic: HeavyTraffic): Claims {
  const lemma = `${PAPER}, Lemma 1`;
  if (time === "continuous") return [["idle_servers", exact(meanUnusedService(traffic), lemma)]];
  return [
    ["unused_service", exact(1, lemma)],
    ["drift_identity_gap", exact(0, "drift of (sum q)^2, which is 0 in the stationary state")],
  ];
}

/**
 * Theorem 1, which decides nothing: Theorem 3 says how close the law is to its limit only up to a constant, and the constant of its
 * proof is so large that the bound exceeds the limit itself at any number of servers that can be run.
 */
function limits(traffic: HeavyTraffic, whyOutside = DISTANCE_UNKNOWN): Claims {
  const mean = limitMean(traffic);
  const limit = (value: number): Prediction => predicted("limit", { value }, `${PAPER}, Theorem 1`, { whyOutside });
  const quantile = (p: number): Prediction => limit(-mean * Math.log1p(-p));
  return [
    ["scaled_total_queue", limit(mean)],
    ["scaled_queue_by_identity", limit(mean)],
    ["scaled_queue_p50", quantile(0.5)],
    ["scaled_queue_p95", quantile(0.95)],
    ["wasserstein_distance", limit(0)],
    ["kolmogorov_distance", limit(0)],
    ...(["rising", "falling"] as const).map((side): Claims[number] => [
      side === "rising" ? "scaled_queue_mgf" : "scaled_queue_laplace",
      predicted("limit", { value: 1 / (1 - GENERATING_AT[side]) }, `${PAPER}, Theorem 2`, { whyOutside }),
    ]),
  ];
}

/** Little's law, of the limit of the mean: Corollary 1. */
function slottedWaiting(traffic: HeavyTraffic, whyOutside = DISTANCE_UNKNOWN): Claims {
  const { servers, alpha } = traffic;
  const value = limitMean(traffic) / (queueScale(traffic) * servers * (1 - servers ** -alpha));
  return [
    ["mean_waiting_time", predicted("limit", { value }, `${PAPER}, Corollary 1, by Little's law`, { whyOutside })],
  ];
}

/** The bound of Theorem 3 as printed, which is shown for what it is and decides nothing. */
function printedBound(traffic: HeavyTraffic, slots: SlotExtremes): Claims {
  const atMost = limitMean(traffic) * printedWassersteinBound(traffic, slots);
  const whyOutside =
    "vacuous: its constant is at least of the order of n^2, for a slot brings n (1 - n^-alpha) jobs or more, and its proof drops a term";
  return [["wasserstein_distance", bound({ atMost }, `${PAPER}, Theorem 3, constant of its proof`, { whyOutside })]];
}

function heuristic({ time, policy, buffer }: HeavyTrafficInput, traffic: HeavyTraffic): Claims {
  const { servers, alpha } = traffic;
  const applies = time === "continuous" && policy === "jsq" && buffer === Number.POSITIVE_INFINITY;
  if (!applies || alpha < 1 || alpha > 2) return [];
  const value = queueScale(traffic) * servers * meanJobsPerServer(servers ** (1 - alpha));
  const source =
    "diffusion of jobs per server, averaged over the idle servers; derived for 1 <= alpha <= 2, not proved";
  return [["scaled_total_queue", predicted("heuristic", { value }, source)]];
}

/** No policy has fewer jobs in the system than one common queue. */
function pooled({ servers, arrivalRate, buffer, traffic, time }: HeavyTrafficInput): Claims {
  if (time === "slotted") return [];
  const totalArrivalRate = arrivalRate * servers;
  const serviceRates = new Array<Rate>(servers).fill(1);
  const pool = pooledSystem({ totalArrivalRate, serviceRates, capacity: buffer * servers });
  const atLeast = (value: number): Prediction => bound({ atLeast: value }, "pooled birth-death chain: M/M/n, Erlang C");
  const accepted = totalArrivalRate * (1 - pool.blockedFraction);
  const claims: Claims = [
    ["mean_queue_length", atLeast(pool.meanJobs / servers)],
    ["mean_waiting_time", atLeast(Math.max(0, pool.meanJobs / accepted - 1))],
  ];
  if (traffic !== undefined) claims.push(["scaled_total_queue", atLeast(queueScale(traffic) * pool.meanJobs)]);
  return claims;
}
