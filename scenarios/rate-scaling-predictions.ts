import type { RateCost, SojournCost } from "../model/cost-functions.js";
import type { ModelTime, Rate } from "../model/units.js";
import { LARGEST_EXPANSION, type StationaryRate, stationaryRate } from "../theory/constant-step.js";
import { type StationaryRateError, stationaryRateError } from "../theory/constant-step-error.js";
import { busyFractionFixedPoint } from "../theory/idle-fixed-point.js";
import { blockedFraction, meanIdleTime } from "../theory/idle-period.js";
import type { Prediction } from "../theory/prediction.js";
import { homogeneousCost, limitRateStandardDeviation, optimalRate } from "../theory/rate-scaling.js";
import { rateSkewness, saturatedSkewness, skewedQuantile } from "../theory/rate-skewness.js";

/** What the predictions of rate scaling depend on. */
export interface RateScalingSystem {
  readonly servers: number;
  readonly arrivalRate: Rate;
  readonly inverseStep: number;
  readonly g: SojournCost;
  readonly h: RateCost;
  readonly messageDelay: ModelTime;
  readonly heldUpFraction: number;
}

/** The 95th percentile of the standard normal distribution. */
const NORMAL_95 = 1.6448536269514722;
const PAPER = "Rutten, Zubeldia and Mukherjee (2023)";

/** One value per quantity, with how far it may be off, and why its derivation does not cover these parameters, if it does not. */
type Values = Readonly<Record<string, { readonly value: number; readonly error: number; readonly why?: string }>>;

/**
 * What the rule (2.2) leads to: refined for this number of servers and this step, with the message delay measured and
 * without any, and in the limit of Theorem 2.11.
 *
 * @param whyOutside why the theorems do not cover these parameters, if they do not
 */
export function adaptivePredictions(system: RateScalingSystem, whyOutside?: string): Map<string, Prediction[]> {
  const all = new Map<string, Prediction[]>();
  const add = (kind: Prediction["kind"], values: Values, source: string): void => {
    for (const [name, { value, error, why }] of Object.entries(values)) {
      pushTo(all, name, { kind, value, modelError: error, source, ...statusOf(whyOutside ?? why) });
    }
  };
  const finite = "derived for finite n and m";
  if (system.messageDelay > 0) {
    const delay = system.messageDelay.toPrecision(3);
    add("refined", refinedValues(system), `${finite}, with the measured message delay of ${delay} time units`);
  }
  add(
    "refined",
    refinedValues({ ...system, messageDelay: 0, heldUpFraction: 0 }),
    `${finite}: M/M/n/n at the rate where (2.2) rests, second-order averaging`,
  );
  add("limit", limitValues(system), `${PAPER}, Theorems 2.9 and 2.11; spread for a constant step derived`);
  pushTo(all, "idle_time_spread", {
    kind: "exact",
    value: 0,
    modelError: 0,
    source: "all servers follow the same law",
    ...statusOf(whyOutside),
  });
  pushTo(all, "mean_idle_time", idleTimeBound(system, whyOutside));
  return all;
}

/**
 * Fixed rates. Equal ones make an M/M/n/n system; for unequal ones there is only the limit of Theorem 2.9, whose error at
 * this n is taken from an M/M/n/n system of the same busy fraction.
 */
export function fixedRatePredictions(
  system: RateScalingSystem,
  rates: readonly Rate[],
  whyOutside?: string,
): Map<string, Prediction[]> {
  const all = new Map<string, Prediction[]>();
  const equal = rates.every((rate) => rate === rates[0]);
  const add = (kind: Prediction["kind"], values: Values, source: string): void => {
    for (const [name, { value, error }] of Object.entries(values)) {
      pushTo(all, name, { kind, value, modelError: error, source, ...statusOf(whyOutside) });
    }
  };
  if (equal) {
    const { messageDelay } = system;
    if (messageDelay > 0) {
      const source = `M/M/n/n with the measured message delay of ${messageDelay.toPrecision(3)} time units`;
      add("refined", equalRateValues(system, rates[0]), source);
    }
    add(
      "exact",
      equalRateValues({ ...system, messageDelay: 0, heldUpFraction: 0 }, rates[0]),
      "M/M/n/n: Erlang's loss formula, phase-type idle periods",
    );
    pushTo(all, "idle_time_spread", {
      kind: "exact",
      value: 0,
      modelError: 0,
      source: "all servers follow the same law",
      ...statusOf(whyOutside),
    });
  } else {
    add("limit", unequalRateValues(system, rates), `${PAPER}, Theorem 2.9, fixed point of (4.4)`);
  }
  pushTo(all, "mean_idle_time", idleTimeBound(system, whyOutside));
  return all;
}

function refinedValues(system: RateScalingSystem): Values {
  const { arrivalRate, g, h, messageDelay } = system;
  const stationary = stationaryRate(system);
  const { mean: rate, standardDeviation: sd, idleTime } = stationary;
  const errors = stationaryRateError(system);
  const { mean: rateError, idleTime: idleTimeError } = errors;
  const loss = { ...system, serviceRate: rate };
  const blockedAt = (serviceRate: Rate): number => blockedFraction({ ...loss, serviceRate });
  const blocked = blockedAt(rate);
  // The mean rate may be off; rates move about it, at the worst all together; and jobs held up come in bursts.
  const blockedError =
    Math.abs(blockedAt(rate - rateError) - blocked) +
    (blockedAt(rate - sd) + blockedAt(rate + sd)) / 2 -
    blocked +
    system.heldUpFraction;
  // Servers' rates differ: the mean of 1/rate is above 1 over the mean rate.
  const spread = (sd / rate) ** 2;
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
    mean_sojourn_time: { value: 1 / rate + messageDelay, error: (rateError / rate + spread) / rate },
    mean_cost: {
      value:
        arrivalRate * g.value(1 / (1 / rate + messageDelay)) + h.value(rate) + 0.5 * h.secondDerivative(rate) * sd ** 2,
      error: (Math.abs(arrivalRate * g.derivative(rate)) + h.derivative(rate)) * rateError,
    },
  };
}

/** Of the rates, where the standard normal law has its quantile z. */
function refinedPercentile(
  system: RateScalingSystem,
  stationary: StationaryRate,
  errors: StationaryRateError,
  z: number,
): Values[string] {
  const { mean, standardDeviation } = stationary;
  const derived = rateSkewness(system);
  const value = skewedQuantile(mean, standardDeviation, saturatedSkewness(derived), z);
  // What is left of the expansion in the skewness is taken as a quarter of its first term; what saturation took from it is added.
  const rest = Math.abs(value - (mean + z * standardDeviation)) / 4;
  const saturation = Math.abs(value - skewedQuantile(mean, standardDeviation, derived, z));
  const error = errors.mean + NORMAL_95 * errors.standardDeviation + rest;
  const why = whyNoPercentiles(stationary);
  return { value, error: why === undefined ? error + saturation : error, ...why };
}

/** Undefined where the steps are small enough to derive how skewed the rates are. */
function whyNoPercentiles({ expansionSize }: StationaryRate): { readonly why: string } | undefined {
  if (expansionSize <= LARGEST_EXPANSION) return undefined;
  return {
    why: "steps are too large at this arrival rate to derive how skewed the rates are, that is fitted to simulations: raise inverseStep",
  };
}

function limitValues(system: RateScalingSystem): Values {
  const { arrivalRate, inverseStep, g, h } = system;
  const why = whyNoPercentiles(stationaryRate(system));
  const rate = optimalRate(arrivalRate, g, h);
  const sd = limitRateStandardDeviation({ arrivalRate, inverseStep, g, h });
  return {
    mean_service_rate: { value: rate, error: 0 },
    service_rate_sd: { value: sd, error: 0 },
    service_rate_p05: { value: rate - NORMAL_95 * sd, error: 0, ...why },
    service_rate_p95: { value: rate + NORMAL_95 * sd, error: 0, ...why },
    mean_idle_time: { value: 1 / arrivalRate - 1 / rate, error: 0 },
    busy_fraction: { value: arrivalRate / rate, error: 0 },
    blocked_fraction: { value: 0, error: 0 },
    mean_sojourn_time: { value: 1 / rate, error: 0 },
    mean_cost: { value: homogeneousCost(arrivalRate, g, h, rate), error: 0 },
  };
}

function equalRateValues(system: RateScalingSystem, rate: Rate): Values {
  const { arrivalRate, g, h, messageDelay, heldUpFraction } = system;
  const loss = { ...system, serviceRate: rate };
  const blocked = blockedFraction(loss);
  return {
    mean_idle_time: { value: meanIdleTime(loss), error: 0 },
    busy_fraction: { value: (arrivalRate * (1 - blocked)) / rate, error: 0 },
    blocked_fraction: { value: blocked, error: heldUpFraction },
    mean_sojourn_time: { value: 1 / rate + messageDelay, error: 0 },
    mean_cost: { value: arrivalRate * g.value(1 / (1 / rate + messageDelay)) + h.value(rate), error: 0 },
  };
}

function unequalRateValues(system: RateScalingSystem, rates: readonly Rate[]): Values {
  const { arrivalRate } = system;
  const busy = busyFractionFixedPoint(rates, arrivalRate);
  const idleTime = (1 - busy) / arrivalRate;
  const alike = equalRateValues(system, arrivalRate / busy);
  return {
    mean_idle_time: { value: idleTime, error: Math.abs(alike.mean_idle_time.value - idleTime) },
    busy_fraction: { value: busy, error: Math.abs(alike.busy_fraction.value - busy) },
    idle_time_spread: { value: 0, error: Math.abs(alike.mean_idle_time.value - idleTime) },
  };
}

/** An idle server is hit at rate lambda at least (Remark 2.8, corrected), from when the dispatcher knows it to be idle. */
function idleTimeBound({ arrivalRate, messageDelay }: RateScalingSystem, whyOutside?: string): Prediction {
  return {
    kind: "bound",
    atMost: 1 / arrivalRate + messageDelay,
    modelError: 0,
    source: `${PAPER}, Remark 2.8 (corrected)`,
    ...statusOf(whyOutside),
  };
}

function statusOf(whyOutside: string | undefined): Pick<Prediction, "status" | "why"> {
  return whyOutside === undefined ? { status: "applies" } : { status: "outside assumptions", why: whyOutside };
}

function pushTo(map: Map<string, Prediction[]>, name: string, prediction: Prediction): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [prediction]);
  else list.push(prediction);
}
