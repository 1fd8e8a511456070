import type { ModelTime } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";
import type { RateSchedule } from "./rate-schedule.js";

/**
 * A process of rate 1 run at a time-varying rate, by the inverse of the integrated rate (Cinlar 1975,
 * Introduction to Stochastic Processes, section 4.7, for Poisson processes; Gerhardt and Nelson 2009 for renewal processes).
 *
 * @param unitRate a process with one arrival per unit of time in the long run
 */
export function scheduledArrivals(unitRate: ArrivalProcess, schedule: RateSchedule): ArrivalProcess {
  let start: ModelTime | undefined;
  let position = 0;
  return {
    name: `${unitRate.name} ${schedule.name}`,
    gaps: undefined,
    next(previous) {
      start ??= previous;
      position = unitRate.next(position);
      return start + schedule.timeOf(position);
    },
  };
}
