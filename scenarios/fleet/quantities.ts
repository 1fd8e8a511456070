import {
  FRACTION,
  type NamesOf,
  type QuantityDeclarations,
  type QuantityDefinition,
  quantitiesAt,
} from "../../experiments/quantities.js";
import { queueQuantities } from "../../experiments/queue-quantities.js";
import type { ModelTime } from "../../model/units.js";
import { type ShareGroups, type ShareQuantity, shareQuantities } from "./shares.js";

/** The percentiles of times at a server, by the ends of their names. */
export const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;
export type Percentile = keyof typeof PERCENTILES;

const ofSojourns = { unit: "time units", description: "of the times that served jobs spend at their server" };
const ofWaits = { unit: "time units", description: "of the times that served jobs wait at their server", floor: 0.01 };

const declarations = {
  mean_waiting_time: { ...queueQuantities.mean_waiting_time, role: "headline", floor: 0.01 },
  mean_queue_length: { ...queueQuantities.mean_queue_length, role: "headline" },
  mean_sojourn_time: {
    ...queueQuantities.mean_sojourn_time,
    description: "mean time that jobs spend at their server, by Little's law",
  },
  busy_fraction: queueQuantities.busy_fraction,
  blocked_fraction: { ...queueQuantities.blocked_fraction, floor: 0.01 },
  timed_out_fraction: {
    description: "fraction of jobs whose clients gave up before they were served",
    unit: "",
    range: FRACTION,
    floor: 0.01,
  },
  sojourn_time_p50: { ...ofSojourns, description: `median ${ofSojourns.description}` },
  sojourn_time_p90: { ...ofSojourns, description: `90th percentile ${ofSojourns.description}` },
  sojourn_time_p99: { ...ofSojourns, description: `99th percentile ${ofSojourns.description}`, isNotAwaited: true },
  sojourn_time_p999: { ...ofSojourns, description: `99.9th percentile ${ofSojourns.description}`, isNotAwaited: true },
  waiting_time_p50: { ...ofWaits, description: `median ${ofWaits.description}` },
  waiting_time_p90: { ...ofWaits, description: `90th percentile ${ofWaits.description}` },
  waiting_time_p99: { ...ofWaits, description: `99th percentile ${ofWaits.description}`, isNotAwaited: true },
  waiting_time_p999: { ...ofWaits, description: `99.9th percentile ${ofWaits.description}`, isNotAwaited: true },
  sojourn_over_slo: {
    description: "fraction of jobs that spend more than slo at their server",
    unit: "",
    floor: 0.01,
    isNotAwaited: true,
  },
} as const satisfies QuantityDeclarations;

export interface WhatIsMeasured {
  /** Whether jobs wait for a worker: not where they share the workers. */
  readonly waits: boolean;
  /** Whether jobs have copies at several servers, so that it is not clear what their wait is. */
  readonly sendsCopies: boolean;
  /** The limit of the times at a server, if there is one. */
  readonly slo: ModelTime | undefined;
  /** Whether clients give up after a time. */
  readonly timesOut: boolean;
  /** Whose shares of the jobs are measured, and whether they are known beforehand. */
  readonly shares: ShareGroups;
  readonly sharesAreKnown: boolean;
}

export type FleetQuantity = NamesOf<typeof fleetQuantities>;

/** What is measured of a fleet. */
export function fleetQuantities({ waits, sendsCopies, slo, timesOut, shares, sharesAreKnown }: WhatIsMeasured) {
  const ofJobs = quantitiesAt(declarations, undefined).filter(
    ({ name }) =>
      (waits || !name.startsWith("waiting_time_")) &&
      (!sendsCopies || name !== "mean_waiting_time") &&
      (slo !== undefined || name !== "sojourn_over_slo") &&
      (timesOut || name !== "timed_out_fraction"),
  );
  const all: QuantityDefinition<keyof typeof declarations | ShareQuantity>[] = [
    ...ofJobs,
    ...shareQuantities(shares, sharesAreKnown),
  ];
  return all;
}
