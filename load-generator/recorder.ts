import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Outcome } from "../live/wire/record-kinds.js";

/** The unit of all histograms is a microsecond. They begin with room for an hour, and grow for what takes longer. */
const ROOM_MICROSECONDS = 3_600_000_000;
const MICROSECONDS = 1e6;

/** The durations that are recorded job by job. */
const DURATIONS = ["sojourn", "waiting", "lag", "transit"] as const;
export type Duration = (typeof DURATIONS)[number];

/** Outcomes of the jobs whose intended send times are in the measured part of the run. */
export interface JobCounts {
  sent: number;
  /** Due while no target was open or too many jobs were in flight. */
  unsent: number;
  completed: number;
  blocked: number;
  lost: number;
  /** Ended when their clients had given up. */
  timedOut: number;
}

/** A recorder's contents as a message: histograms in HDR's compressed encoding, by duration. */
export interface RecorderSnapshot {
  readonly counts: JobCounts;
  /** In seconds. */
  readonly sums: Readonly<Record<Duration, number>>;
  readonly histograms: Readonly<Record<Duration, string>>;
}

/**
 * Counts and HDR histograms (three significant digits) of the measured jobs:
 * `sojourn` from the intended send time to notice of completion, so that sending late does not hide waiting;
 * `waiting` at the server, where the target reports it; `lag` from the intended to the actual send time; `transit` the part of the
 * rest that a job was not at its server, where the target reports that.
 */
export class Recorder {
  readonly counts: JobCounts = { sent: 0, unsent: 0, completed: 0, blocked: 0, lost: 0, timedOut: 0 };
  private readonly sums: Record<Duration, number> = { sojourn: 0, waiting: 0, lag: 0, transit: 0 };
  private readonly histograms: Record<Duration, Histogram> = {
    sojourn: empty(),
    waiting: empty(),
    lag: empty(),
    transit: empty(),
  };

  ended(outcome: Outcome): void {
    this.counts[outcome]++;
  }

  record(duration: Duration, seconds: number): void {
    this.sums[duration] += seconds;
    this.histograms[duration].recordValue(Math.round(seconds * MICROSECONDS));
  }

  /** Number of durations recorded. */
  count(duration: Duration): number {
    return this.histograms[duration].totalCount;
  }

  /** Mean in seconds; NaN if none was recorded. */
  mean(duration: Duration): number {
    return this.sums[duration] / this.count(duration);
  }

  /**
   * A percentile in seconds; NaN if none was recorded.
   *
   * @param percentile 0 to 100
   */
  percentile(duration: Duration, percentile: number): number {
    if (this.count(duration) === 0) return Number.NaN;
    return this.histograms[duration].getValueAtPercentile(percentile) / MICROSECONDS;
  }

  snapshot(): RecorderSnapshot {
    const encoded = (duration: Duration): string => encodeIntoCompressedBase64(this.histograms[duration]);
    return {
      counts: { ...this.counts },
      sums: { ...this.sums },
      histograms: {
        sojourn: encoded("sojourn"),
        waiting: encoded("waiting"),
        lag: encoded("lag"),
        transit: encoded("transit"),
      },
    };
  }

  /** Adds the contents of another recorder. */
  add({ counts, sums, histograms }: RecorderSnapshot): void {
    this.counts.sent += counts.sent;
    this.counts.unsent += counts.unsent;
    this.counts.completed += counts.completed;
    this.counts.blocked += counts.blocked;
    this.counts.lost += counts.lost;
    this.counts.timedOut += counts.timedOut;
    for (const duration of DURATIONS) {
      this.sums[duration] += sums[duration];
      this.histograms[duration].add(decodeFromCompressedBase64(histograms[duration], 64));
    }
  }
}

function empty(): Histogram {
  return build({
    ...{ highestTrackableValue: ROOM_MICROSECONDS, autoResize: true },
    ...{ numberOfSignificantValueDigits: 3, bitBucketSize: 64 },
  });
}
