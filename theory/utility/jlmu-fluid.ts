import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { assert } from "../../model/errors.js";
import type { ModelTime } from "../../model/units.js";
import type { PoolClasses } from "./optimal-assignment.js";

/** A step, as a fraction of the time scale of the fastest coordinate. */
const STEP = 0.5;
/** Terms of the Taylor series of a step: for steps this short the remainder is below rounding error. */
const TERMS = 22;
/** Points within a step that are checked for events. */
const EVENT_CHECKS = 4;
/** Tolerance for a coordinate being full and a rate being non-negative. */
const ROUNDING = 1e-12;

/**
 * The fluid model of JLMU: q(i, j), the fraction of pools that are of class i and have at least j tasks, in the limit of many
 * pools. Arrivals go to sigma(q), the best coordinates that are not full; full coordinates stay full as long as arrivals suffice
 * to replace the departures there: a sliding mode of the discontinuous right-hand side.
 *
 * Within a mode, that is, for fixed sigma, the equations are linear, and a step is a Taylor series, exact to rounding error. A
 * mode ends when sigma becomes full, and the next coordinates take over; or when the arrivals left for sigma fall below 0, and the
 * previous coordinates take over. Both times are found by bisection on the series.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), Definition 1, (10); Theorem 3 (uniqueness), Theorem 5 (limit).
 */
export class JlmuFluid {
  time: ModelTime = 0;
  private readonly ranking: CoordinateRanking;
  private readonly levels: number;
  /** q(i, j) at i * levels + j - 1. */
  private readonly q: Float64Array;
  /** For each class, the terms of the series of the current step. */
  private readonly series: Float64Array[];
  /** For each class, the number of full levels. */
  private readonly full: number[];
  /** The rank of sigma. */
  private rank = 1;

  /**
   * @param classes utilities and fractions
   * @param load rho, tasks per pool; service times have mean 1
   * @param start q(i, j) at [i][j - 1] at time 0, non-increasing in j and at most the fraction of class i; default: empty pools
   */
  constructor(
    private readonly classes: PoolClasses,
    private readonly load: number,
    start: readonly (readonly number[])[] = [],
  ) {
    this.ranking = new CoordinateRanking(classes.utilities);
    const mass = start.flat().reduce((sum, part) => sum + part, 0);
    this.levels = Math.max(this.levelsFor(Math.max(mass, load)), ...start.map((parts) => parts.length)) + 1;
    this.q = new Float64Array(classes.utilities.length * this.levels);
    start.forEach((parts, i) => {
      this.q.set(parts, i * this.levels);
    });
    this.series = Array.from({ length: TERMS + 1 }, () => new Float64Array(this.q.length));
    this.full = classes.utilities.map(() => 0);
    this.findMode();
  }

  /** q(i, j) now, i from 0 and j from 1. */
  occupancy(i: number, j: number): number {
    return j <= this.levels ? this.q[i * this.levels + j - 1] : 0;
  }

  /** Tasks per pool now. */
  get tasks(): number {
    return this.q.reduce((sum, part) => sum + part, 0);
  }

  /** The overall utility per pool now. */
  get utility(): number {
    const { utilities, fractions } = this.classes;
    return utilities.reduce((sum, { value, marginal }, i) => {
      let total = sum + fractions[i] * value(0);
      for (let j = 1; j <= this.levels; j++) total += marginal(j - 1) * this.occupancy(i, j);
      return total;
    }, 0);
  }

  /** Advances to a time, which must not be in the past. */
  advanceTo(time: ModelTime): void {
    const step = STEP / this.levels;
    for (let remaining = time - this.time; remaining > 0; remaining = time - this.time) {
      this.expand();
      const size = Math.min(step, remaining);
      const event = this.firstEvent(size);
      this.q.set(this.q.map((_, k) => this.at(k, event ?? size)));
      this.time = event === undefined && size === remaining ? time : this.time + (event ?? size);
      if (event !== undefined) this.changeMode();
    }
  }

  /** The coordinates sigma(q) now: class from 0, level from 1. */
  private get sigma(): { readonly i: number; readonly j: number } {
    return { i: this.ranking.classAt(this.rank), j: this.ranking.levelAt(this.rank) };
  }

  /** The number of levels of a class that can be full or receive tasks, given the maximum number of tasks per pool. */
  private levelsFor(mass: number): number {
    let left = mass;
    let levels = 1;
    for (let rank = 1; left >= 0; rank++) {
      left -= this.classes.fractions[this.ranking.classAt(rank)];
      levels = Math.max(levels, this.ranking.levelAt(rank + 1));
    }
    return levels;
  }

  /** Finds the first coordinates that are not full; if arrivals cannot keep those before full, the last that they can. */
  private findMode(): void {
    this.full.fill(0);
    this.rank = 1;
    while (this.isFull()) this.next();
    while (this.rank > 1 && this.arrivalsLeft(this.q, this.load) < -ROUNDING) this.previous();
  }

  private changeMode(): void {
    if (this.isFull()) {
      // Set a full coordinate to its exact value, so that rounding errors do not accumulate.
      const { i, j } = this.sigma;
      this.q[i * this.levels + j - 1] = this.classes.fractions[i];
      while (this.isFull()) this.next();
    } else while (this.rank > 1 && this.arrivalsLeft(this.q, this.load) < ROUNDING) this.previous();
    assert(this.arrivalsLeft(this.q, this.load) > -1e-9, "arrivals suffice for all full coordinates");
  }

  private isFull(): boolean {
    const { i, j } = this.sigma;
    return this.occupancy(i, j) >= this.classes.fractions[i] - ROUNDING;
  }

  private next(): void {
    this.full[this.sigma.i]++;
    this.rank++;
  }

  private previous(): void {
    this.rank--;
    this.full[this.sigma.i]--;
  }

  /** Lambda(q, sigma): arrivals left after replacing all departures from full levels. Linear in q. */
  private arrivalsLeft(q: ArrayLike<number>, arrivals: number, ofFull = 1): number {
    let left = arrivals;
    for (const [i, full] of this.full.entries()) {
      // Departures from full levels j: j (alpha - q(i, j + 1)), which is 0 except for the last of them.
      if (full > 0) left -= full * (ofFull * this.classes.fractions[i] - q[i * this.levels + full]);
    }
    return left;
  }

  /** Computes the Taylor series of q at the current time in the current mode, each term from the one before. */
  private expand(): void {
    const { i: sigmaClass, j: sigmaLevel } = this.sigma;
    this.series[0].set(this.q);
    for (let order = 0; order < TERMS; order++) {
      const from = this.series[order];
      const into = this.series[order + 1];
      // Constants contribute to the first term only.
      const constant = order === 0 ? 1 : 0;
      for (const [i, full] of this.full.entries()) {
        for (let j = 1; j <= this.levels; j++) {
          const k = i * this.levels + j - 1;
          const above = j < this.levels ? from[k + 1] : 0;
          into[k] = j <= full ? 0 : (-j * (from[k] - above)) / (order + 1);
        }
      }
      const left = this.arrivalsLeft(from, constant * this.load, constant);
      into[sigmaClass * this.levels + sigmaLevel - 1] += left / (order + 1);
    }
  }

  /** The coordinate at an index, a given time after the point of expansion. */
  private at(index: number, elapsed: ModelTime): number {
    let value = 0;
    for (let order = TERMS; order >= 0; order--) value = value * elapsed + this.series[order][index];
    return value;
  }

  /** Positive as long as the mode lasts. */
  private margin(elapsed: ModelTime): number {
    const { i, j } = this.sigma;
    const room = this.classes.fractions[i] - this.at(i * this.levels + j - 1, elapsed);
    const left = this.rank === 1 ? Number.POSITIVE_INFINITY : this.arrivalsLeftAt(elapsed);
    return Math.min(room, left + ROUNDING);
  }

  private arrivalsLeftAt(elapsed: ModelTime): number {
    const then: number[] = [];
    for (const [i, full] of this.full.entries())
      then[i * this.levels + full] = this.at(i * this.levels + full, elapsed);
    return this.arrivalsLeft(then, this.load);
  }

  /** The time within a step at which the mode ends, if it does. */
  private firstEvent(size: ModelTime): ModelTime | undefined {
    let low = 0;
    for (let check = 1; check <= EVENT_CHECKS; check++) {
      let high = (check * size) / EVENT_CHECKS;
      if (this.margin(high) > 0) {
        low = high;
        continue;
      }
      for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
        if (this.margin(middle) > 0) low = middle;
        else high = middle;
      }
      return high;
    }
    return undefined;
  }
}
