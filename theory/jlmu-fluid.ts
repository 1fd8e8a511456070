import { CoordinateRanking } from "../model/coordinate-ranking.js";
import { assert } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { PoolClasses } from "./optimal-assignment.js";

/** A step is at most this part of the time in which the fastest coordinate changes. */
const STEP = 0.5;
/** Terms of the Taylor series of a step: with steps so short the rest is below the rounding error. */
const TERMS = 22;
/** Moments within a step at which it is looked for events. */
const LOOKS = 4;
/** A coordinate is full, and a rate is not below 0, to within this. */
const ROUNDING = 1e-12;

/**
 * The fluid model of JLMU: q(i, j), the fraction of pools that are of class i and have at least j tasks, in the limit of many
 * pools. Arrivals go to sigma(q), the best coordinates that are not full; what is full stays full as long as arrivals suffice
 * to make up for what ends there, and that is a sliding mode of the discontinuous right-hand side.
 *
 * Within a mode, that is for one sigma, the equations are linear, and a step is its Taylor series to rounding error. A mode
 * ends where sigma becomes full, and the next coordinates take over; or where the arrivals that are left for sigma fall below
 * 0, and the coordinates before it take over. Both moments are found by bisection of the series.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), Definition 1, (10); unique by Theorem 3, the limit by Theorem 5.
 */
export class JlmuFluid {
  time: ModelTime = 0;
  private readonly ranking: CoordinateRanking;
  private readonly levels: number;
  /** q(i, j) at i * levels + j - 1. */
  private readonly q: Float64Array;
  /** For each class, the terms of the series of the current step. */
  private readonly series: Float64Array[];
  /** For each class, how many levels from the first are full. */
  private readonly full: number[];
  /** The rank of sigma. */
  private rank = 1;

  /**
   * @param classes utilities and fractions
   * @param load rho, tasks per pool; service times have mean 1
   * @param start q(i, j) at [i][j - 1] at time 0, not increasing in j and at most the fraction of class i; empty pools if left out
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

  /** Goes on to a time, which must not be past. */
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

  /** How many levels of a class can ever be full or receive tasks, with so many tasks per pool at most. */
  private levelsFor(mass: number): number {
    let left = mass;
    let levels = 1;
    for (let rank = 1; left >= 0; rank++) {
      left -= this.classes.fractions[this.ranking.classAt(rank)];
      levels = Math.max(levels, this.ranking.levelAt(rank + 1));
    }
    return levels;
  }

  /** The first coordinates that are not full, or, where arrivals do not suffice for those before, the last ones they do for. */
  private findMode(): void {
    this.full.fill(0);
    this.rank = 1;
    while (this.isFull()) this.next();
    while (this.rank > 1 && this.arrivalsLeft(this.q, this.load) < -ROUNDING) this.previous();
  }

  private changeMode(): void {
    if (this.isFull()) {
      // What has become full is full exactly, so that rounding does not add up.
      const { i, j } = this.sigma;
      this.q[i * this.levels + j - 1] = this.classes.fractions[i];
      while (this.isFull()) this.next();
    } else while (this.rank > 1 && this.arrivalsLeft(this.q, this.load) < ROUNDING) this.previous();
    assert(this.arrivalsLeft(this.q, this.load) > -1e-9, "arrivals suffice for all that is full");
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

  /** Lambda(q, sigma): what is left of the arrivals once all that ends on full levels is made up for. Linear in q. */
  private arrivalsLeft(q: ArrayLike<number>, arrivals: number, ofFull = 1): number {
    let left = arrivals;
    for (const [i, full] of this.full.entries()) {
      // Ends on full levels j: j (alpha - q(i, j + 1)), which is 0 but for the last of them.
      if (full > 0) left -= full * (ofFull * this.classes.fractions[i] - q[i * this.levels + full]);
    }
    return left;
  }

  /** Fills in the Taylor series of q at this moment in this mode: each term is the derivative of the one before. */
  private expand(): void {
    const { i: sigmaClass, j: sigmaLevel } = this.sigma;
    this.series[0].set(this.q);
    for (let order = 0; order < TERMS; order++) {
      const from = this.series[order];
      const into = this.series[order + 1];
      // Constants have no derivative: they count in the first term only.
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

  /** The coordinate at an index, so long after the moment that the series is for. */
  private at(index: number, elapsed: ModelTime): number {
    let value = 0;
    for (let order = TERMS; order >= 0; order--) value = value * elapsed + this.series[order][index];
    return value;
  }

  /** Above 0 as long as the mode lasts. */
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

  /** When the mode ends within a step, if it does. */
  private firstEvent(size: ModelTime): ModelTime | undefined {
    let low = 0;
    for (let look = 1; look <= LOOKS; look++) {
      let high = (look * size) / LOOKS;
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
