import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import { ERROR_WEIGHTS, STAGE_WEIGHTS } from "../../model/dormand-prince.js";
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
 * near 0. Between two events of a running server, one step of the fifth-order method of Dormand and Prince
 * (1980) is then enough.
 */
export function idleTimeRule(g: SojournCost, h: RateCost, inverseStep: number): RateControl {
  return new IdleTimeRule(g, h, inverseStep);
}

/** Local error allowed in one step, relative to the rate, the time and the work at its end. */
const STEP_TOLERANCE = 1e-8;
/** A miss of the target that changes the rate by no more than this fraction is corrected along the tangent, with the square of it as error. */
const TANGENT_REACH = 1e-5;
/** Steps shorter than this occur only where the rate tends to 0. */
const SMALLEST_STEP = 1e-200;
/**
 * The slope may vary at all scales towards rate 0, as x^0.01 does where h is barely more than quadratic. The error of a step
 * from 0 that is shorter than this is negligible.
 */
const SHORTEST_STEP_FROM_ZERO = 1e-30;
/** A rate below this that falls is taken to be 0: outside Assumption 2.1 rates may fall to 0, and stay there. */
const AT_REST = 1e-15;
/** Where more steps than these would be needed, the rate is near 0. */
const MOST_LEAPS = 10;
const MAX_STEPS = 10_000_000;
/** Every so many steps of one stretch, it is asked whether the rate has settled: to within this fraction of where it tends to. */
const STEPS_PER_LOOK = 256;
const SETTLED = 1e-7;

/** The independent variable of a step: s as above, time, or work done. */
const SMOOTH = 0;
const TIME = 1;
const WORK = 2;

const STAGES = 7;
// Flat and typed: this is on the path of every event.
const FLAT_STAGE_WEIGHTS = Float64Array.from(
  STAGE_WEIGHTS.flatMap((row) => [...row, ...new Array<number>(STAGES - row.length).fill(0)]),
);
const FLAT_ERROR_WEIGHTS = Float64Array.from(ERROR_WEIGHTS);

class IdleTimeRule implements RateControl {
  readonly name = "idle-time";
  private readonly stretch: Stretch = { duration: 0, work: 0, rate: 0 };

  private variable = SMOOTH;
  private readonly rateSlopes = new Float64Array(STAGES);
  private readonly timeSlopes = new Float64Array(STAGES);
  private readonly workSlopes = new Float64Array(STAGES);

  // The state at the start of a step, and the result of `step`.
  private rate = 0;
  private time = 0;
  private work = 0;
  private nextRate = 0;
  private nextTime = 0;
  private nextWork = 0;
  private relativeError = 0;

  // I(t) in the current stretch is idleTime + growth t.
  private idleTime = 0;
  private growth = 0;

  // The derivatives computed by `slopes`.
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

  /** Integrates until either the time or the work is reached; exactly one of the two is finite. */
  private advance(untilTime: number, untilWork: number): void {
    if (this.leap(untilTime, untilWork)) return;
    this.variable = SMOOTH;
    let longest = Number.POSITIVE_INFINITY;
    for (let steps = 0; ; steps++) {
      assert(steps < MAX_STEPS, "the integration needs no more steps than allowed");
      this.slopes(this.rate, this.time);
      if (this.rate < AT_REST && this.rateSlope < 0) {
        this.restAtZero(untilTime);
        return;
      }
      const toTarget = this.missing(this.rate, this.time, this.work, untilTime, untilWork);
      const size = this.stepWithinTolerance(Math.min(toTarget, longest, this.rate + 0.05));
      if (size === 0) {
        this.restAtZero(untilTime);
        return;
      }
      longest = size * Math.min(5, stepFactor(this.relativeError));
      if (this.arrive(size, untilTime, untilWork)) return;
      if (steps % STEPS_PER_LOOK === STEPS_PER_LOOK - 1 && this.isSettled()) {
        this.goOn(untilTime, untilWork);
        return;
      }
    }
  }

  /** Whether the rate will not change any more: it is where it tends to, which does not move while the server is busy. */
  private isSettled(): boolean {
    if (this.growth > 0) return false;
    const further = this.rate * (1 + SETTLED);
    this.slopes(further, this.time);
    const slopeFurther = this.rateSlope;
    this.slopes(this.rate, this.time);
    const restoring = (this.rateSlope - slopeFurther) / (further - this.rate);
    return restoring > 0 && Math.abs(this.rateSlope) <= restoring * SETTLED * this.rate;
  }

  /** Goes to the target at the present rate: however much is left, it takes no step. */
  private goOn(untilTime: number, untilWork: number): void {
    if (Number.isFinite(untilTime)) {
      this.work += this.rate * (untilTime - this.time);
      this.time = untilTime;
    } else {
      this.time += (untilWork - this.work) / this.rate;
      this.work = untilWork;
    }
  }

  /**
   * Integrates in the variable whose end is given, in one step or a few equal ones. This nearly always suffices, since the rate
   * changes little between two events. Returns false if it stops short because the rate changes too much.
   */
  private leap(untilTime: number, untilWork: number): boolean {
    const byTime = Number.isFinite(untilTime);
    this.variable = byTime ? TIME : WORK;
    let stepsLeft = 1;
    while (stepsLeft > 0) {
      const left = byTime ? untilTime - this.time : untilWork - this.work;
      this.step(left / stepsLeft);
      if (!(this.nextRate > 0)) return false;
      if (this.relativeError <= STEP_TOLERANCE) {
        this.proceed();
        stepsLeft--;
        continue;
      }
      stepsLeft = Math.ceil(stepsLeft / stepFactor(this.relativeError));
      if (!(stepsLeft <= MOST_LEAPS)) return false;
    }
    if (byTime) this.time = untilTime;
    else this.work = untilWork;
    return true;
  }

  private proceed(): void {
    this.rate = this.nextRate;
    this.time = this.nextTime;
    this.work = this.nextWork;
  }

  /** Makes a step of at most `size` that meets the tolerance. Returns its size, or 0 if the rate stays at 0. */
  private stepWithinTolerance(size: number): number {
    if (this.rate === 0 && this.rateSlope <= 0) return 0;
    const shortest = this.rate === 0 ? SHORTEST_STEP_FROM_ZERO : SMALLEST_STEP;
    let trial = size;
    this.step(trial);
    while (!(this.relativeError <= STEP_TOLERANCE && this.nextRate > 0)) {
      // A step that ends below 0 is too long, however small its error estimate.
      trial *= Math.min(0.9, Math.max(0.1, stepFactor(this.relativeError) || 0.1));
      if (trial < SMALLEST_STEP) return 0;
      this.step(trial);
      if (trial < shortest && this.nextRate > 0) return trial;
    }
    return trial;
  }

  /**
   * Accepts the step just made. If it came within reach of the target or passed it, goes exactly to the target (Newton steps
   * from the same start, the last one along the tangent) and returns true.
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
        this.proceed();
        return false;
      }
      if (miss < 0) longest = trial;
      // Newton's method can overshoot the start from a point where the slope is larger than on the way: then halve the step.
      trial = trial + miss > 0 && trial + miss < longest ? trial + miss : 0.5 * trial;
      this.step(trial);
    }
  }

  /** Distance to the target in the step's variable, by the current slopes; negative beyond it. */
  private missing(rate: number, time: number, work: number, untilTime: number, untilWork: number): number {
    const missing = Number.isFinite(untilTime)
      ? (untilTime - time) / this.timeSlope
      : (untilWork - work) / (rate * this.timeSlope);
    return Number.isNaN(missing) ? Number.POSITIVE_INFINITY : missing;
  }

  /** At rate 0 with no upward drift (outside Assumption 2.1) the rate stays 0, and no work is done. */
  private restAtZero(untilTime: number): void {
    this.rate = 0;
    this.time = untilTime;
  }

  /** Computes the derivatives at a rate and a time with respect to the step's variable. */
  private slopes(rate: number, time: number): void {
    const reciprocal = this.g.reciprocalDerivative(rate);
    const idleTime = this.idleTime + this.growth * time;
    const rateSlope = 1 + reciprocal * (this.h.derivative(rate) * idleTime + this.h.derivativePerRate(rate));
    const timeSlope = -this.inverseStep * reciprocal;
    const scale = this.variable === SMOOTH ? 1 : this.variable === TIME ? 1 / timeSlope : 1 / (rate * timeSlope);
    this.rateSlope = scale * rateSlope;
    this.timeSlope = scale * timeSlope;
  }

  /** A step of Dormand and Prince (1980), with their embedded fourth-order error estimate. */
  private step(size: number): void {
    const { rateSlopes, timeSlopes, workSlopes } = this;
    let rateSum = 0;
    let timeSum = 0;
    let workSum = 0;
    let rateError = 0;
    let timeError = 0;
    let workError = 0;
    for (let stage = 0; ; stage++) {
      const rate = this.rate + size * rateSum;
      this.slopes(rate, this.time + size * timeSum);
      rateSlopes[stage] = this.rateSlope;
      timeSlopes[stage] = this.timeSlope;
      workSlopes[stage] = rate * this.timeSlope;
      const weight = FLAT_ERROR_WEIGHTS[stage];
      rateError += weight * rateSlopes[stage];
      timeError += weight * timeSlopes[stage];
      workError += weight * workSlopes[stage];
      if (stage === STAGES - 1) break;
      rateSum = 0;
      timeSum = 0;
      workSum = 0;
      for (let earlier = 0; earlier <= stage; earlier++) {
        const weight = FLAT_STAGE_WEIGHTS[STAGES * stage + earlier];
        rateSum += weight * rateSlopes[earlier];
        timeSum += weight * timeSlopes[earlier];
        workSum += weight * workSlopes[earlier];
      }
    }
    // The last stage is at the end of the step.
    this.nextRate = this.rate + size * rateSum;
    this.nextTime = this.time + size * timeSum;
    this.nextWork = this.work + size * workSum;
    this.relativeError =
      Math.abs((size * rateError) / this.nextRate) +
      Math.abs((size * timeError) / this.nextTime) +
      Math.abs((size * workError) / this.nextWork);
  }
}

/** The factor by which the next step may differ from one with this error, for a method of fifth order. */
function stepFactor(relativeError: number): number {
  return 0.9 * (STEP_TOLERANCE / Math.max(relativeError, 1e-16)) ** 0.2;
}
