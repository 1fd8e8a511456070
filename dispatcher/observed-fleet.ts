import { type DispatcherTotals, noDispatcherTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { noViewTotals, type ViewTotals } from "../model/view-quality.js";
import type { FleetView } from "../scenarios/scenario.js";
import { FleetObserver } from "./fleet-observer.js";
import type { PolicyInformation } from "./policies/policy.js";

/** What one of several dispatchers says of itself. */
export interface DispatcherReport {
  readonly totals: Readonly<DispatcherTotals>;
  /** Jobs that it sent and that have not ended. */
  readonly inFlight: number;
  readonly view: Readonly<ViewTotals>;
  readonly information: PolicyInformation;
}

/** A fleet that several dispatchers share, as somebody sees it who sends no jobs: the servers' queues, and sums over dispatchers. */
export class ObservedFleet implements FleetView {
  readonly queues = [new FleetObserver()];
  readonly learned = undefined;
  private readonly lengths: Int32Array;
  private readonly reports = new Map<number, DispatcherReport>();

  constructor(servers: number) {
    this.lengths = new Int32Array(servers);
  }

  /** The queue length of a server has changed to this. */
  observe(now: ModelTime, server: number, queueLength: number): void {
    const [queue] = this.queues;
    for (; this.lengths[server] < queueLength; this.lengths[server]++) queue.accepted(this.lengths[server], now);
    for (; this.lengths[server] > queueLength; this.lengths[server]--) queue.ended(this.lengths[server], now);
  }

  /** What a dispatcher says of itself, since it started. */
  reported(dispatcher: number, report: DispatcherReport): void {
    this.reports.set(dispatcher, report);
  }

  /** A dispatcher is gone: jobs that it had under way when it spoke last are lost. */
  lost(dispatcher: number): void {
    const last = this.reports.get(dispatcher);
    if (last === undefined) return;
    const totals = { ...last.totals, lost: last.totals.lost + last.inFlight };
    this.reports.set(dispatcher, { ...last, totals, inFlight: 0 });
  }

  get inFlight(): number {
    return [...this.reports.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  get totals(): DispatcherTotals {
    return sumOf(
      [...this.reports.values()].map(({ totals }) => totals),
      noDispatcherTotals(),
    );
  }

  get view(): ViewTotals {
    return sumOf(
      [...this.reports.values()].map(({ view }) => view),
      noViewTotals(),
    );
  }

  get information(): PolicyInformation {
    const all = [...this.reports.values()].map(({ information }) => information);
    return {
      messages: all.reduce((sum, { messages }) => sum + messages, 0),
      bitsPerServer: all.reduce((most, { bitsPerServer }) => Math.max(most, bitsPerServer), 0),
    };
  }

  queueLength(server: number): number {
    return this.lengths[server];
  }

  rate(): Rate {
    return 1;
  }
}

function sumOf<T extends object>(all: readonly T[], zero: T): T {
  const sum = Object.entries(zero).map(([name]) => [
    name,
    all.reduce((total, one) => total + (one as Record<string, number>)[name], 0),
  ]);
  return Object.fromEntries(sum) as T;
}
