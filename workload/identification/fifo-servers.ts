import { Moments } from "../../model/statistics/moments.js";

/** What is known of a server from its jobs. */
export interface ServerRecord {
  readonly name: string;
  /** Service times, as far as they can be told, of jobs that found it idle, and of those that found it busy. */
  readonly foundIdle: Moments;
  readonly foundBusy: Moments;
  /** Jobs that left before one that had come earlier. */
  overtakes: number;
  /** When the last job so far left. */
  lastReturned: number;
}

/** Whether a job found its server idle, or busy, or nobody knows. */
export type Found = "idle" | "busy" | "unknown";

/**
 * The service times of servers that serve one job at a time, first in first out: S_i = D_i - max(A_i, D_(i-1)), from when each job came (A) and
 * left (D). Jobs must come in order of their arrivals at the servers.
 */
export class FifoServers {
  readonly servers: ServerRecord[] = [];
  /** Whether the job last taken found its server idle. */
  found: Found = "unknown";

  /**
   * @param start the time at which the log begins: whoever arrives earlier may have waited for jobs that are not in it
   * @param ticks how far stamps may be off: whoever leaves earlier by less has overtaken nobody
   */
  constructor(
    private readonly start: number,
    private readonly ticks: number,
  ) {}

  /** Adds a server. Returns its index. */
  join(name: string): number {
    const idle = new Moments();
    return (
      this.servers.push({
        ...{ name, foundIdle: idle, foundBusy: new Moments() },
        ...{ overtakes: 0, lastReturned: Number.NEGATIVE_INFINITY },
      }) - 1
    );
  }

  /** The service time of the next job, if its server serves as supposed; NaN for one that may have waited for unknown jobs. */
  take(index: number, received: number, returned: number): number {
    const server = this.servers[index];
    const { lastReturned } = server;
    if (returned < lastReturned - this.ticks) server.overtakes++;
    else if (returned > lastReturned) server.lastReturned = returned;
    if (lastReturned === Number.NEGATIVE_INFINITY && received < this.start) {
      this.found = "unknown";
      return Number.NaN;
    }
    const isBusy = lastReturned > received;
    const size = Math.max(0, returned - (isBusy ? lastReturned : received));
    this.found = isBusy ? "busy" : "idle";
    (isBusy ? server.foundBusy : server.foundIdle).add(size);
    return size;
  }
}
