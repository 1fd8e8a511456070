import { LawSeries } from "../model/statistics/law-series.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import { fractionOf, longEnough, meanOf, rareMeanOf } from "./measured.js";
import type { TotalQueueQuantity } from "./queue-quantities.js";
import type { FleetView, Measured } from "./scenario.js";

/** A function of all queue lengths, sampled once per epoch. */
export interface StateQuantity<Name extends string> {
  readonly name: Name;
  /** Whether it is the indicator of an event, with values 0 and 1. */
  readonly isEvent: boolean;
  /** Its greatest value, of what is 0 most of the time, and never less. */
  readonly most?: number;
  /** @param queueLengths of all servers, fastest first */
  of(queueLengths: ArrayLike<number>): number;
}

/** The total queue times `scale` is compared with the exponential distribution of this mean. */
export interface QueueLaw {
  readonly scale: number;
  readonly mean: number;
}

/** Samples of the joint queue lengths, one per epoch: the distribution of the total queue, and means of functions of the state. */
export class QueueSamples<State extends string> {
  private readonly states: readonly StateQuantity<State>[];
  private readonly series: readonly RatioSeries[];
  private readonly totalQueue = new LawSeries();
  private readonly law: QueueLaw | undefined;
  private readonly servers: number;
  private fastestFirst: Int32Array | undefined;

  constructor({ servers, states, law }: QueueSamplesOptions<State>) {
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

  /** @param memory ratio of the relaxation time to the time that the samples cover */
  measured(memory: number): [State | TotalQueueQuantity, Measured][] {
    const { law, totalQueue } = this;
    const means = this.states.map((state, i): [State, Measured] => [
      state.name,
      measuredState(state, this.series[i], memory),
    ]);
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

function measuredState({ isEvent, most }: StateQuantity<string>, series: RatioSeries, memory: number): Measured {
  const estimate = series.estimate(memory);
  /** The part of all samples that are taken while nothing much changes. */
  const look = Math.max(memory, 1 / series.epochs);
  if (isEvent) return fractionOf(estimate, 1 / look, memory);
  return most === undefined ? meanOf(estimate, memory) : rareMeanOf(estimate, most * look, memory);
}

export interface QueueSamplesOptions<State extends string> {
  readonly servers: number;
  readonly states: readonly StateQuantity<State>[];
  readonly law?: QueueLaw | undefined;
}
