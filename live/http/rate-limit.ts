/** Allows so many events at once and per second. */
export class RateLimit {
  private allowance: number;
  private at: number;

  /** @param now seconds of a monotonic clock */
  constructor(
    private readonly atOnce: number,
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.allowance = atOnce;
    this.at = now();
  }

  /** Whether another event is allowed now, which is counted then. */
  allows(): boolean {
    const now = this.now();
    this.allowance = Math.min(this.atOnce, this.allowance + (now - this.at) * this.perSecond);
    this.at = now;
    if (this.allowance < 1) return false;
    this.allowance--;
    return true;
  }
}

/** Addresses remembered; of more, the one that came first is forgotten. */
const MOST_ADDRESSES = 10_000;

export interface Pace {
  /** Events without a wait after a pause. */
  readonly atOnce: number;
  readonly perSecond: number;
  /** The longest wait, in seconds. */
  readonly longestWait: number;
}

/** Lets the events of each address wait so that they are no more than so many per second. */
export class PacePerAddress {
  /** When the next event of each address would be due, if they were evenly spaced. */
  private readonly due = new Map<string, number>();

  /** @param now seconds of a monotonic clock */
  constructor(
    private readonly pace: Pace,
    private readonly now: () => number,
  ) {}

  /** How many seconds an event of this address has to wait; undefined if it would be too long. */
  wait(address: string): number | undefined {
    const { atOnce, perSecond, longestWait } = this.pace;
    const now = this.now();
    const due = Math.max(this.due.get(address) ?? 0, now - (atOnce - 1) / perSecond);
    const wait = Math.max(0, due - now);
    if (wait > longestWait) return undefined;
    this.due.set(address, due + 1 / perSecond);
    const [oldest] = this.due.keys();
    if (this.due.size > MOST_ADDRESSES) this.due.delete(oldest);
    return wait;
  }
}
