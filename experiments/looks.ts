import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { assert } from "../model/errors.js";
import { sequenceHalfWidth } from "../model/statistics/confidence-sequence.js";
import type { ModelTime } from "../model/units.js";

/**
 * When a run may be judged, so that looking several times finds no more false differences than looking once would.
 *
 * `once`: at the end of a fixed time. `planned`: at times that double, up to the last; each spends its share of the error probability.
 * `always`: at any time at all, by intervals that hold at all times together.
 */
export const LOOKS = ["once", "planned", "always"] as const;
export type Looks = (typeof LOOKS)[number];

/** Doublings of the time between the first planned look and the last. */
const DOUBLINGS = 6;
/** Relaxation times before the first look: averages over fewer have no known error. */
const LEAST_RELAXATION_TIMES = 20;
/** Warm-up times of theory's, several relaxation times each, before the first look: for where relaxation times are not known. */
const LEAST_WARM_UPS = 5;
/** Epochs before the first look. */
const LEAST_EPOCHS = 36;
/** Confidence is never taken to be nearer to 1 than this, for which quantiles of Student's law can still be computed. */
const LEAST_MISSING = 1e-12;

export interface LooksOptions {
  readonly looks: Looks;
  /** The measuring time at the last look; Infinity to measure until stopped. */
  readonly measuringTime: ModelTime;
  /** 0 if it is not known. */
  readonly relaxationTime: ModelTime;
  /** Theory's, whatever the run's own. */
  readonly warmUpTime: ModelTime;
  readonly epochTime: ModelTime;
  /** When intervals that always hold are to be narrowest, relative to those of a single look. */
  readonly bestAt: ModelTime;
}

/** Times at which a run is judged, and the probability of missing that each look may spend. */
export class LookSchedule {
  /** Measuring times, ascending; none if looks are always allowed. */
  readonly times: readonly ModelTime[];
  readonly earliest: ModelTime;

  /** Whether the run may be judged at any time. */
  get isAlways(): boolean {
    return this.options.looks === "always";
  }

  constructor(private readonly options: LooksOptions) {
    const { looks, measuringTime, relaxationTime, warmUpTime, epochTime } = options;
    const least = Math.max(LEAST_RELAXATION_TIMES * relaxationTime, LEAST_WARM_UPS * warmUpTime);
    this.earliest = Math.max(least, LEAST_EPOCHS * epochTime);
    const planned = Array.from({ length: DOUBLINGS }, (_, k) => measuringTime / 2 ** (DOUBLINGS - k));
    if (looks === "always" || measuringTime === Number.POSITIVE_INFINITY) this.times = [];
    else this.times = [...(looks === "planned" ? planned.filter((time) => time >= this.earliest) : []), measuringTime];
  }

  /**
   * The confidence that an interval needs at a look, to hold at all looks with that given. For planned looks, the probability of missing is
   * spent in proportion to the time measured: the sum of what all looks spend is that of a single one, whatever the dependence between
   * them (a spending function of Lan and DeMets 1983, with Boole's inequality). For looks at any time see `sequenceHalfWidth`.
   *
   * @param overall confidence of the interval over all looks
   * @param measured time measured so far, > 0
   * @param look the number of the planned look, from 0; ignored if looks are always allowed
   */
  confidence(overall: number, measured: ModelTime, look: number): number {
    const { looks, bestAt, measuringTime } = this.options;
    const missing = 1 - overall;
    if (looks === "always") {
      // In units of the standard error, which then is widened further by Student's law.
      const halfWidth = sequenceHalfWidth({ bestAt, missing }, measured, 1) * Math.sqrt(measured);
      return 1 - Math.max(LEAST_MISSING, 2 * normalCdf(-halfWidth, 0, 1));
    }
    if (this.times.length === 0) return overall;
    assert(look < this.times.length, "a planned look");
    const share = (this.times[look] - (this.times[look - 1] ?? 0)) / measuringTime;
    return 1 - Math.max(LEAST_MISSING, missing * share);
  }
}
