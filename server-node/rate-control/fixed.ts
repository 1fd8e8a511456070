import type { RateControl, Stretch } from "./rate-control.js";

/** A rate that never changes. */
export function fixedRate(): RateControl {
  const stretch: Stretch = { duration: 0, work: 0, rate: 0 };
  return {
    name: "fixed",
    evolve(rate, _idleTime, _idle, duration) {
      stretch.duration = duration;
      stretch.work = rate * duration;
      stretch.rate = rate;
      return stretch;
    },
    serve(rate, _idleTime, work) {
      stretch.duration = work / rate;
      stretch.work = work;
      stretch.rate = rate;
      return stretch;
    },
  };
}
