import type { RandomStream } from "../../model/random.js";
import type { Estimate } from "../../model/statistics/interval.js";
import { Moments } from "../../model/statistics/moments.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import { ScvSeries } from "../../model/statistics/scv-series.js";
import { TimeCounts } from "../../model/statistics/time-counts.js";
import { Reservoir } from "../fitting/reservoir.js";
import { SumVariation } from "../fitting/sum-variation.js";
import { type Stationarity, stationarityOf } from "./stationarity.js";

/** Windows in which the length of a log is divided. */
const WINDOWS = 240;
/** Jobs of an epoch, for intervals. */
const EPOCH_JOBS = 500;
const SAMPLE = 100_000;
/** Parts of the log at its start and at its end that are compared. */
const ENDS = WINDOWS / 4;

/** What arrivals and works come to, in constant memory. Jobs are in order of arrival; works are what they take at speed 1, in seconds. */
export class WorkloadSummary {
  jobs = 0;
  /** Those whose work is known. */
  readonly works = new Moments();
  readonly workCounts = new TimeCounts();
  readonly gaps = new Moments();
  readonly gapCounts = new TimeCounts();
  readonly gapSums = new SumVariation();
  readonly responses = new TimeCounts();
  private readonly sample: Reservoir;
  private readonly rates = new RatioSeries();
  private readonly scv = new ScvSeries();
  private readonly jobsIn = new Float64Array(WINDOWS);
  private readonly responseIn = new Float64Array(WINDOWS);
  private last: number;
  private epochStart: number;
  private epoch = { jobs: 0, works: 0, sum: 0, squares: 0 };

  /**
   * @param first time of an arrival
   * @param end time of the last one
   */
  constructor(
    private readonly first: number,
    private readonly end: number,
    random: RandomStream,
  ) {
    this.sample = new Reservoir(SAMPLE, random);
    this.last = first;
    this.epochStart = first;
  }

  /**
   * @param work NaN if it is unknown
   * @param response NaN if it is unknown
   */
  add(arrival: number, work: number, response: number): void {
    if (this.jobs++ > 0) this.addGap(arrival - this.last);
    this.last = arrival;
    const window = Math.min(WINDOWS - 1, Math.floor(((arrival - this.first) / this.spanSeconds) * WINDOWS));
    this.jobsIn[window]++;
    if (!Number.isNaN(response)) {
      this.responseIn[window] += response;
      this.responses.add(response);
    }
    const { epoch } = this;
    if (!Number.isNaN(work)) {
      this.works.add(work);
      this.workCounts.add(work);
      this.sample.add(work);
      epoch.works++;
      epoch.sum += work;
      epoch.squares += work * work;
    }
    if (++epoch.jobs === EPOCH_JOBS) this.closeEpoch(arrival);
  }

  get spanSeconds(): number {
    return this.end - this.first;
  }

  /** Arrivals a second. The first arrival is where the log begins, and counts for nothing. */
  rate(): Estimate {
    const value = (this.jobs - 1) / this.spanSeconds;
    return { ...this.rates.estimate(), value };
  }

  meanWork(): Estimate {
    return { ...this.scv.mean(), value: this.works.mean };
  }

  workVariation(): Estimate {
    return { ...this.scv.scv(), value: (this.works.variance || 0) / this.works.mean ** 2 };
  }

  workSample(): Float64Array {
    return this.sample.values();
  }

  stationarity(): Stationarity {
    return stationarityOf(this.jobsIn);
  }

  /** The mean response time in the last quarter of the log over that in the first; NaN if there are none. */
  responseGrowth(): number {
    const mean = (from: number): number => {
      const sum = (of: Float64Array): number => of.subarray(from, from + ENDS).reduce((total, one) => total + one, 0);
      return sum(this.responseIn) / sum(this.jobsIn);
    };
    return mean(WINDOWS - ENDS) / mean(0);
  }

  private addGap(gap: number): void {
    this.gaps.add(gap);
    this.gapCounts.add(gap);
    this.gapSums.add(gap);
  }

  private closeEpoch(now: number): void {
    const { jobs, works, sum, squares } = this.epoch;
    this.rates.add(jobs, now - this.epochStart);
    if (works > 0) this.scv.add(works, sum, squares);
    this.epochStart = now;
    this.epoch = { jobs: 0, works: 0, sum: 0, squares: 0 };
  }
}
