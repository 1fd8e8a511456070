import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import type { JobTimeout } from "../../model/job-timeout.js";
import type { JobGroups } from "../../model/statistics/job-times.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { FleetDiscipline } from "./classes.js";

/** A fleet as theory sees it. */
export interface FleetSystem {
  /** Per server. */
  readonly arrivalRate: Rate;
  /** Of each server. */
  readonly rates: readonly Rate[];
  /** Jobs that a server holds at most; undefined if that is not the same of all. */
  readonly buffer: number | undefined;
  /** When clients give up; undefined for never. */
  readonly timeout: JobTimeout | undefined;
  /** Limit of the time at a server; undefined for none. */
  readonly slo: ModelTime | undefined;
  /** Its name, with its options. */
  readonly policy: string;
  readonly sizes: JobSizeLaw;
  /** The name of the arrival process, with its options. */
  readonly arrivals: string;
  /** Whether the load varies over time. */
  readonly varies: boolean;
  /** Of each server. */
  readonly workers: readonly number[];
  readonly disciplines: readonly FleetDiscipline[];
  readonly buffers: readonly number[];
  /** Where delays depend on it. */
  readonly zones: readonly (string | undefined)[];
  /** The class of each server. */
  classOf(server: number): number;
  /** Whose times are told apart. */
  readonly groups: JobGroups;
}
