import type { InitialRates } from "./initial-rates.js";
import type { ModelTime } from "./units.js";

/** All that a server knows: itself. Neither the other servers, nor their number, nor the arrival rate. */
export interface ServerModel {
  readonly discipline: Discipline;
  /** Jobs served at the full rate at once, by `fifo` and `ps`; 1 if left out. */
  readonly workers?: number;
  /** A job that has waited for longer when its turn comes is not served: its client has given up. Left out if all are served. */
  readonly abandonAfter?: ModelTime;
  /** Maximum number of jobs, the one in service included: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly rateControl: RateControlModel;
  readonly initialRates: InitialRates;
  /** In slotted time: the distribution of its potential service per slot, as read by `parseServiceLaw`. */
  readonly services?: string;
}

/**
 * `fifo`: as many jobs at a time as there are workers, first in first out. `ps`: all jobs, which share the workers equally. `pool`: all
 * jobs in parallel, each at the full rate. `slotted`: a random number at the end of every slot, first in first out.
 */
export const DISCIPLINES = ["fifo", "ps", "pool", "slotted"] as const;
export type Discipline = (typeof DISCIPLINES)[number];

/** Whether jobs end in the order in which the server accepts them. */
export function endsInOrder({ discipline, workers = 1 }: Pick<ServerModel, "discipline" | "workers">): boolean {
  return discipline === "slotted" || (discipline === "fifo" && workers === 1);
}

/** How many of the jobs that it holds such a server may be serving at any moment: the oldest ones. */
export function jobsAtOnce({ discipline, workers = 1 }: Pick<ServerModel, "discipline" | "workers">): number {
  if (discipline === "slotted") return 0;
  return discipline === "fifo" ? workers : Number.POSITIVE_INFINITY;
}

/** `fixed`: constant rate. `idle-time`: the rule (2.2) of Rutten, Zubeldia and Mukherjee (2023), with named cost functions. */
export type RateControlModel =
  | { readonly kind: "fixed" }
  | { readonly kind: "idle-time"; readonly costG: string; readonly costH: string; readonly inverseStep: number };

/** Servers that may be of several classes. */
export interface ServerModels {
  readonly server: ServerModel;
  /** The servers of each class instead, where these differ in more than their rates, which `server` has for all. */
  readonly serversByClass?: readonly ServerModel[];
  /** The class of each server, as an index. */
  classOf(server: number): number;
}

/** The model of a server, by its number. */
export function serverModelOf({ server, serversByClass, classOf }: ServerModels, number: number): ServerModel {
  return serversByClass?.[classOf(number)] ?? server;
}
