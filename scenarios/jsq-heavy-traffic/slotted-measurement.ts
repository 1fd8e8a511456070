import { JobObservations } from "../../experiments/job-observations.js";
import { fractionOf, meanOf, memoryOf } from "../../experiments/measured.js";
import { QueueSamples, type StateQuantity } from "../../experiments/queue-samples.js";
import type { FleetView, Measured, Measurement, RunConditions } from "../../experiments/scenario.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import { difference, type SlotTotals } from "../../model/totals.js";
import {
  type HeavyTraffic,
  limitMean,
  meanTotalQueue,
  meanUnusedService,
  queueScale,
} from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import type { HeavyTrafficQuantity, StateMoment } from "./quantities.js";

export interface SlottedMeasurementOptions {
  readonly system: HeavyTraffic;
  /** In slots. */
  readonly relaxationTime: number;
  readonly states: readonly StateQuantity<StateMoment>[];
}

/** Gathers what happens in slotted time. */
export class SlottedMeasurement implements Measurement<HeavyTrafficQuantity> {
  private readonly jobs = new JobObservations();
  private readonly queue = new RatioSeries();
  private readonly unused = new RatioSeries();
  private readonly gap = new RatioSeries();
  private readonly seenByUnused = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly waiting = new RatioSeries();
  private readonly samples: QueueSamples<StateMoment>;
  private offered = 0;
  private slots = 0;
  private previous: SlotTotals | undefined;

  constructor(private readonly options: SlottedMeasurementOptions) {
    const { system, states } = options;
    const law = { scale: queueScale(system), mean: limitMean(system) };
    this.samples = new QueueSamples({ servers: system.servers, states, law });
  }

  /** In slotted time the slots say all that servers could. */
  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(_now: number, fleet: FleetView): void {
    if (fleet.slots === undefined) return;
    const { previous } = this;
    this.previous = { ...fleet.slots };
    const jobs = this.jobs.closeEpoch(fleet.totals);
    if (jobs === undefined || previous === undefined) return;
    this.offered += jobs.offered;
    this.blocked.add(jobs.blocked, jobs.offered);
    const slots = difference(fleet.slots, previous);
    this.waiting.add(slots.queue, jobs.offered - jobs.blocked);
    this.addSlots(slots);
    this.samples.add(fleet);
  }

  get epochs(): number {
    return this.jobs.epochs;
  }

  get lost(): number {
    return this.jobs.lost;
  }

  /** Slots follow each other when all have answered: a message that takes longer only makes a slot last longer. */
  conditions(): RunConditions {
    return { messageDelay: 0, heldUpFraction: 0 };
  }

  measured(): ReadonlyMap<HeavyTrafficQuantity, Measured> {
    const { system } = this.options;
    const scale = queueScale(system);
    const memory = memoryOf(this.options.relaxationTime, this.slots);
    // Of E[2 (sum q+) U - U^2] / E[U], where E[U] is known (Lemma 1): what is left of the noise of the queue itself.
    const seen = this.seenByUnused.estimate(memory);
    const perUnused = (scale * meanUnusedService(system)) / (2 * system.servers ** (1 - system.alpha));
    const withoutCross = scale * meanTotalQueue(system, { crossTerm: 0, secondMoment: 0 });
    return new Map<HeavyTrafficQuantity, Measured>([
      ["scaled_total_queue", meanOf(this.queue.estimate(memory), memory)],
      ["unused_service", meanOf(this.unused.estimate(memory), memory)],
      ["drift_identity_gap", meanOf(this.gap.estimate(memory), memory)],
      [
        "scaled_queue_by_identity",
        meanOf(
          { ...seen, value: withoutCross + perUnused * seen.value, standardError: perUnused * seen.standardError },
          memory,
        ),
      ],
      ["mean_waiting_time", meanOf(this.waiting.estimate(memory), memory)],
      ["blocked_fraction", fractionOf(this.blocked.estimate(memory), this.offered, memory)],
      ...this.samples.measured(memory),
    ]);
  }

  private addSlots({ slots, queue, unused, unusedSquared, cross }: SlotTotals): void {
    if (slots === 0) return;
    const { system } = this.options;
    const scale = queueScale(system);
    const predicted = meanTotalQueue(system, { crossTerm: cross / slots, secondMoment: unusedSquared / slots });
    this.slots += slots;
    this.queue.add(scale * queue, slots);
    this.unused.add(unused / meanUnusedService(system), slots);
    this.gap.add(scale * (queue - slots * predicted), slots);
    this.seenByUnused.add(2 * cross - unusedSquared, unused);
  }
}
