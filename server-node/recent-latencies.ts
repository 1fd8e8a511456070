import type { ModelTime } from "../model/units.js";

/** Numbers of jobs found that are told apart; more count as the last. */
const LEVELS = 64;
/** Latest latencies that count, of each number of jobs found. */
const SAMPLES = 16;

/** The latest latencies of jobs that found the same number of jobs. */
interface Samples {
  readonly latencies: Float64Array;
  /** How many there have been. */
  seen: number;
}

/**
 * How long jobs lately took at a server, by the number of jobs that they found there: what a server answers to probes.
 *
 * Source: Wydrowski, Kleinberg, Rumble and Archer (2024), section 4: the median of recent latencies of jobs that found as many jobs, or
 * nearly as many. Here: of the latest 16 that found as many, or else the nearest number of which there are any, of two the smaller.
 */
export class RecentLatencies {
  /** What each job at the server found, by its number. */
  private readonly found = new Map<number, number>();
  private readonly levels = new Array<Samples | undefined>(LEVELS);
  private readonly sorted = new Float64Array(SAMPLES);

  /** The server has accepted a job, which found so many there. */
  accepted(job: number, found: number): void {
    this.found.set(job, Math.min(found, LEVELS - 1));
  }

  /** The server has completed a job, `latency` after it accepted it. Jobs that it accepted unseen are left out. */
  completed(job: number, latency: ModelTime): void {
    const level = this.found.get(job);
    if (level === undefined) return;
    this.found.delete(job);
    this.levels[level] ??= { latencies: new Float64Array(SAMPLES), seen: 0 };
    const samples = this.levels[level];
    samples.latencies[samples.seen++ % SAMPLES] = latency;
  }

  /** The server has dropped its jobs. */
  dropped(): void {
    this.found.clear();
  }

  /** The latency of a job that finds so many; 0 if there is nothing to go by. Of an even number of samples, the lower median. */
  at(jobs: number): ModelTime {
    const level = Math.min(jobs, LEVELS - 1);
    for (let distance = 0; distance < LEVELS; distance++) {
      const samples = this.levels[level - distance] ?? this.levels[level + distance];
      if (samples !== undefined) return this.medianOf(samples);
    }
    return 0;
  }

  private medianOf({ latencies, seen }: Samples): ModelTime {
    const { sorted } = this;
    const count = Math.min(seen, SAMPLES);
    for (let i = 0; i < count; i++) {
      let place = i;
      for (; place > 0 && sorted[place - 1] > latencies[i]; place--) sorted[place] = sorted[place - 1];
      sorted[place] = latencies[i];
    }
    return sorted[(count - 1) >> 1];
  }
}
