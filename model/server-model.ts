import type { InitialRates } from "./initial-rates.js";

/** What a server knows of the world: itself. Neither the other servers, nor how many there are, nor the arrival rate. */
export interface ServerModel {
  readonly discipline: Discipline;
  /** Jobs held at most, the one in service included: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly rateControl: RateControlModel;
  readonly initialRates: InitialRates;
  /** In slotted time: the law of the jobs that it can serve in a slot, as `parseServiceLaw` reads it. */
  readonly services?: string;
}

/** `fifo`: one job at a time, first in first out. `pool`: all jobs at once, each as if it were alone.
 * `slotted`: some at the end of every slot, first in first out. */
export const DISCIPLINES = ["fifo", "pool", "slotted"] as const;
export type Discipline = (typeof DISCIPLINES)[number];

/** `fixed`: the rate stays. `idle-time`: the rule (2.2) of Rutten, Zubeldia and Mukherjee (2023), costs by their names. */
export type RateControlModel =
  | { readonly kind: "fixed" }
  | { readonly kind: "idle-time"; readonly costG: string; readonly costH: string; readonly inverseStep: number };
