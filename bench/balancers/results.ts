import type { Rate } from "../../model/units.js";

export const TIME_UNIT_SECONDS = 0.025;
export const WARM_UP_SECONDS = 1;
export const MEASURED_SECONDS = 5;

/** One run of one subject under a seed; times in units of model time. */
export interface BalancerResult {
  readonly subject: string;
  readonly fleet: string;
  readonly arrivalRate: Rate;
  readonly seed: string;
  readonly jobs: number;
  readonly meanWait: number;
  readonly sojournP50: number;
  readonly sojournP99: number;
  readonly blocked: number;
  readonly lost: number;
  readonly cpuMicrosecondsPerJob: number;
  /** Mean schedule lag of the generator. */
  readonly scheduleLag: number;
  readonly whyVoid: string | null;
}

/** The rates of the servers. */
export const FLEETS: Readonly<Record<string, readonly Rate[]>> = {
  equal: Array.from({ length: 10 }, () => 1),
  "two-speeds": [1.5, 1.5, 1.5, 1.5, 1.5, 0.5, 0.5, 0.5, 0.5, 0.5],
};
