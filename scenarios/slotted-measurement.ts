import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { SlotTotals } from "../model/totals.js";
import {
  type HeavyTraffic,
  limitMean,
  meanTotalQueue,
  meanUnusedService,
  queueScale,
} from "../theory/jsq-heavy-traffic.js";
import { fractionOf, meanOf, memoryOf, QueueLooks, type StateQuantity } from "./queue-looks.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

export interface SlottedMeasurementOptions {
  readonly system: HeavyTraffic;
  /** In slots. */
  readonly relaxationTime: number;
  readonly states: readonly StateQuantity[];
}

/** Gathers what happens in slotted time. */
export class SlottedMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly queue = new RatioSeries();
  private readonly unused = new RatioSeries();
  private readonly gap = new RatioSeries();
  private readonly seenByUnused = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly looks: QueueLooks;
  private offered = 0;
  private slots = 0;
  private previous: { slots: SlotTotals; offered: number; blocked: number; lost: number } | undefined;

  constructor(private readonly options: SlottedMeasurementOptions) {
    const { system, states } = options;
    const law = { scale: queueScale(system), mean: limitMean(system) };
    this.looks = new QueueLooks({ servers: system.servers, states, law });
  }

  /** Servers in slotted time have nothing to tell that the slots do not. */
  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(_now: number, fleet: FleetView): void {
    if (fleet.slots === undefined) return;
    const { offered, blocked, lost } = fleet.totals;
    const before = this.previous;
    this.previous = { slots: { ...fleet.slots }, offered, blocked, lost };
    if (before === undefined) return;
    this.epochs++;
    this.lost += lost - before.lost;
    this.offered += offered - before.offered;
    this.blocked.add(blocked - before.blocked, offered - before.offered);
    this.addSlots(fleet.slots, before.slots);
    this.looks.add(fleet);
  }

  /** Slots follow each other when all have answered: a message that takes longer only makes a slot last longer. */
  conditions(): RunConditions {
    return { messageDelay: 0, heldUpFraction: 0 };
  }

  measured(): ReadonlyMap<string, Measured> {
    const { system } = this.options;
    const scale = queueScale(system);
    const memory = memoryOf(this.options.relaxationTime, this.slots);
    // Of E[2 (sum q+) U - U^2] / E[U], where E[U] is known (Lemma 1): what is left of the noise of the queue itself.
    const seen = this.seenByUnused.estimate(memory);
    const perUnused = (scale * meanUnusedService(system)) / (2 * system.servers ** (1 - system.alpha));
    const withoutCross = scale * meanTotalQueue(system, { crossTerm: 0, secondMoment: 0 });
    return new Map<string, Measured>([
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
      ["blocked_fraction", fractionOf(this.blocked.estimate(memory), this.offered, memory)],
      ...this.looks.measured(memory),
    ]);
  }

  private addSlots(now: Readonly<SlotTotals>, before: SlotTotals): void {
    const { system } = this.options;
    const scale = queueScale(system);
    const slots = now.slots - before.slots;
    if (slots === 0) return;
    const queue = now.queue - before.queue;
    const unused = now.unused - before.unused;
    const secondMoment = now.unusedSquared - before.unusedSquared;
    const crossTerm = now.cross - before.cross;
    const predicted = meanTotalQueue(system, { crossTerm: crossTerm / slots, secondMoment: secondMoment / slots });
    this.slots += slots;
    this.queue.add(scale * queue, slots);
    this.unused.add(unused / meanUnusedService(system), slots);
    this.gap.add(scale * (queue - slots * predicted), slots);
    this.seenByUnused.add(2 * crossTerm - secondMoment, unused);
  }
}
