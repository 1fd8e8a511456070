import type { Rate } from "../model/units.js";
import { type HeavyTraffic, limitMean, meanUnusedService, queueScale } from "../theory/jsq-heavy-traffic.js";
import { meanJobsPerServer } from "../theory/nondegenerate-slowdown.js";
import type { StateQuantity } from "./queue-looks.js";
import type { QuantityDefinition } from "./scenario.js";

/**
 * E ||q_perp||^r / n^r for r = 1 and 2: how far queues are from being alike, against the growth that Proposition 1 of
 * Hurtado-Lange and Maguluri allows.
 */
export function perpendicularMoments(servers: number): StateQuantity[] {
  return [1, 2].map((moment) => ({
    name: `perpendicular_moment_${moment}`,
    isEvent: false,
    of: (queueLengths) => (perpendicularNorm(queueLengths) / servers) ** moment,
  }));
}

/** ||q - (mean of q) 1||, in the Euclidean norm. */
function perpendicularNorm(queueLengths: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < queueLengths.length; i++) {
    sum += queueLengths[i];
    squares += queueLengths[i] ** 2;
  }
  return Math.sqrt(Math.max(0, squares - sum ** 2 / queueLengths.length));
}

interface QuantityInput {
  readonly servers: number;
  readonly time: "continuous" | "slotted";
  readonly arrivalRate: Rate;
}

/** What is measured, with the width at which an interval decides: a tenth to a seventh of what is expected. */
export function heavyTrafficQuantities(
  { servers, time, arrivalRate }: QuantityInput,
  traffic: HeavyTraffic | undefined,
  tails: readonly number[],
): QuantityDefinition[] {
  const blocked = {
    name: "blocked_fraction",
    description: "fraction of jobs that found the buffer full",
    unit: "",
    precision: 0.02,
  };
  if (traffic !== undefined && time === "slotted") return [...scaled(traffic), ...slotted(traffic), blocked];
  const expected = traffic === undefined ? 1 : expectedQueue(traffic) / (queueScale(traffic) * servers);
  return [
    ...(traffic === undefined ? [] : scaled(traffic)),
    {
      name: "idle_servers",
      description: "mean number of idle servers: the service that is left unused, Lemma 1",
      unit: "servers",
      precision: 0.1 * Math.max(1, traffic === undefined ? 1 : meanUnusedService(traffic)),
    },
    {
      name: "mean_waiting_time",
      description: "of accepted jobs, from arrival to the begin of service",
      unit: "time units",
      precision: 0.15 * Math.max(1, expected),
    },
    {
      name: "waiting_probability",
      description: "of an arriving job being sent to a busy server, blocked ones included",
      unit: "",
      precision: 0.05,
    },
    {
      name: "mean_queue_length",
      description: "jobs per server, in service included",
      unit: "jobs",
      precision: 0.15 * Math.max(arrivalRate, expected),
    },
    ...tails.map((level) => ({
      name: `queue_tail_${level}`,
      description: `fraction of servers with at least ${level} jobs`,
      unit: "",
      precision: 0.05,
    })),
    blocked,
  ];
}

function expectedQueue(traffic: HeavyTraffic): number {
  const { servers, alpha } = traffic;
  return Math.max(limitMean(traffic), queueScale(traffic) * servers * meanJobsPerServer(servers ** (1 - alpha)));
}

function scaled(traffic: HeavyTraffic): QuantityDefinition[] {
  const precision = 0.15 * expectedQueue(traffic);
  return [
    { name: "scaled_total_queue", description: "n^-alpha times the mean of all jobs", unit: "", precision },
    { name: "scaled_queue_p50", description: "median of n^-alpha times all jobs", unit: "", precision },
    {
      name: "scaled_queue_p95",
      description: "95th percentile of n^-alpha times all jobs",
      unit: "",
      precision: 3 * precision,
    },
    {
      name: "wasserstein_distance",
      description: "of the law of n^-alpha times all jobs to the exponential law of Theorem 1",
      unit: "",
      precision,
    },
    {
      name: "kolmogorov_distance",
      description: "Kolmogorov-Smirnov distance between the same laws",
      unit: "",
      precision: 0.1,
    },
    ...[1, 2].map((moment) => ({
      name: `perpendicular_moment_${moment}`,
      description: `E||q_perp||^${moment} / n^${moment}, how far queues are from being alike`,
      unit: "",
      precision: 0.5,
    })),
  ];
}

function slotted(traffic: HeavyTraffic): QuantityDefinition[] {
  return [
    {
      name: "unused_service",
      description: "mean of services that found no job in a slot, over n^(1 - alpha): Lemma 1",
      unit: "",
      precision: 0.1,
    },
    {
      name: "drift_identity_gap",
      description: "scaled_total_queue less what the drift of (sum q)^2 makes of the unused services",
      unit: "",
      precision: 0.15 * expectedQueue(traffic),
    },
    {
      name: "scaled_queue_by_identity",
      description: "n^-alpha times the mean of all jobs, from the jobs there are when service is left unused",
      unit: "",
      precision: 0.05 * limitMean(traffic),
    },
  ];
}
