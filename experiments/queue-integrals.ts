import type { ModelTime } from "../model/units.js";
import type { FleetView } from "./scenario.js";

/** The integral over time of the number of servers with at least `level` jobs, at index `level`; 0 at index 0. */
export function integralsOf(now: ModelTime, { queues }: Pick<FleetView, "queues">): number[] {
  const highest = queues.reduce((most, queue) => Math.max(most, queue.highest), 0);
  const integrals = Array.from({ length: highest + 1 }, () => 0);
  for (const queue of queues)
    for (let level = 1; level <= queue.highest; level++) integrals[level] += queue.integral(level, now);
  return integrals;
}
