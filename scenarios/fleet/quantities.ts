import {
  FRACTION,
  type NamesOf,
  type QuantityDeclarations,
  type QuantityDefinition,
  quantitiesAt,
} from "../../experiments/quantities.js";
import { queueQuantities } from "../../experiments/queue-quantities.js";
import type { GroupName } from "../../model/statistics/job-times.js";
import { type ShareGroups, type ShareQuantity, shareQuantities } from "./shares.js";
import { type GroupQuantity, groupQuantities, type TimesQuantity, timesQuantities, type WhichTimes } from "./times.js";

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
} as const satisfies QuantityDeclarations;

export interface WhatIsMeasured extends WhichTimes {
  /** Whether jobs have copies at several servers, so that it is not clear what their wait is. */
  readonly sendsCopies: boolean;
  /** Whether clients give up after a time. */
  readonly timesOut: boolean;
  /** Whose shares of the jobs are measured, and whether they are known beforehand. */
  readonly shares: ShareGroups;
  readonly sharesAreKnown: boolean;
  /** Whose times are told apart. */
  readonly groups: readonly GroupName[];
}

export type FleetQuantity = NamesOf<typeof fleetQuantities>;

/** What is measured of a fleet. */
export function fleetQuantities(what: WhatIsMeasured) {
  const { sendsCopies, timesOut, shares, sharesAreKnown, groups } = what;
  const ofJobs = quantitiesAt(declarations, undefined).filter(
    ({ name }) => (!sendsCopies || name !== "mean_waiting_time") && (timesOut || name !== "timed_out_fraction"),
  );
  const all: QuantityDefinition<keyof typeof declarations | TimesQuantity | GroupQuantity | ShareQuantity>[] = [
    ...ofJobs,
    ...timesQuantities(what),
    ...groupQuantities(what, groups),
    ...shareQuantities(shares, sharesAreKnown),
  ];
  return all;
}
