import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { type Found, LawSeries } from "../model/statistics/law-series.js";
import { proportionInterval } from "../model/statistics/proportion.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { ModelTime } from "../model/units.js";
import type { FleetView, Measured } from "./scenario.js";

/** A quantity that is a function of all queue lengths, looked at once an epoch. */
export interface StateQuantity {
  readonly name: string;
  /** Whether it is the probability of an event: its values are 0 and 1. */
  readonly isEvent: boolean;
  /** @param queueLengths of all servers, the fastest first */
  of(queueLengths: ArrayLike<number>): number;
}

/** The total queue times `scale` is held against the exponential law of this mean. */
export interface QueueLaw {
  readonly scale: number;
  readonly mean: number;
}

/** Looks at all queues at once, now and then: the law of the total queue, and means of functions of the state. */
export class QueueLooks {
  private readonly states: readonly StateQuantity[];
  private readonly series: readonly RatioSeries[];
  private readonly totalQueue = new LawSeries();
  private readonly law: QueueLaw | undefined;
  private readonly servers: number;
  private fastestFirst: Int32Array | undefined;

  constructor({ servers, states, law }: QueueLooksOptions) {
    this.servers = servers;
    this.states = states;
    this.series = states.map(() => new RatioSeries());
    this.law = law;
  }

  add(fleet: FleetView): void {
    if (this.law !== undefined) {
      const jobs = fleet.queues.reduce((sum, queue) => sum + queue.jobs, 0);
      this.totalQueue.add(this.law.scale * jobs);
    }
    if (this.states.length === 0) return;
    this.fastestFirst ??= Int32Array.from({ length: this.servers }, (_, server) => server).sort(
      (a, b) => fleet.rate(b) - fleet.rate(a) || a - b,
    );
    const queueLengths = this.fastestFirst.map((server) => fleet.queueLength(server));
    for (const [i, { of }] of this.states.entries()) this.series[i].add(of(queueLengths), 1);
  }

  /** @param memory relaxation time over the time that the looks cover */
  measured(memory: number): [string, Measured][] {
    const { law, totalQueue } = this;
    const means = this.states.map(({ name, isEvent }, i): [string, Measured] => {
      const estimate = this.series[i].estimate(memory);
      return [name, isEvent ? fractionOf(estimate, this.series[i].epochs, memory) : meanOf(estimate, memory)];
    });
    if (law === undefined) return means;
    return [
      ...means,
      ["scaled_queue_p50", longEnough(totalQueue.quantile(0.5, memory), memory)],
      ["scaled_queue_p95", longEnough(totalQueue.quantile(0.95, memory), memory)],
      ["wasserstein_distance", longEnough(totalQueue.wasserstein(law.mean, memory), memory)],
      ["kolmogorov_distance", longEnough(totalQueue.kolmogorov(law.mean, memory), memory)],
    ];
  }
}

export interface QueueLooksOptions {
  readonly servers: number;
  readonly states: readonly StateQuantity[];
  readonly law?: QueueLaw | undefined;
}

/**
 * Fewer relaxation times than this leave too few independent stretches to tell how far an average may be off: there is no
 * interval then.
 */
export const LEAST_RELAXATION_TIMES = 6;

/** The relaxation time over the time measured. */
export function memoryOf(relaxationTime: ModelTime, measuredTime: ModelTime): number {
  return measuredTime === 0 ? 1 : Math.min(1, relaxationTime / measuredTime);
}

export function meanOf(estimate: Estimate, memory: number): Measured {
  const interval = (confidence: number) => confidenceInterval(estimate, confidence);
  return longEnough({ value: estimate.value, interval }, memory);
}

/** @param trials of which the estimate is a fraction */
export function fractionOf(estimate: Estimate, trials: number, memory: number): Measured {
  const interval = (confidence: number) => proportionInterval(estimate, trials, confidence);
  const measured = longEnough({ value: estimate.value, interval }, memory);
  return Number.isFinite(trials) ? { ...measured, trials } : measured;
}

function longEnough(found: Found, memory: number): Measured {
  if (memory <= 1 / LEAST_RELAXATION_TIMES) return found;
  return { value: found.value, interval: () => ({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }) };
}
