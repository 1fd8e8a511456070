import { rateClasses } from "../../model/service-rates.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { bound } from "../../theory/prediction.js";
import { MOST_SERVERS, randomIdleServerLaw } from "../../theory/queues/random-idle-server.js";
import { classMeasures, type RateClass } from "../../theory/rate-scaling/class-chain.js";
import { busyFractionFixedPoint } from "../../theory/rate-scaling/idle-fixed-point.js";
import { blockedFraction, meanIdleTime } from "../../theory/rate-scaling/idle-period.js";
import { homogeneousCost } from "../../theory/rate-scaling/rate-scaling.js";
import {
  type Claims,
  claims,
  equalIdleTimes,
  idleTimeBound,
  PAPER,
  type RateScalingSystem,
  type Values,
  withoutDelay,
} from "./predictions.js";
import type { RateScalingQuantity } from "./quantities.js";

/** States of the chain of classes, times classes, that are solved in about half a second. */
const MOST_WORK = 50_000;
/** Rates at which a server never completes a job, in any run. */
const STANDSTILL: Rate = 1e-100;

/** Predictions for servers of fixed rates: Erlang's loss system where they are equal, the exact law of the busy servers where not. */
export class FixedRatesTheory {
  private readonly classes: readonly RateClass[];
  private idleTimes: Values | undefined;

  /** @param rates of each server */
  constructor(private readonly rates: readonly Rate[]) {
    this.classes = rateClasses(rates);
  }

  /** @param whyOutside why no theorem covers these parameters, if none does */
  claims(system: RateScalingSystem, whyOutside: string | undefined): Claims {
    const found =
      this.classes.length === 1 ? equalRates(system, this.rates[0], whyOutside) : this.unequal(system, whyOutside);
    return [...found, idleTimeBound(system, whyOutside)];
  }

  private unequal(system: RateScalingSystem, whyOutside: string | undefined): Claims {
    const busy = this.busyServers(system);
    const exactly = "the set of busy servers is a reversible chain (Gumbel 1960)";
    const limit = `${PAPER}, Theorem 2.9, fixed point of (4.4)`;
    const why = whyOutside ?? "the error of the fluid limit at this n, of order 1/n, is not known";
    return [
      ...claims("exact", busy, exactly, whyOutside),
      ...claims("exact", this.idle(system), "the chain of the numbers of busy servers by class, solved", whyOutside),
      ...claims("limit", fluidValues(system, this.rates), limit, why),
      ...fleetBounds(system, this.rates, busy.blocked_fraction, whyOutside),
    ];
  }

  /**
   * A server that the dispatcher takes for busy a message longer has longer services, and the law depends on their means only: like
   * any Erlang loss system it is insensitive to their distribution.
   */
  private busyServers(system: RateScalingSystem): Values {
    const { arrivalRate, g, h, messageDelay } = system;
    if (this.rates.length > MOST_SERVERS || this.rates.some((rate) => rate < STANDSTILL)) return {};
    const unavailable = this.rates.map((rate) => 1 / (1 / rate + messageDelay));
    const { blockedFraction: blocked, meanServiceTime: sojourn } = randomIdleServerLaw(unavailable, arrivalRate);
    const meanCost = this.rates.reduce((sum, rate) => sum + h.value(rate), 0) / this.rates.length;
    return {
      busy_fraction: { value: arrivalRate * (1 - blocked) * (sojourn - messageDelay), error: 0 },
      blocked_fraction: { value: blocked, error: 0 },
      mean_sojourn_time: { value: sojourn, error: 0 },
      mean_cost: { value: arrivalRate * g.value(1 / sojourn) + meanCost, error: 0 },
    };
  }

  /**
   * A delay makes idle periods longer by itself, and jobs, which find fewer idle servers, make them shorter by no more; it makes them
   * less variable as well, which takes no more than it from the time average.
   */
  private idle({ arrivalRate, messageDelay }: RateScalingSystem): Values {
    this.idleTimes ??= idleTimesOf(this.classes, arrivalRate);
    const values = Object.entries(this.idleTimes) as [RateScalingQuantity, Values[RateScalingQuantity] & object][];
    return Object.fromEntries(values.map(([name, { value }]) => [name, { value, error: 2 * messageDelay }]));
  }
}

function equalRates(system: RateScalingSystem, rate: Rate, whyOutside: string | undefined): Claims {
  const delayed = `M/M/n/n with the measured message delay of ${system.messageDelay.toPrecision(3)} time units`;
  const prompt = "M/M/n/n: Erlang's loss formula, phase-type idle periods";
  return [
    ...(system.messageDelay > 0 ? claims("refined", equalRateValues(system, rate), delayed, whyOutside) : []),
    ...claims("exact", equalRateValues(withoutDelay(system), rate), prompt, whyOutside),
    equalIdleTimes(whyOutside),
  ];
}

function equalRateValues(system: RateScalingSystem, rate: Rate): Values {
  const { arrivalRate, g, h, messageDelay } = system;
  const loss = { ...system, serviceRate: rate };
  const blocked = blockedFraction(loss);
  return {
    mean_idle_time: { value: meanIdleTime(loss), error: 0 },
    busy_fraction: { value: (arrivalRate * (1 - blocked)) / rate, error: 0 },
    blocked_fraction: { value: blocked, error: 0 },
    mean_sojourn_time: { value: 1 / rate + messageDelay, error: 0 },
    mean_cost: { value: arrivalRate * g.value(1 / (1 / rate + messageDelay)) + h.value(rate), error: 0 },
  };
}

/** Nothing where there are too many classes for the chain. */
function idleTimesOf(classes: readonly RateClass[], arrivalRate: Rate): Values {
  const work = classes.reduce((product, { servers }) => product * (servers + 1), classes.length);
  if (work > MOST_WORK || classes.some(({ rate }) => rate < STANDSTILL)) return {};
  const idleTimes = classMeasures(classes, arrivalRate).map((measures) => measures.meanIdleTime);
  const servers = classes.reduce((sum, one) => sum + one.servers, 0);
  const total = (of: (idleTime: ModelTime) => number): number =>
    classes.reduce((sum, one, k) => sum + one.servers * of(idleTimes[k]), 0);
  const mean = total((idleTime) => idleTime) / servers;
  const variance = total((idleTime) => (idleTime - mean) ** 2) / (servers - 1);
  return { mean_idle_time: { value: mean, error: 0 }, idle_time_spread: { value: Math.sqrt(variance), error: 0 } };
}

/**
 * What holds at every n. The jobs that are not blocked are served, at no more than the greatest rate and no less than the least: the
 * bounds of c in Theorem 2.9. And slower servers are busy more, so that the mean rate at which jobs are served is at most the mean rate of
 * the servers; with g decreasing and h convex no rates cost less than they would if all were equal to their mean: the inequalities behind
 * Theorem 2.3.
 *
 * Source: flow conservation; under JIQ with unit buffers the law of the set of busy servers (theory/queues/random-idle-server.ts) gives a set
 * with a slower server in place of a faster one the greater probability, and Chebyshev's sum inequality.
 */
function fleetBounds(
  { arrivalRate, g, h }: RateScalingSystem,
  rates: readonly Rate[],
  blocked: Values["blocked_fraction"],
  whyOutside: string | undefined,
): Claims {
  const meanRate = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const slowest = rates.reduce((least, rate) => Math.min(least, rate));
  const fastest = rates.reduce((most, rate) => Math.max(most, rate));
  if (!(meanRate > 0)) return [];
  const busyBounds = `${PAPER}, bounds of c in Theorem 2.9, with the jobs that are blocked`;
  const equal = `${PAPER}, Theorem 2.3: equal rates of the same mean`;
  const atLeast = (value: number, source: string) => bound({ atLeast: value }, source, { whyOutside });
  const served = blocked && arrivalRate * (1 - blocked.value - blocked.error);
  return [
    ["mean_sojourn_time", atLeast(1 / meanRate, equal)],
    ["mean_cost", atLeast(homogeneousCost(arrivalRate, g, h, meanRate), equal)],
    ...(served === undefined ? [] : [["busy_fraction", atLeast(served / fastest, busyBounds)] as Claims[number]]),
    ...(arrivalRate < slowest
      ? [["busy_fraction", bound({ atMost: arrivalRate / slowest }, busyBounds, { whyOutside })] as Claims[number]]
      : []),
  ];
}

/** In overload all servers are always busy. */
function fluidValues({ arrivalRate, g, h }: RateScalingSystem, rates: readonly Rate[]): Values {
  const busy = busyFractionFixedPoint(rates, arrivalRate);
  const meanRate = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const meanCost = rates.reduce((sum, rate) => sum + h.value(rate), 0) / rates.length;
  const served = Math.min(arrivalRate, meanRate);
  return {
    mean_idle_time: { value: (1 - busy) / arrivalRate, error: 0 },
    idle_time_spread: { value: 0, error: 0 },
    busy_fraction: { value: busy, error: 0 },
    blocked_fraction: { value: 1 - served / arrivalRate, error: 0 },
    mean_sojourn_time: { value: busy / served, error: 0 },
    mean_cost: { value: arrivalRate * g.value(served / busy) + meanCost, error: 0 },
  };
}
