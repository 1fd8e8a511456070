import type { ModelTime, Rate, Work } from "../../model/units.js";

/** A stretch of time of a server: its duration, the work done in it, and the rate at its end. */
export interface Stretch {
  duration: ModelTime;
  work: Work;
  rate: Rate;
}

/**
 * How a server controls its own service rate. It depends only on the server's own idle time I_v: neither on the other
 * servers, nor on their number, nor on the arrival rate.
 *
 * Both methods return the same object, `stretch`, so that events allocate no memory.
 */
export interface RateControl {
  readonly name: string;

  /**
   * The rate after `duration`.
   *
   * @param rate at the start
   * @param idleTime I_v at the start
   * @param idle whether the server is idle (I_v grows with time) or busy (I_v stays)
   * @param duration length of the stretch
   */
  evolve(rate: Rate, idleTime: ModelTime, idle: boolean, duration: ModelTime): Readonly<Stretch>;

  /**
   * The time that `work` takes while busy, and the rate at its end. The duration is Infinity if the rate stays at 0.
   */
  serve(rate: Rate, idleTime: ModelTime, work: Work): Readonly<Stretch>;
}
