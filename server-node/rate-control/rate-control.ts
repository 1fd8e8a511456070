import type { ModelTime, Rate, Work } from "../../model/units.js";

/** What a stretch of time did to a server: how long it took, the work done in it, and the rate at its end. */
export interface Stretch {
  duration: ModelTime;
  work: Work;
  rate: Rate;
}

/**
 * How a server changes its own service rate. It is told nothing but the server's own idle time I_v: neither the other
 * servers, nor how many there are, nor the arrival rate.
 *
 * Both calls fill and return the same object, `stretch`, so that no event allocates.
 */
export interface RateControl {
  readonly name: string;

  /**
   * The rate after `duration`.
   *
   * @param rate at the start
   * @param idleTime I_v at the start
   * @param idle whether the server is idle (I_v grows with time) or busy (I_v stays)
   * @param duration how long
   */
  evolve(rate: Rate, idleTime: ModelTime, idle: boolean, duration: ModelTime): Readonly<Stretch>;

  /**
   * The time that `work` takes while busy, and the rate at its end. The duration is Infinity if the rate stays at 0.
   */
  serve(rate: Rate, idleTime: ModelTime, work: Work): Readonly<Stretch>;
}
