import type { RandomStream } from "../../model/random.js";
import { Moments } from "../../model/statistics/moments.js";
import { ENTRY_WIDTH, type EntryBatch } from "../logs/batches.js";
import { FifoServers } from "./fifo-servers.js";
import { InOrder } from "./in-order.js";
import type { Contents } from "./verdict.js";

/** How a job found its server. */
export const UNKNOWN = 0;
export const IDLE = 1;
export const BUSY = 2;
const FOUND = { unknown: UNKNOWN, idle: IDLE, busy: BUSY } as const;

/** A job of a log, in order of arrival. */
export interface Job {
  arrival: number;
  /** Its service time in seconds, as far as it can be told; NaN if it cannot. */
  size: number;
  /** NaN if the log does not say. */
  response: number;
  /** The index of its server; -1 for none. */
  server: number;
  found: typeof UNKNOWN | typeof IDLE | typeof BUSY;
}

/** Requests that were under way at once, at most, for arrivals to be put in order. */
const CAPACITY = 1 << 16;
/** Ticks by which two stamps may be in the wrong order. */
const TICKS = 2;

/**
 * Takes the entries of a log as they come, mostly in the order of their ends, and passes on jobs in the order of their arrivals, with service times
 * as servers that serve one at a time would have had. In constant memory.
 */
export class Intake {
  entries = 0;
  /** Entries without a server: refused, or answered by the balancer itself. */
  unserved = 0;
  readonly bytes = new Moments();
  private hasSizes = false;
  private hasServerTimes = false;
  private hasResponses = false;
  private tick = 0;
  private fifo: FifoServers | undefined;
  private readonly byReceipt: InOrder;
  private readonly byArrival: InOrder;
  private readonly job: Job = { arrival: 0, size: 0, response: 0, server: 0, found: UNKNOWN };

  /**
   * @param sink takes one job after another; the object is always the same
   * @param random spreads arrivals within the ticks of their stamps
   */
  constructor(
    private readonly sink: (job: Readonly<Job>) => void,
    private readonly random: RandomStream,
  ) {
    this.byReceipt = new InOrder(CAPACITY, 5, this.receive);
    this.byArrival = new InOrder(CAPACITY, 4, this.pass);
  }

  /** Takes the entries of a batch. */
  take({ numbers, entries, newServers }: EntryBatch): void {
    if (this.fifo === undefined && entries > 0) this.fifo = this.begin(numbers);
    for (const name of newServers) this.fifo?.join(name);
    for (let at = 0; at < entries * ENTRY_WIDTH; at += ENTRY_WIDTH) this.takeEntry(numbers, at);
  }

  /** Passes on the jobs that are left. */
  end(): void {
    this.byReceipt.end();
    this.byArrival.end();
  }

  get servers(): FifoServers["servers"] {
    return this.fifo?.servers ?? [];
  }

  /** Jobs that could not be put in order. */
  get late(): number {
    return Math.max(this.byReceipt.late, this.byArrival.late);
  }

  get contents(): Contents & { readonly hasResponses: boolean } {
    const { hasSizes, hasServerTimes, hasResponses, tick } = this;
    return { hasSizes, hasServers: this.servers.length > 0, hasServerTimes, hasResponses, tickSeconds: tick };
  }

  /** The log begins with the end of its first request. */
  private begin([arrival, response, , returned, , , tick]: Float64Array): FifoServers {
    this.tick = tick;
    const end = Number.isNaN(returned) ? arrival + (Number.isNaN(response) ? 0 : response) : returned;
    return new FifoServers(end, TICKS * tick);
  }

  private takeEntry(numbers: Float64Array, at: number): void {
    const arrival = numbers[at];
    const response = numbers[at + 1];
    const received = numbers[at + 2];
    const returned = numbers[at + 3];
    const size = numbers[at + 4];
    const bytes = numbers[at + 5];
    const tick = numbers[at + 6];
    const server = numbers[at + 7];
    this.entries++;
    if (!Number.isNaN(bytes)) this.bytes.add(bytes);
    if (!Number.isNaN(response)) this.hasResponses = true;
    if (!Number.isNaN(size)) this.hasSizes = true;
    if (server < 0) this.unserved++;
    const isTimed = server >= 0 && received <= returned;
    if (isTimed) this.hasServerTimes = true;
    // Differences of stamps have rounding errors, by which jobs of the same tick must not change places.
    const position = this.byReceipt.add(onTick(isTimed ? received : arrival, tick));
    const { values } = this.byReceipt;
    values[position] = arrival + tick * this.random();
    values[position + 1] = isTimed ? onTick(returned, tick) : Number.NaN;
    values[position + 2] = size;
    values[position + 3] = response;
    values[position + 4] = server;
  }

  private readonly receive = (received: number, values: Float64Array, from: number): void => {
    const server = values[from + 4];
    const returned = values[from + 1];
    const given = values[from + 2];
    let size = given;
    let found: Job["found"] = UNKNOWN;
    if (Number.isNaN(given) && this.fifo !== undefined && !Number.isNaN(returned)) {
      size = this.fifo.take(server, received, returned);
      found = FOUND[this.fifo.found];
    }
    const position = this.byArrival.add(values[from]);
    this.byArrival.values[position] = size;
    this.byArrival.values[position + 1] = values[from + 3];
    this.byArrival.values[position + 2] = server;
    this.byArrival.values[position + 3] = found;
  };

  private readonly pass = (arrival: number, values: Float64Array, from: number): void => {
    const { job } = this;
    job.arrival = arrival;
    job.size = values[from];
    job.response = values[from + 1];
    job.server = values[from + 2];
    job.found = values[from + 3] as Job["found"];
    this.sink(job);
  };
}

function onTick(seconds: number, tick: number): number {
  return Math.round(seconds / tick) * tick;
}
