/** How far apart two clocks are, and by how much this may be wrong. */
export interface OffsetEstimate {
  /** What the peer's clock shows more than ours, in seconds. */
  readonly offsetSeconds: number;
  readonly errorSeconds: number;
}

/** A question to the peer that was answered. */
interface Sample {
  readonly receivedAt: number;
  readonly offset: number;
  readonly error: number;
}

/** Clocks of two machines drift apart by at most this much, relative to the time that passes: 100 ppm each, and some more. */
const GREATEST_DRIFT = 2.5e-4;
/** Questions remembered. */
const MOST_SAMPLES = 16;

/**
 * Estimates how far a peer's clock is from ours, from questions that it answers with its time: it answered between our question and our
 * receipt, so that the middle is wrong by at most half the round trip. No time of one clock is compared with one of the other otherwise.
 *
 * Source: Cristian (1989), Probabilistic clock synchronization, with the drift since then added to the error.
 */
export class ClockOffset {
  private samples: Sample[] = [];

  /**
   * The peer has answered.
   *
   * @param askedAt when we asked, in seconds of our clock
   * @param peerTime when it answered, in seconds of its clock
   * @param receivedAt when the answer arrived, in seconds of our clock
   */
  answered(askedAt: number, peerTime: number, receivedAt: number): void {
    const error = (receivedAt - askedAt) / 2;
    this.samples.push({ receivedAt, offset: peerTime - (askedAt + receivedAt) / 2, error });
    if (this.samples.length > MOST_SAMPLES) this.samples.shift();
  }

  /** The peer has been replaced by one with another clock. */
  forget(): void {
    this.samples = [];
  }

  /** The estimate with the least error at this time of our clock, in seconds; undefined before the first answer. */
  estimate(now: number): OffsetEstimate | undefined {
    let best: OffsetEstimate | undefined;
    for (const { receivedAt, offset, error } of this.samples) {
      const errorNow = error + GREATEST_DRIFT * (now - receivedAt + error);
      if (best === undefined || errorNow < best.errorSeconds) best = { offsetSeconds: offset, errorSeconds: errorNow };
    }
    return best;
  }
}
