import type { Alarm, Clock } from "../live/clock.js";
import type { Lateness } from "../live/lateness.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { randomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { EmulatedServer } from "./emulated-server.js";
import { rateControlFor } from "./rate-control/index.js";
import { serverFor } from "./server-for.js";

/** The servers and their clock. */
export interface DueServersOptions {
  readonly seed: string;
  /** Number of the first server; the others follow. */
  readonly firstServer: number;
  readonly servers: number;
  /** Of each server; they have the same initial rates and rate control. */
  readonly models: readonly ServerModel[];
  readonly clock: Clock;
}

/** The server at `index` has completed or abandoned its job `lastCompleted` after `timeAtServer` at the server. */
export type OnCompletion = (index: number, timeAtServer: ModelTime) => void;

/** Servers in wall-clock time: completes their jobs in order of their due times, however late it is called. */
export class DueServers {
  /** By index: server number minus `firstServer`. */
  readonly servers: readonly EmulatedServer[];
  readonly initialRates: readonly Rate[];
  readonly lateness: Lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
  private readonly clock: Clock;
  private readonly firstServer: number;
  private readonly dueTimes: IndexedHeap;
  private readonly alarm: Alarm;
  private readonly totals = noServerTotals();

  /** @param onDue called when a job is due; must call `completeDue` */
  constructor({ models, seed, firstServer, servers, clock }: DueServersOptions, onDue: () => void) {
    const [{ initialRates, rateControl: control }] = models;
    const rateControl = rateControlFor(control);
    const now = clock.now();
    this.clock = clock;
    this.firstServer = firstServer;
    this.initialRates = Array.from({ length: servers }, (_, i) => initialRate(initialRates, seed, firstServer + i, i));
    this.servers = this.initialRates.map((rate, i) =>
      serverFor(models[i], rateControl, rate, now, randomStream(seed, `services/${firstServer + i}`), true),
    );
    this.dueTimes = new IndexedHeap(servers);
    this.alarm = clock.alarm(onDue);
  }

  /** Whether no job will be due unless another is accepted. */
  get isIdle(): boolean {
    return this.dueTimes.firstKey === Number.POSITIVE_INFINITY;
  }

  /** Completes every job whose due time has passed. */
  completeDue(completed: OnCompletion): void {
    const now = this.clock.now();
    while (this.dueTimes.firstKey <= now) {
      const index = this.dueTimes.first;
      const server = this.servers[index];
      const due = server.dueTime;
      const late = this.clock.seconds(now - due);
      const timeAtServer = server.completeNext();
      this.dueTimes.set(index, server.dueTime);
      this.lateness.deliveries++;
      this.lateness.totalSeconds += late;
      this.lateness.maxSeconds = Math.max(this.lateness.maxSeconds, late);
      completed(index, timeAtServer);
    }
    this.setAlarm();
  }

  /** Updates the due time of a server that has changed. `setAlarm` must be called after the last one. */
  moved(index: number): void {
    this.dueTimes.set(index, this.servers[index].dueTime);
  }

  /** Wakes up when the next job is due. */
  setAlarm(): void {
    this.alarm.set(this.dueTimes.firstKey);
  }

  /** Stops waking up. */
  stop(): void {
    this.alarm.clear();
  }

  /** The current time, but not past the server's due time, which may have passed since the clock was last read. */
  momentOf(server: EmulatedServer): ModelTime {
    return Math.min(this.clock.now(), server.dueTime);
  }

  /** Calls back with every server's number and its current totals and rate. Due jobs must be completed before. */
  observe(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    const now = this.clock.now();
    for (const [index, server] of this.servers.entries()) {
      const moment = Math.min(now, server.dueTime);
      server.observe(moment, this.totals);
      each(this.firstServer + index, this.totals, server.rateAt(moment));
    }
  }
}
