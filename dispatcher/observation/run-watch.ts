import type { FleetView, QueueView } from "../../experiments/scenario.js";
import type { FleetSample, RunEvent } from "../../live/http/page-feed.js";
import { TimeHistogram } from "../../model/statistics/time-histogram.js";
import type { ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";

/** Most servers in one snapshot: as many as a page can show. */
const MOST_SERVERS = 1000;
/** Most points of the distribution of all jobs in the system. */
const MOST_POINTS = 200;
/** Most events kept: only deliberate actions produce more. */
const MOST_EVENTS = 10_000;

interface ServerWatch {
  rate: Rate;
  readonly totals: ServerTotals;
  /** The totals at the start of measuring. */
  readonly before: ServerTotals;
}

/** A server of the fleet. */
export interface NumberedServer {
  /** At the dispatcher. */
  readonly server: number;
  /** Its own. */
  readonly number: number;
  /** The index of its node among the nodes. */
  readonly node: number;
  /** Whether it gets jobs at present. */
  readonly isServing: boolean;
}

/** Data for the charts of a run besides its quantities: individual servers, distributions, and events. */
export class RunWatch {
  /** All events so far. */
  readonly events: RunEvent[] = [];
  private readonly servers = new Map<number, ServerWatch>();
  private readonly sojournTimes = new TimeHistogram();
  /** How often the system held each number of jobs, and how often it was looked at. */
  private readonly totals = new Map<number, number>();
  private looks = 0;
  /** The own numbers of all servers that were ever seen. */
  private readonly seen = new Set<number>();
  /** Integrals of the number of servers of each class with at least 1, 2, ... jobs at the start of measuring, and its time. */
  private queuesBefore: { readonly time: ModelTime; readonly integrals: readonly (readonly number[])[] } = {
    time: 0,
    integrals: [],
  };

  /** @param now the model time since the fleet was complete */
  constructor(private readonly now: () => ModelTime) {}

  serverReported(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    const known = this.servers.get(server);
    if (known === undefined) this.servers.set(server, { rate, totals: { ...totals }, before: { ...totals } });
    else {
      known.rate = rate;
      Object.assign(known.totals, totals);
    }
  }

  serverLeft(server: number): void {
    this.servers.delete(server);
  }

  jobCompleted(sojournTime: ModelTime): void {
    this.sojournTimes.add(sojournTime);
  }

  /** Removes and returns the sojourn times, as bins, for another process to add. */
  takeSojournTimes(): [bin: number, count: number][] {
    const bins = this.sojournTimes.bins();
    this.sojournTimes.clear();
    return bins;
  }

  /** Adds counts to bins of sojourn times. */
  jobsCompleted(bins: readonly (readonly [bin: number, count: number])[]): void {
    this.sojournTimes.addBins(bins);
  }

  happened(kind: RunEvent["kind"], text: string): void {
    if (this.events.length < MOST_EVENTS) this.events.push({ time: this.now(), kind, text });
  }

  /** Discards everything before the start of measuring. */
  restart(time: ModelTime, fleet: FleetView): void {
    this.sojournTimes.clear();
    this.totals.clear();
    this.looks = 0;
    this.queuesBefore = { time, integrals: fleet.queues.map((queue) => queueIntegrals([queue], time)) };
    for (const { before, totals } of this.servers.values()) Object.assign(before, totals);
  }

  /** Looks at how many jobs the system holds. To be called at regular intervals. */
  look({ queues }: FleetView): void {
    const jobs = queues.reduce((sum, queue) => sum + queue.jobs, 0);
    this.totals.set(jobs, (this.totals.get(jobs) ?? 0) + 1);
    this.looks++;
  }

  /** A snapshot of the servers, those that are gone included; of every k-th in a large fleet. */
  sample(servers: readonly NumberedServer[], fleet: FleetView): FleetSample {
    const present = new Map(servers.map((server) => [server.number, server]));
    for (const number of present.keys()) this.seen.add(number);
    const all = this.seen.size === present.size ? [...present.keys()] : [...this.seen].sort((a, b) => a - b);
    const oneIn = Math.ceil(all.length / MOST_SERVERS) || 1;
    const numbers = all.filter((_, i) => i % oneIn === 0);
    const shown = numbers.map((number) => present.get(number));
    const known = shown.map((one) => (one === undefined ? undefined : this.servers.get(one.server)));
    const average = (total: keyof ServerTotals) => known.map((one) => timeAverage(one, total));
    return {
      oneIn,
      numbers,
      statuses: shown.map((one) => (one === undefined ? "gone" : one.isServing ? "serving" : "drained")),
      nodes: shown.map((one) => one?.node ?? null),
      queueLengths: shown.map((one) => (one === undefined ? 0 : fleet.queueLength(one.server))),
      rates: known.map((one) => (one === undefined ? null : short(one.rate))),
      meanIdleTimes: average("idleTimeIntegral"),
      meanQueueLengths: average("queueLengthIntegral"),
      busyFractions: average("busyTime"),
    };
  }

  /**
   * Fraction of the servers of these classes with at least 0, 1, 2, ... jobs, averaged over time since the start of measuring.
   *
   * @param servers how many there are
   */
  queueTail(time: ModelTime, { queues }: FleetView, servers: number, classes = [...queues.keys()]): number[] {
    const serverTime = servers * (time - this.queuesBefore.time);
    if (!(serverTime > 0)) return [1];
    const before = classes.map((of) => this.queuesBefore.integrals[of] ?? []);
    const now = queueIntegrals(
      classes.map((of) => queues[of]),
      time,
    );
    const tail = now.map(
      (integral, level) => (integral - before.reduce((sum, levels) => sum + (levels[level] ?? 0), 0)) / serverTime,
    );
    return [1, ...tail.slice(0, 1 + tail.findLastIndex((fraction) => fraction > 0))];
  }

  /** Fraction of looks that found more jobs in the system than each of these numbers, of which there are few. */
  totalTail(): { jobs: number[]; fractions: number[] } {
    const sorted = [...this.totals].sort(([a], [b]) => a - b);
    const every = Math.ceil(sorted.length / MOST_POINTS) || 1;
    const [jobs, fractions]: number[][] = [[], []];
    let above = this.looks;
    for (const [i, [total, count]] of sorted.entries()) {
      above -= count;
      if (i % every !== 0 || above === 0) continue;
      jobs.push(total);
      fractions.push(short(above / this.looks));
    }
    return { jobs, fractions };
  }

  /** Fraction of jobs with a sojourn time longer than each of these times. */
  sojournTail(): { times: ModelTime[]; fractions: number[] } {
    return this.sojournTimes.tail();
  }
}

/** By level from 1, over all these classes of servers. */
function queueIntegrals(queues: readonly QueueView[], time: ModelTime): number[] {
  const highest = Math.max(0, ...queues.map((queue) => queue.highest));
  return Array.from({ length: highest }, (_, i) => queues.reduce((sum, queue) => sum + queue.integral(i + 1, time), 0));
}

/** Since the start of measuring; null before there is any time. */
function timeAverage(server: ServerWatch | undefined, total: keyof ServerTotals): number | null {
  if (server === undefined) return null;
  const time = server.totals.observedTime - server.before.observedTime;
  return time > 0 ? short((server.totals[total] - server.before[total]) / time) : null;
}

/** Four digits: what a chart shows, at a third of the size. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
