import type { ModelTime } from "../../model/units.js";

/**
 * Mean waiting time in M/G/1, first in first out (Pollaczek 1930; Khinchine 1932): W = rho (1 + c^2) E[S] / (2 (1 - rho)).
 *
 * @param load rho, 0 <= rho < 1
 * @param meanServiceTime E[S]
 * @param squaredVariation c^2 of the service times, >= 0
 */
export function meanWaitingTimeMG1(load: number, meanServiceTime: ModelTime, squaredVariation: number): ModelTime {
  return (load * (1 + squaredVariation) * meanServiceTime) / (2 * (1 - load));
}
