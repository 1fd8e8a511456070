import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import { assert } from "../../model/errors.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { RateControl, Stretch } from "./rate-control.js";

/**
 * The rule of Rutten, Zubeldia and Mukherjee (2023), (2.2):
 *
 *     d mu / dt = -(1/m) [ g'(mu) + h'(mu) (I(t) + 1/mu) ].
 *
 * With g = 1/mu it is singular at rate 0 (mu grows like (3t/m)^(1/3)). Integrated over s with dt = m/|g'(mu)| ds instead
 * of t, everything is smooth: d mu / ds = 1 + (h'(mu) I + h'(mu)/mu) / g'(mu), and both time and work are polynomial in s
 * near 0. Between two events of a running server, one step of Dormand and Prince's fifth-order method is then enough.
 */
export function idleTimeRule(g: SojournCost, h: RateCost, inverseStep: number): RateControl {
  return new IdleTimeRule(g, h, inverseStep);
}

/** Local error allowed in one step, relative to the rate, the time and the work at its end. */
const STEP_TOLERANCE = 1e-8;
/** A miss that changes the rate by no more than this fraction is made up along the tangent: the error is its square. */
const TANGENT_REACH = 1e-5;
/** Steps shorter than this only occur where the rate runs into 0. */
const SMALLEST_STEP = 1e-200;
const MAX_STEPS = 10_000_000;

class IdleTimeRule implements RateControl {
  readonly name = "idle-time";
  private readonly stretch: Stretch = { duration: 0, work: 0, rate: 0 };

  // The state at the start of a step, and the result of `step`.
  private rate = 0;
  private time = 0;
  private work = 0;
  private nextRate = 0;
  private nextTime = 0;
  private nextWork = 0;
  private relativeError = 0;

  // What I(t) is in the stretch at hand: idleTime + growth t.
  private idleTime = 0;
  private growth = 0;

  // The derivatives left by `slopes`.
  private rateSlope = 0;
  private timeSlope = 0;

  constructor(
    private readonly g: SojournCost,
    private readonly h: RateCost,
    private readonly inverseStep: number,
  ) {}

  evolve(rate: Rate, idleTime: ModelTime, idle: boolean, duration: ModelTime): Readonly<Stretch> {
    this.begin(rate, idleTime, idle ? 1 : 0);
    if (duration > 0) this.advance(duration, Number.POSITIVE_INFINITY);
    return this.end();
  }

  serve(rate: Rate, idleTime: ModelTime, work: Work): Readonly<Stretch> {
    this.begin(rate, idleTime, 0);
    if (work > 0) this.advance(Number.POSITIVE_INFINITY, work);
    return this.end();
  }

  private begin(rate: Rate, idleTime: ModelTime, growth: number): void {
    this.rate = rate;
    this.time = 0;
    this.work = 0;
    this.idleTime = idleTime;
    this.growth = growth;
  }

  private end(): Readonly<Stretch> {
    this.stretch.duration = this.time;
    this.stretch.work = this.work;
    this.stretch.rate = this.rate;
    return this.stretch;
  }

  /** Goes on until either the time or the work is reached; exactly one of the two is finite. */
  private advance(untilTime: number, untilWork: number): void {
    let longest = Number.POSITIVE_INFINITY;
    for (let steps = 0; ; steps++) {
      assert(steps < MAX_STEPS, `${MAX_STEPS} steps are enough (rate ${this.rate}, idle time ${this.idleTime})`);
      this.slopes(this.rate, this.time);
      const toTarget = this.missing(this.rate, this.time, this.work, untilTime, untilWork);
      const size = this.stepWithinTolerance(Math.min(toTarget, longest, this.rate + 0.05));
      if (size === 0) {
        this.restAtZero(untilTime);
        return;
      }
      longest = size * Math.min(5, stepFactor(this.relativeError));
      if (this.arrive(size, untilTime, untilWork)) return;
    }
  }

  /** Makes the longest step up to `size` that meets the tolerance. Returns its size, or 0 if the rate stays at 0. */
  private stepWithinTolerance(size: number): number {
    if (this.rate === 0 && this.rateSlope <= 0) return 0;
    let trial = size;
    this.step(trial);
    while (!(this.relativeError <= STEP_TOLERANCE && this.nextRate > 0)) {
      trial *= Math.max(0.1, stepFactor(this.relativeError) || 0.1);
      if (trial < SMALLEST_STEP) return 0;
      this.step(trial);
    }
    return trial;
  }

  /**
   * Accepts the step just made; if it came within reach of the target or beyond it, goes to the target exactly (Newton
   * steps from the same start, the last one along the tangent) and returns true.
   */
  private arrive(size: number, untilTime: number, untilWork: number): boolean {
    let trial = size;
    let longest = Number.POSITIVE_INFINITY;
    for (;;) {
      this.slopes(this.nextRate, this.nextTime);
      const miss = this.missing(this.nextRate, this.nextTime, this.nextWork, untilTime, untilWork);
      if (Math.abs(miss) * (1 + Math.abs(this.rateSlope)) <= TANGENT_REACH * this.nextRate) {
        this.rate = this.nextRate + miss * this.rateSlope;
        this.time = Number.isFinite(untilTime) ? untilTime : this.nextTime + miss * this.timeSlope;
        this.work = Number.isFinite(untilWork) ? untilWork : this.nextWork + miss * this.nextRate * this.timeSlope;
        return true;
      }
      if (miss > 0 && longest === Number.POSITIVE_INFINITY) {
        this.rate = this.nextRate;
        this.time = this.nextTime;
        this.work = this.nextWork;
        return false;
      }
      if (miss < 0) longest = trial;
      // Newton from a point where the slope is larger than on the way can overshoot the start: then halve.
      trial = trial + miss > 0 && trial + miss < longest ? trial + miss : 0.5 * trial;
      this.step(trial);
    }
  }

  /** How much further in s the target is, by the slopes at hand; negative beyond it. */
  private missing(rate: number, time: number, work: number, untilTime: number, untilWork: number): number {
    const missing = Number.isFinite(untilTime)
      ? (untilTime - time) / this.timeSlope
      : (untilWork - work) / (rate * this.timeSlope);
    return Number.isNaN(missing) ? Number.POSITIVE_INFINITY : missing;
  }

  /** At rate 0 with no push upward (outside Assumption 2.1) nothing changes any more, and no work gets done. */
  private restAtZero(untilTime: number): void {
    this.rate = 0;
    this.time = untilTime;
  }

  private slopes(rate: number, time: number): void {
    const reciprocal = this.g.reciprocalDerivative(rate);
    const idleTime = this.idleTime + this.growth * time;
    this.rateSlope = 1 + reciprocal * (this.h.derivative(rate) * idleTime + this.h.derivativePerRate(rate));
    this.timeSlope = -this.inverseStep * reciprocal;
  }

  /** One step of Dormand and Prince (1980), with their embedded fourth-order error estimate. */
  private step(s: number): void {
    const { rate, time, work } = this;
    this.slopes(rate, time);
    const r1 = this.rateSlope;
    const t1 = this.timeSlope;
    const w1 = rate * t1;
    let x = rate + s * (r1 / 5);
    this.slopes(x, time + s * (t1 / 5));
    const r2 = this.rateSlope;
    const t2 = this.timeSlope;
    x = rate + s * ((3 * r1) / 40 + (9 * r2) / 40);
    this.slopes(x, time + s * ((3 * t1) / 40 + (9 * t2) / 40));
    const r3 = this.rateSlope;
    const t3 = this.timeSlope;
    const w3 = x * t3;
    x = rate + s * ((44 * r1) / 45 - (56 * r2) / 15 + (32 * r3) / 9);
    this.slopes(x, time + s * ((44 * t1) / 45 - (56 * t2) / 15 + (32 * t3) / 9));
    const r4 = this.rateSlope;
    const t4 = this.timeSlope;
    const w4 = x * t4;
    x = rate + s * ((19372 * r1) / 6561 - (25360 * r2) / 2187 + (64448 * r3) / 6561 - (212 * r4) / 729);
    this.slopes(x, time + s * ((19372 * t1) / 6561 - (25360 * t2) / 2187 + (64448 * t3) / 6561 - (212 * t4) / 729));
    const r5 = this.rateSlope;
    const t5 = this.timeSlope;
    const w5 = x * t5;
    x = rate + s * ((9017 * r1) / 3168 - (355 * r2) / 33 + (46732 * r3) / 5247 + (49 * r4) / 176 - (5103 * r5) / 18656);
    this.slopes(
      x,
      time + s * ((9017 * t1) / 3168 - (355 * t2) / 33 + (46732 * t3) / 5247 + (49 * t4) / 176 - (5103 * t5) / 18656),
    );
    const r6 = this.rateSlope;
    const t6 = this.timeSlope;
    const w6 = x * t6;
    this.nextRate = rate + s * fifthOrder(r1, r3, r4, r5, r6);
    this.nextTime = time + s * fifthOrder(t1, t3, t4, t5, t6);
    this.nextWork = work + s * fifthOrder(w1, w3, w4, w5, w6);
    this.slopes(this.nextRate, this.nextTime);
    const rateError = s * errorEstimate(r1, r3, r4, r5, r6, this.rateSlope);
    const timeError = s * errorEstimate(t1, t3, t4, t5, t6, this.timeSlope);
    const workError = s * errorEstimate(w1, w3, w4, w5, w6, this.nextRate * this.timeSlope);
    this.relativeError =
      Math.abs(rateError / this.nextRate) + Math.abs(timeError / this.nextTime) + Math.abs(workError / this.nextWork);
  }
}

/** By how much the next step may differ from one with this error, for a method of fifth order. */
function stepFactor(relativeError: number): number {
  return 0.9 * (STEP_TOLERANCE / Math.max(relativeError, 1e-16)) ** 0.2;
}

function fifthOrder(k1: number, k3: number, k4: number, k5: number, k6: number): number {
  return (35 * k1) / 384 + (500 * k3) / 1113 + (125 * k4) / 192 - (2187 * k5) / 6784 + (11 * k6) / 84;
}

function errorEstimate(k1: number, k3: number, k4: number, k5: number, k6: number, k7: number): number {
  return (71 * k1) / 57600 - (71 * k3) / 16695 + (71 * k4) / 1920 - (17253 * k5) / 339200 + (22 * k6) / 525 - k7 / 40;
}
