import { type NamesOf, NOT_NEGATIVE, type QuantityDeclarations, quantitiesAt } from "../../experiments/quantities.js";
import { queueQuantities } from "../../experiments/queue-quantities.js";
import { type InverseStep, optimalRate, type RateScaling } from "../../theory/rate-scaling/rate-scaling.js";

/** The values that floors are fractions of: those of the limit. */
interface Expected {
  readonly rate: number;
  readonly idleTime: number;
}

const ofRates = {
  mean_service_rate: {
    description: "mean service rate over servers and time",
    unit: "per time unit",
    range: NOT_NEGATIVE,
    role: "headline",
  },
  service_rate_sd: {
    description: "standard deviation of a server's rate",
    unit: "per time unit",
    range: NOT_NEGATIVE,
    // Compared with the rates themselves, not with how little they differ.
    floor: ({ rate }) => 0.01 * rate,
  },
  service_rate_p05: { description: "5th percentile of the rates", unit: "per time unit", range: NOT_NEGATIVE },
  service_rate_p95: { description: "95th percentile of the rates", unit: "per time unit", range: NOT_NEGATIVE },
  service_rate_range: {
    description: "greatest difference of the rates of two servers (Lemma 2.10), mean over time",
    unit: "per time unit",
    range: NOT_NEGATIVE,
  },
  service_rate_distance: {
    description: "greatest distance of a server's rate from the optimum (Theorem 2.11), mean over time",
    unit: "per time unit",
    range: NOT_NEGATIVE,
  },
} as const satisfies QuantityDeclarations<Expected>;

const ofIdleTimes = {
  mean_idle_time: { description: "time average of I_v(t)", unit: "time units", range: NOT_NEGATIVE, role: "headline" },
} as const satisfies QuantityDeclarations<Expected>;

const betweenServers = {
  idle_time_spread: {
    description: "standard deviation of the mean idle time between servers",
    unit: "time units",
    range: NOT_NEGATIVE,
    floor: ({ idleTime }) => 0.08 * idleTime,
  },
} as const satisfies QuantityDeclarations<Expected>;

const ofJobs = {
  busy_fraction: queueQuantities.busy_fraction,
  blocked_fraction: { ...queueQuantities.blocked_fraction, floor: 0.02 },
  mean_sojourn_time: queueQuantities.mean_sojourn_time,
  mean_cost: {
    description: "lambda g(1/E[S]) + mean of h(rate)",
    unit: "",
  },
} as const satisfies QuantityDeclarations<Expected>;

const withoutBlocking = {
  work_rate: {
    description: "work done, per server: the mean of rate times busy fraction",
    unit: "per time unit",
    range: NOT_NEGATIVE,
  },
} as const satisfies QuantityDeclarations<Expected>;

export type RateScalingQuantity = NamesOf<typeof rateScalingQuantities>;

/** What is measured of servers whose rates change, or stay as they are. */
export function rateScalingQuantities(
  system: RateScaling & InverseStep,
  { rateControl, buffer }: { readonly rateControl: "idle-time" | "fixed"; readonly buffer: number },
) {
  const { arrivalRate, g, h, servers } = system;
  const rate = optimalRate(arrivalRate, g, h);
  const expected: Expected = {
    rate,
    idleTime: 1 / arrivalRate,
  };
  return [
    ...(rateControl === "fixed" ? [] : quantitiesAt(ofRates, expected)),
    ...quantitiesAt(ofIdleTimes, expected),
    ...(servers > 1 ? quantitiesAt(betweenServers, expected) : []),
    ...quantitiesAt(ofJobs, expected),
    ...(buffer === Number.POSITIVE_INFINITY ? quantitiesAt(withoutBlocking, expected) : []),
  ];
}
