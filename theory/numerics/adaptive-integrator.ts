import { ERROR_WEIGHTS, STAGE_WEIGHTS } from "../../model/dormand-prince.js";
import { assert } from "../../model/errors.js";

/** Writes the time derivative of `state` into `into`. */
export type Derivative = (state: Float64Array, into: Float64Array) => void;

const MAX_STEPS = 1_000_000;

/**
 * Integrates an autonomous system of differential equations for positive quantities, keeping the error of each step below
 * a fraction of each quantity, or of a floor where the quantity is below it.
 *
 * Source: Dormand and Prince (1980), the 5(4) pair, with the usual step control.
 */
export class AdaptiveIntegrator {
  time = 0;
  state: Float64Array;
  private stepSize: number;
  private readonly slopes: Float64Array[];
  private trial: Float64Array;

  /**
   * @param derivative the right side
   * @param start the state at time 0, every entry > 0, or >= 0 with a floor; it is copied
   * @param tolerance error allowed in one step, relative to each entry
   * @param floor of the values that the error is relative to
   */
  constructor(
    private readonly derivative: Derivative,
    start: Float64Array,
    private readonly tolerance: number,
    private readonly floor = 0,
  ) {
    this.state = start.slice();
    this.trial = start.slice();
    this.slopes = Array.from({ length: 7 }, () => new Float64Array(start.length));
    derivative(this.state, this.slopes[0]);
    const fastest = start.reduce(
      (most, x, i) => Math.max(most, Math.abs(this.slopes[0][i] / Math.max(x, floor))),
      1e-12,
    );
    this.stepSize = 1e-3 / fastest;
  }

  /** Advances to exactly `time`. */
  advanceTo(time: number): void {
    for (let steps = 0; this.time < time; steps++) {
      assert(steps < MAX_STEPS, `${MAX_STEPS} steps suffice to reach ${time} (now at ${this.time})`);
      this.step(time);
    }
  }

  /** Makes one accepted step that does not pass `until`. */
  step(until: number): void {
    for (;;) {
      const remaining = until - this.time;
      const size = Math.min(this.stepSize, remaining);
      const error = this.attempt(size) / this.tolerance;
      // A stage outside the domain gives NaN, which counts as an error too large.
      const factor = Number.isFinite(error) ? 0.9 * Math.max(error, 1e-8) ** -0.2 : 0.1;
      const accepted = error <= 1;
      if (accepted) this.accept(size === remaining ? until : this.time + size);
      // A step cut short to end at `until` is no reason to shorten the next one.
      if (!accepted || size === this.stepSize) this.stepSize = size * Math.min(5, Math.max(0.1, factor));
      if (accepted) return;
      assert(this.stepSize > 0, `the step from ${this.time} has not become 0`);
    }
  }

  private accept(time: number): void {
    this.time = time;
    [this.state, this.trial] = [this.trial, this.state];
    // The last slope of a step is the first one of the next.
    [this.slopes[0], this.slopes[6]] = [this.slopes[6], this.slopes[0]];
  }

  /** Fills `trial` with the state one step later. Returns the largest relative error. */
  private attempt(size: number): number {
    const n = this.state.length;
    for (let stage = 0; stage < STAGE_WEIGHTS.length; stage++) {
      this.trial.set(this.state);
      STAGE_WEIGHTS[stage].forEach((weight, k) => {
        const slope = this.slopes[k];
        for (let i = 0; i < n; i++) this.trial[i] += size * weight * slope[i];
      });
      this.derivative(this.trial, this.slopes[stage + 1]);
    }
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const error = ERROR_WEIGHTS.reduce((sum, weight, k) => sum + weight * this.slopes[k][i], 0);
      const relative = Math.abs((size * error) / Math.max(this.trial[i], this.floor));
      if (!(relative <= worst)) worst = relative;
    }
    return worst;
  }
}
