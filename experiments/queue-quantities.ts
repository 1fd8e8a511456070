import { FRACTION, NOT_NEGATIVE, type QuantityDefinition, type QuantityMeaning } from "./quantities.js";

/** Queue quantities that scenarios share; each scenario sets the role and the floor of those it uses. */
export const queueQuantities = {
  mean_waiting_time: {
    description: "mean time from arrival to start of service, accepted jobs",
    unit: "time units",
    range: NOT_NEGATIVE,
  },
  mean_sojourn_time: { description: "mean time from arrival to completion", unit: "time units", range: NOT_NEGATIVE },
  waiting_probability: {
    description: "probability that an arriving job finds its server busy, blocked jobs included",
    unit: "",
    range: FRACTION,
  },
  blocked_fraction: { description: "fraction of jobs that are blocked", unit: "", range: FRACTION },
  mean_queue_length: {
    description: "mean number of jobs per server, including the one in service",
    unit: "jobs",
    range: NOT_NEGATIVE,
  },
  busy_fraction: { description: "fraction of time that a server is busy", unit: "", range: FRACTION },
  idle_servers: {
    description: "mean number of idle servers: the unused service of Lemma 1",
    unit: "servers",
    range: NOT_NEGATIVE,
  },
} as const satisfies Readonly<Record<string, QuantityMeaning>>;

/** The distribution of the scaled total queue, and its distance to an exponential distribution. */
export const totalQueueQuantities = {
  scaled_total_queue: {
    description: "n^-alpha times the mean number of jobs in the system",
    unit: "",
    range: NOT_NEGATIVE,
  },
  scaled_queue_p50: {
    description: "n^-alpha times the median number of jobs in the system",
    unit: "",
    range: NOT_NEGATIVE,
  },
  scaled_queue_p95: {
    description: "n^-alpha times the 95th percentile of the number of jobs in the system",
    unit: "",
    range: NOT_NEGATIVE,
  },
  wasserstein_distance: {
    description: "Wasserstein distance of n^-alpha times the number of jobs to the exponential limit of Theorem 1",
    unit: "",
    range: NOT_NEGATIVE,
  },
  kolmogorov_distance: {
    description: "Kolmogorov-Smirnov distance between the same distributions",
    unit: "",
    range: FRACTION,
  },
} as const satisfies Readonly<Record<string, QuantityMeaning>>;

export type QueueTail = `queue_tail_${number}`;

/** The name of the fraction of servers with at least `level` jobs. */
export function queueTail(level: number): QueueTail {
  return `queue_tail_${level}`;
}

/** Differences between fractions of servers that are never of interest. */
const TAIL_FLOOR = 0.01;

/** The tail of the queue length distribution at these levels. */
export function queueTails(levels: readonly number[]): QuantityDefinition<QueueTail>[] {
  return levels.map((level) => ({
    name: queueTail(level),
    description: `fraction of servers with at least ${level} ${level === 1 ? "job" : "jobs"}`,
    unit: "",
    range: FRACTION,
    role: "other",
    floor: TAIL_FLOOR,
  }));
}

export type TotalQueueQuantity = keyof typeof totalQueueQuantities;
export type QueueQuantity = keyof typeof queueQuantities | TotalQueueQuantity | QueueTail;
