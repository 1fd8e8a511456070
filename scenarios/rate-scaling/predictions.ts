import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { bound, exact, type Prediction, type PredictionKind, predicted } from "../../theory/prediction.js";
import { LARGEST_EXPANSION, type StationaryRate, stationaryRate } from "../../theory/rate-scaling/constant-step.js";
import { type StationaryRateError, stationaryRateError } from "../../theory/rate-scaling/constant-step-error.js";
import { blockedFraction, type LossSystem } from "../../theory/rate-scaling/idle-period.js";
import type { QueuedServers } from "../../theory/rate-scaling/queued-servers.js";
import { expectedDistance, expectedRange } from "../../theory/rate-scaling/rate-extremes.js";
import {
  comesToRest,
  homogeneousCost,
  limitRate,
  limitRateStandardDeviation,
  optimalRate,
} from "../../theory/rate-scaling/rate-scaling.js";
import { rateSkewness, saturatedSkewness, skewedQuantile } from "../../theory/rate-scaling/rate-skewness.js";
import type { RateScalingQuantity } from "./quantities.js";

/** What the predictions of rate scaling depend on. */
export interface RateScalingSystem {
  readonly servers: number;
  readonly arrivalRate: Rate;
  readonly inverseStep: number;
  readonly g: SojournCost;
  readonly h: RateCost;
  readonly messageDelay: ModelTime;
  /** These servers where buffers are larger than one job, without delay. */
  readonly queues?: QueuedServers | undefined;
}

/** The 95th percentile of the standard normal distribution. */
const NORMAL_95 = 1.6448536269514722;
export const PAPER: Reference = "Rutten, Zubeldia and Mukherjee (2023)";
const STEP_TOO_LARGE = "steps are too large to tell how close the limit is: increase inverseStep";
const SMALL_STEPS = "the limit is that of small steps, then of many servers; steps of 1/m keep rates apart";
const BOUND_AT_FIXED_RATES =
  "proved for fixed rates: under adaptation time averages weigh slow phases more, and can exceed it";

interface Derived {
  readonly value: number;
  readonly error: number;
}

export type Values = Readonly<Partial<Record<RateScalingQuantity, Derived>>>;
export type Claims = [RateScalingQuantity, Prediction][];

/**
 * What the rule (2.2) leads to: refined for this number of servers and this step, with the message delay measured and
 * without any, and in the limit of Theorem 2.11.
 *
 * @param whyOutside why the theorems do not cover these parameters, if they do not
 */
export function adaptiveClaims(system: RateScalingSystem, whyOutside?: string): Claims {
  if (!comesToRest(withoutDelay(system)))
    return [equalIdleTimes(whyOutside), idleTimeBound(system, whyOutside ?? BOUND_AT_FIXED_RATES)];
  const fitted = isFitted(stationaryRate(system));
  const kind = fitted ? "heuristic" : "refined";
  const finite = fitted ? "fitted to simulations, for steps too large for an expansion" : "derived for finite n and m";
  const delay = `with the measured message delay of ${system.messageDelay.toPrecision(3)} time units`;
  const prompt = `${finite}: M/M/n/n at the rate where (2.2) rests, second-order averaging`;
  const limit = `${PAPER}, Theorems 2.9 and 2.11; spread for a constant step derived`;
  return [
    ...(system.messageDelay > 0 ? claims(kind, refinedValues(system), `${finite}, ${delay}`, whyOutside) : []),
    ...claims(kind, refinedValues(withoutDelay(system)), prompt, whyOutside),
    ...claims("limit", limitValues(system), limit, whyOutside ?? (fitted ? STEP_TOO_LARGE : undefined)),
    ...extremes(system, whyOutside),
    equalIdleTimes(whyOutside),
    idleTimeBound(system, whyOutside ?? BOUND_AT_FIXED_RATES),
  ];
}

/** Of the rates of all servers at once: as if they were independent and normal, and in the limit of small steps. */
function extremes(system: RateScalingSystem, whyOutside: string | undefined): Claims {
  const { mean, standardDeviation } = stationaryRate(system);
  const rates = { servers: system.servers, mean, standardDeviation };
  const optimum = optimalRate(system.arrivalRate, system.g, system.h);
  const independent = "as if rates were independent and normal";
  const limit = (statement: string) =>
    predicted("limit", { value: 0 }, `${PAPER}, ${statement}`, { whyOutside: whyOutside ?? SMALL_STEPS });
  const heuristic = (value: number) => predicted("heuristic", { value }, independent, { whyOutside });
  return [
    ["service_rate_range", heuristic(expectedRange(rates))],
    ["service_rate_range", limit("Lemma 2.10")],
    ["service_rate_distance", heuristic(expectedDistance(rates, optimum))],
    ["service_rate_distance", limit("Theorem 2.11")],
  ];
}

export function withoutDelay(system: RateScalingSystem): RateScalingSystem {
  return { ...system, messageDelay: 0 };
}

export function claims(kind: PredictionKind, values: Values, source: string, whyOutside: string | undefined): Claims {
  const entries = Object.entries(values) as [RateScalingQuantity, Derived][];
  return entries.map(([name, { value, error }]) => [
    name,
    predicted(kind, { value }, source, { modelError: error, whyOutside }),
  ]);
}

export function equalIdleTimes(whyOutside: string | undefined): Claims[number] {
  return ["idle_time_spread", exact(0, "all servers are identically distributed", { whyOutside })];
}

export function refinedValues(system: RateScalingSystem): Values {
  const { arrivalRate, g, h } = system;
  const stationary = stationaryRate(system);
  const { mean: rate, standardDeviation: sd, idleTime } = stationary;
  const errors = stationaryRateError(system);
  const { mean: rateError, idleTime: idleTimeError } = errors;
  const loss = { ...system, serviceRate: rate };
  const blockedAt = (serviceRate: Rate): number => blockedFraction({ ...loss, serviceRate });
  const blocked = blockedAt(rate);
  // The mean rate may be off, and rates fluctuate about it, at worst all together.
  const blockedError =
    Math.abs(blockedAt(rate - rateError) - blocked) + (blockedAt(rate - sd) + blockedAt(rate + sd)) / 2 - blocked;
  // Servers' rates differ: the mean of 1/rate is above 1 over the mean rate.
  const spread = (sd / rate) ** 2;
  const sojournAt = (serviceRate: Rate): number => meanSojournTime({ ...loss, serviceRate });
  const sojourn = sojournAt(rate);
  const whileQueued = (): number =>
    Math.abs(sojournAt(rate - rateError) - sojourn) +
    Math.abs((sojournAt(rate - sd) + sojournAt(rate + sd)) / 2 - sojourn);
  const sojournError = (rateError / rate + spread) / rate + (system.queues === undefined ? 0 : whileQueued());
  return {
    mean_service_rate: { value: rate, error: rateError },
    service_rate_sd: { value: sd, error: errors.standardDeviation },
    service_rate_p05: refinedPercentile(system, stationary, errors, -NORMAL_95),
    service_rate_p95: refinedPercentile(system, stationary, errors, NORMAL_95),
    mean_idle_time: { value: idleTime, error: idleTimeError },
    busy_fraction: {
      value: (arrivalRate * (1 - blocked)) / rate,
      error: (arrivalRate / rate) * (rateError / rate + blockedError + spread),
    },
    blocked_fraction: { value: blocked, error: blockedError },
    mean_sojourn_time: { value: sojourn, error: sojournError },
    mean_cost: {
      value: arrivalRate * g.value(1 / sojourn) + h.value(rate) + 0.5 * h.secondDerivative(rate) * sd ** 2,
      error: (Math.abs(arrivalRate * g.derivative(rate)) + h.derivative(rate)) * rateError,
    },
  };
}

/** With unit buffers, of the jobs that are not blocked, a service; with larger ones, by Little's law. */
function meanSojournTime({
  arrivalRate,
  serviceRate,
  messageDelay,
  queues,
}: LossSystem & RateScalingSystem): ModelTime {
  if (queues === undefined) return 1 / serviceRate + messageDelay;
  const { meanJobs, blockedFraction: blocked } = queues.at(arrivalRate, serviceRate);
  return meanJobs / (arrivalRate * (1 - blocked));
}

/** Whether steps are so large that moments are fitted to simulations. */
export function isFitted({ expansionSize }: StationaryRate): boolean {
  return expansionSize > LARGEST_EXPANSION;
}

/** Of the rates, where the standard normal law has its quantile z. */
function refinedPercentile(
  system: RateScalingSystem,
  stationary: StationaryRate,
  errors: StationaryRateError,
  z: number,
): Derived {
  const { mean, standardDeviation } = stationary;
  const derived = rateSkewness(system);
  const quantile = (skewness: number): Rate => skewedQuantile({ mean, standardDeviation, skewness }, z);
  const value = quantile(saturatedSkewness(derived));
  // The remainder of the expansion in the skewness is taken as a quarter of its first term, plus what saturation took from it.
  const rest = Math.abs(value - (mean + z * standardDeviation)) / 4;
  const saturation = Math.abs(value - quantile(derived));
  const error = errors.mean + NORMAL_95 * errors.standardDeviation + rest;
  return { value, error: isFitted(stationary) ? error : error + saturation };
}

/** In overload, where speed is dear, all servers are always busy at the rate where the rule rests without idle times. */
function limitValues(system: RateScalingSystem): Values {
  const { arrivalRate, inverseStep, g, h } = system;
  const rate = limitRate(arrivalRate, g, h);
  if (rate === undefined) return {};
  const sd = limitRateStandardDeviation({ arrivalRate, inverseStep, g, h });
  const served = Math.min(arrivalRate, rate);
  return {
    mean_service_rate: { value: rate, error: 0 },
    service_rate_sd: { value: sd, error: 0 },
    service_rate_p05: { value: rate - NORMAL_95 * sd, error: 0 },
    service_rate_p95: { value: rate + NORMAL_95 * sd, error: 0 },
    mean_idle_time: { value: 1 / served - 1 / rate, error: 0 },
    busy_fraction: { value: served / rate, error: 0 },
    blocked_fraction: { value: 1 - served / arrivalRate, error: 0 },
    mean_sojourn_time: { value: 1 / rate, error: 0 },
    mean_cost: { value: homogeneousCost(arrivalRate, g, h, rate), error: 0 },
  };
}

/** An idle server is hit at rate lambda at least (Remark 2.8, corrected), from when the dispatcher knows it to be idle. */
export function idleTimeBound(
  { arrivalRate, messageDelay }: RateScalingSystem,
  whyOutside: string | undefined,
): Claims[number] {
  const atMost = 1 / arrivalRate + messageDelay;
  return ["mean_idle_time", bound({ atMost }, `${PAPER}, Remark 2.8 (corrected)`, { whyOutside })];
}
