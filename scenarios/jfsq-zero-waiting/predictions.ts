import { type ExactValues, exactPredictions } from "../../experiments/exact-predictions.js";
import type { QueueQuantity } from "../../experiments/queue-quantities.js";
import type { Rate } from "../../model/units.js";
import type { Reference } from "../../theory/bibliography/index.js";
import {
  clippedMoment,
  fastBusyEvent,
  fastServers,
  type HeterogeneousFleet,
  limitQueue,
  meanQueueBound,
  outsideCollapse,
  stateSpaceCollapse,
  surelyBusyEvent,
  waitingBounds,
} from "../../theory/heavy-traffic/jfsq-bounds.js";
import {
  bound,
  byQuantity,
  firstOfEach,
  type Prediction,
  type Predictions,
  predicted,
} from "../../theory/prediction.js";
import { pooledSystem } from "../../theory/queues/pooled-system.js";
import type { JfsqQuantity, JfsqState } from "./quantities.js";
import { deltaOf, MOMENT } from "./states.js";

const PAPER: Reference = "Liu and Ying (2025)";

export interface JfsqPredictionInput {
  readonly totalArrivalRate: Rate;
  readonly rates: readonly Rate[];
  readonly buffer: number;
  readonly policy: string;
  /** Undefined where the paper does not cover such a fleet at all. */
  readonly fleet: HeterogeneousFleet | undefined;
  /** Whether the pooled system has no more jobs than this one, whatever the policy. */
  readonly boundedByPool: boolean;
  readonly exact: ExactValues<JfsqState> | undefined;
  /** What is known of queues in infinite buffers. */
  readonly queues: readonly [QueueQuantity, Prediction][];
  readonly whyOutside: string | undefined;
}

type Claims = [JfsqQuantity, Prediction][];

/** What theory says of every quantity: exactly for few servers, and by the bounds of the paper and of the pooled system. */
export function jfsqPredictions(input: JfsqPredictionInput): Predictions<JfsqQuantity | QueueQuantity> {
  const { fleet, policy, whyOutside } = input;
  return byQuantity<JfsqQuantity | QueueQuantity>([
    ...firstOfEach<JfsqQuantity | QueueQuantity>([...exactPredictions(input.exact), ...input.queues]),
    ...(input.boundedByPool ? pooledBound(input) : []),
    ...(fleet === undefined ? [] : paperBounds(fleet, policy, whyOutside)),
  ]);
}

function pooledBound({ totalArrivalRate, rates, buffer }: JfsqPredictionInput): Claims {
  const servers = rates.length;
  const pool = pooledSystem({ totalArrivalRate, serviceRates: rates, capacity: buffer * servers });
  const source = "pooled birth-death chain, fastest servers first";
  return [["mean_queue_length", bound({ atLeast: pool.meanJobs / servers }, source)]];
}

/** Every bound of the paper, outside its assumptions where they do not hold. */
function paperBounds(fleet: HeterogeneousFleet, policy: string, whyOutside: string | undefined): Claims {
  const atMost = (value: number, source: string): Prediction =>
    bound({ atMost: value }, `${PAPER}, ${source}`, { whyOutside });
  const atLeast = (value: number, source: string, why: string | undefined): Prediction =>
    bound({ atLeast: value }, `${PAPER}, ${source}`, { whyOutside: why });
  const waiting = waitingBounds(fleet);
  const [surely, fast] = [surelyBusyEvent(fleet, deltaOf(fleet)), fastBusyEvent(fleet)];
  const collapse = stateSpaceCollapse(fleet, MOMENT);
  const theorem1 = "Theorem 1, constants of its proof";
  const claims: Claims = [
    ["waiting_probability", atMost(waiting.waitingProbability, theorem1)],
    ["blocked_fraction", atMost(waiting.blockedFraction, "section 3.5")],
    ["clipped_moment_1", atMost(clippedMoment(fleet, 1).atMost, "Theorem 2")],
    ["clipped_moment_2", atMost(clippedMoment(fleet, 2).atMost, "Theorem 2")],
    ["lemma_1_probability", atLeast(surely.probabilityAtLeast, "Lemma 1", outsideLemma1(fleet, policy))],
    ["lemma_2_probability", atLeast(fast.probabilityAtLeast, "Lemma 2", outsideLemma2(fleet, policy))],
    [
      "collapse_probability",
      atLeast(collapse.probabilityAtLeast, fleet.alpha < 0.5 ? "Lemma 3" : "Lemma 4", outsideLemma(fleet, policy)),
    ],
    ["mean_queue_length", atMost(meanQueueBound(fleet), "Theorem 2, for the mean")],
    ...limits(fleet, policy),
  ];
  // Where blocking has no bound below 1, the waiting time of accepted jobs has none.
  if (Number.isFinite(waiting.meanWaitingTime))
    claims.push(["mean_waiting_time", atMost(waiting.meanWaitingTime, theorem1)]);
  return claims;
}

/** Where the theorems lead as n grows; how near that is at this n they say by bounds only. */
function limits(fleet: HeterogeneousFleet, policy: string): Claims {
  const why =
    policy === "jfsq" ? "the limit of many servers: how near it is at this n is not known" : aboutJfsq(policy);
  const limit = (value: number, theorem: string) =>
    predicted("limit", { value }, `${PAPER}, ${theorem}`, { whyOutside: why });
  return [
    ["mean_waiting_time", limit(0, "Theorem 1")],
    ["waiting_probability", limit(0, "Theorem 1")],
    ["mean_queue_length", limit(limitQueue(fleet), "Theorem 2")],
  ];
}

function aboutJfsq(policy: string): string {
  return `the paper is about jfsq, not ${policy}`;
}

/** Lemma 3 or 4, with its own conditions. */
function outsideLemma(fleet: HeterogeneousFleet, policy: string): string | undefined {
  return policy === "jfsq" ? outsideCollapse(fleet, MOMENT) : aboutJfsq(policy);
}

/** Lemmas 1 and 2 need less than the theorems: conditions of their own, which moderate fleets meet. */
function outsideLemma1({ servers, alpha }: HeterogeneousFleet, policy: string): string | undefined {
  if (policy !== "jfsq") return aboutJfsq(policy);
  return servers ** -alpha <= 0.25 ? undefined : `2 n^-alpha = ${(2 * servers ** -alpha).toPrecision(3)} exceeds 1/2`;
}

function outsideLemma2(fleet: HeterogeneousFleet, policy: string): string | undefined {
  if (policy !== "jfsq") return aboutJfsq(policy);
  const limit = Math.sqrt(fleet.servers) / Math.log(fleet.servers);
  const rate = fleet.rates[Math.max(0, fastServers(fleet) - 1)];
  return rate <= limit ? undefined : `mu_N2 = ${rate.toPrecision(3)} exceeds sqrt(n) / log n = ${limit.toPrecision(3)}`;
}
