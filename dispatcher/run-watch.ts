import type { FleetLook, RunEvent } from "../live/page-feed.js";
import { TimeHistogram } from "../model/statistics/time-histogram.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { FleetView } from "../scenarios/scenario.js";

/** Servers looked at in one look, at most: as many as a page can show. */
const MOST_SERVERS = 1000;
/** Events kept: more of them there are only where somebody makes them. */
const MOST_EVENTS = 10_000;

interface ServerWatch {
  rate: Rate;
  idleTimeIntegral: number;
  observedTime: ModelTime;
  /** The same when measuring began. */
  idleTimeIntegralBefore: number;
  observedTimeBefore: ModelTime;
}

/** A server by the dispatcher's number and its own. */
export interface NumberedServer {
  readonly server: number;
  readonly number: number;
}

/** Keeps what charts show of a run beside its quantities: the servers one by one, distributions, and what happened. */
export class RunWatch {
  /** Everything that happened so far. */
  readonly events: RunEvent[] = [];
  private readonly servers = new Map<number, ServerWatch>();
  private readonly sojournTimes = new TimeHistogram();
  /** The integral of the number of servers with at least 1, 2, ... jobs when measuring began, and when that was. */
  private queuesBefore: { readonly time: ModelTime; readonly integrals: readonly number[] } = {
    time: 0,
    integrals: [],
  };

  /** @param now reads the model time since the fleet was complete */
  constructor(private readonly now: () => ModelTime) {}

  serverReported(server: number, { idleTimeIntegral, observedTime }: Readonly<ServerTotals>, rate: Rate): void {
    const known = this.servers.get(server);
    if (known !== undefined) Object.assign(known, { rate, idleTimeIntegral, observedTime });
    else {
      const before = { idleTimeIntegralBefore: idleTimeIntegral, observedTimeBefore: observedTime };
      this.servers.set(server, { rate, idleTimeIntegral, observedTime, ...before });
    }
  }

  serverLeft(server: number): void {
    this.servers.delete(server);
  }

  jobCompleted(sojournTime: ModelTime): void {
    this.sojournTimes.add(sojournTime);
  }

  /** So many jobs more in each of these bins of sojourn times. */
  jobsCompleted(bins: readonly (readonly [bin: number, count: number])[]): void {
    this.sojournTimes.addBins(bins);
  }

  happened(kind: RunEvent["kind"], text: string): void {
    if (this.events.length < MOST_EVENTS) this.events.push({ time: this.now(), kind, text });
  }

  /** Measuring begins: what was seen before no longer counts. */
  restart(time: ModelTime, fleet: FleetView): void {
    this.sojournTimes.clear();
    this.queuesBefore = { time, integrals: queueIntegrals(fleet, time) };
    for (const server of this.servers.values()) {
      server.idleTimeIntegralBefore = server.idleTimeIntegral;
      server.observedTimeBefore = server.observedTime;
    }
  }

  /** The servers one by one; every k-th of a large fleet. */
  look(servers: readonly NumberedServer[], fleet: FleetView): FleetLook {
    const oneIn = Math.ceil(servers.length / MOST_SERVERS) || 1;
    const shown = servers.filter((_, i) => i % oneIn === 0);
    const known = shown.map(({ server }) => this.servers.get(server));
    return {
      oneIn,
      numbers: shown.map(({ number }) => number),
      queueLengths: shown.map(({ server }) => fleet.queueLength(server)),
      rates: known.map((one) => one?.rate ?? null),
      meanIdleTimes: known.map(meanIdleTime),
    };
  }

  /** Part of the time that a server held at least 0, 1, 2, ... jobs since measuring began. */
  queueTail(time: ModelTime, fleet: FleetView, servers: number): number[] {
    const serverTime = servers * (time - this.queuesBefore.time);
    if (!(serverTime > 0)) return [1];
    const tail = queueIntegrals(fleet, time).map(
      (integral, level) => (integral - (this.queuesBefore.integrals[level] ?? 0)) / serverTime,
    );
    return [1, ...tail.slice(0, 1 + tail.findLastIndex((fraction) => fraction > 0))];
  }

  /** Part of the jobs whose sojourn took longer than each of these times. */
  sojournTail(): { times: ModelTime[]; fractions: number[] } {
    return this.sojournTimes.tail();
  }
}

/** By level from 1 on, over all classes of servers. */
function queueIntegrals({ queues }: FleetView, time: ModelTime): number[] {
  const highest = Math.max(0, ...queues.map((queue) => queue.highest));
  return Array.from({ length: highest }, (_, i) => queues.reduce((sum, queue) => sum + queue.integral(i + 1, time), 0));
}

function meanIdleTime(server: ServerWatch | undefined): ModelTime | null {
  if (server === undefined) return null;
  const time = server.observedTime - server.observedTimeBefore;
  return time > 0 ? (server.idleTimeIntegral - server.idleTimeIntegralBefore) / time : null;
}
