import type { FleetView, SystemModel } from "../../experiments/scenario.js";
import { grown } from "../../model/grown.js";
import { initialRate } from "../../model/initial-rates.js";
import type { FleetTimes } from "../../model/statistics/job-times.js";
import { addDispatcherTotals, type DispatcherTotals, noDispatcherTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { addViews, noViewTotals, type ViewTotals } from "../../model/view-quality.js";
import type { PolicyInformation } from "../../policies/policy.js";
import type { Dispatcher } from "./dispatcher.js";
import { FleetObserver } from "./fleet-observer.js";

/** What is known of one of several dispatchers. */
export interface DispatcherReport {
  readonly totals: Readonly<DispatcherTotals>;
  /** Jobs it sent that have not ended. */
  readonly inFlight: number;
  readonly viewTotals: Readonly<ViewTotals> | undefined;
  readonly information: PolicyInformation;
}

/** A server as an observer knows it. */
export interface ObservedServer {
  readonly rate: Rate;
  readonly serverClass: number;
}

/** A fleet that several dispatchers share, as an observer sees it: the servers' own queue lengths, and sums over the dispatchers. */
export class SharedFleet implements FleetView {
  readonly queues: readonly FleetObserver[];
  readonly learned = undefined;
  private lengths: Int32Array;
  private readonly reports = new Map<number, DispatcherReport>();

  /**
   * @param servers by number
   * @param times of the jobs of all dispatchers, which whoever hears of them adds there
   */
  constructor(
    private readonly servers: ObservedServer[],
    readonly times: FleetTimes,
  ) {
    this.lengths = new Int32Array(servers.length);
    const classes = servers.reduce((most, { serverClass }) => Math.max(most, serverClass + 1), 1);
    this.queues = Array.from({ length: classes }, () => new FleetObserver());
  }

  /** There are to be so many servers at least; further ones are taken to be like the first. */
  allow(servers: number): void {
    while (this.servers.length < servers) this.servers.push(this.servers[0]);
    if (servers > this.lengths.length) this.lengths = grown(this.lengths, new Int32Array(servers));
  }

  /** Sets the queue length of a server. */
  observe(now: ModelTime, server: number, queueLength: number): void {
    const queue = this.queues[this.servers[server].serverClass];
    for (; this.lengths[server] < queueLength; this.lengths[server]++) queue.accepted(this.lengths[server], now);
    for (; this.lengths[server] > queueLength; this.lengths[server]--) queue.ended(this.lengths[server], now);
  }

  /** Stores what a dispatcher has reported. */
  reported(dispatcher: number, report: DispatcherReport): void {
    this.reports.set(dispatcher, report);
  }

  get inFlight(): number {
    return [...this.reports.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** Jobs that waited are counted by what they found at their servers, which dispatchers may not know. */
  get totals(): DispatcherTotals {
    const sum = noDispatcherTotals();
    for (const { totals } of this.reports.values()) addDispatcherTotals(sum, totals);
    sum.waited = this.queues.reduce((waited, queue) => waited + queue.waited, 0);
    return sum;
  }

  /** How well dispatchers know the queues; undefined if servers do not tell them. */
  get viewTotals(): ViewTotals | undefined {
    const views = [...this.reports.values()].flatMap(({ viewTotals }) => viewTotals ?? []);
    return views.length === 0 ? undefined : views.reduce(addViews, noViewTotals());
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

  rate(server: number): Rate {
    return this.servers[server].rate;
  }
}

/** The fleet of a system as the first of several dispatchers sees it, with what that one does itself. */
export function sharedFleetOf(system: SystemModel, seed: string, first: Dispatcher): SharedFleet {
  const { servers, server, classOf } = system;
  const fleet = new SharedFleet(
    Array.from({ length: servers }, (_, number) => ({
      rate: initialRate(server.initialRates, seed, number),
      serverClass: classOf(number),
    })),
    first.times,
  );
  fleet.reported(0, first);
  return fleet;
}
