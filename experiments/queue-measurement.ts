import type { Estimate } from "../model/statistics/interval.js";
import { nestedTrials } from "../model/statistics/proportion.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import { fractionOf, meanOf, memoryOf } from "./measured.js";
import { ObservingMeasurement } from "./observing-measurement.js";
import { integralsOf } from "./queue-integrals.js";
import { type QueueQuantity, queueTail } from "./queue-quantities.js";
import { type QueueLaw, QueueSamples, type StateQuantity } from "./queue-samples.js";
import type { FleetView, Measured, Measurement } from "./scenario.js";

export interface QueueMeasurementOptions<State extends string> {
  readonly servers: number;
  /** Relaxation time of the queue lengths. */
  readonly relaxationTime: ModelTime;
  readonly states: readonly StateQuantity<State>[];
  readonly law?: QueueLaw | undefined;
  /** Levels at which the queue length tail is measured. */
  readonly tails: readonly number[];
}

/**
 * Measures jobs and queues. Time-averaged queue lengths and waiting times come from the reports of the servers, which see no
 * message delay, or from the dispatcher if servers do not report.
 */
export class QueueMeasurement<State extends string>
  extends ObservingMeasurement
  implements Measurement<QueueQuantity | State>
{
  private readonly blocked = new RatioSeries();
  private readonly waiting = new RatioSeries();
  private readonly waitingTimes = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly queueLengths = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly levels: readonly RatioSeries[];
  private readonly samples: QueueSamples<State>;
  private previous: { now: ModelTime; integrals: number[] } | undefined;
  private offered = 0;
  private measuredTime: ModelTime = 0;

  constructor(private readonly options: QueueMeasurementOptions<State>) {
    super();
    this.levels = options.tails.map(() => new RatioSeries());
    this.samples = new QueueSamples(options);
  }

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { previous } = this;
    const integrals = integralsOf(now, fleet);
    this.previous = { now, integrals };
    const jobs = this.jobs.closeEpoch(fleet.totals);
    const reported = this.servers.closeEpoch();
    if (jobs === undefined || previous === undefined) return;
    this.addJobs(jobs);
    const gained = integrals.map((integral, level) => integral - (previous.integrals[level] ?? 0));
    this.addQueues(now - previous.now, gained, reported, jobs.offered - jobs.blocked);
    this.samples.add(fleet);
  }

  measured(): ReadonlyMap<QueueQuantity | State, Measured> {
    const { servers, tails, law } = this.options;
    const memory = memoryOf(this.options.relaxationTime, this.measuredTime);
    const blocked = this.blocked.estimate(memory);
    const waiting = this.waiting.estimate(memory);
    const queueLengths = this.queueLengths.estimate(memory);
    const busy = this.busy.estimate(memory);
    const levels = this.levels.map((level) => level.estimate(memory));
    const trials = nestedTrials(levels, 1 / memory);
    const found = new Map<QueueQuantity | State, Measured>([
      // Jobs are only blocked by full servers.
      ["blocked_fraction", fractionOf(blocked, Math.min(this.offered, trials[tails.length]), memory)],
      ["waiting_probability", fractionOf(waiting, this.offered, memory)],
      ["mean_waiting_time", meanOf(this.waitingTimes.estimate(memory), memory)],
      ["mean_sojourn_time", meanOf(this.sojournTimes.estimate(memory), memory)],
      ["mean_queue_length", meanOf(queueLengths, memory)],
      ["busy_fraction", meanOf(busy, memory)],
      ["idle_servers", meanOf(linear(busy, -servers, servers), memory)],
      ...this.samples.measured(memory),
    ]);
    for (const [i, level] of tails.entries()) found.set(queueTail(level), fractionOf(levels[i], trials[i], memory));
    if (law !== undefined)
      found.set("scaled_total_queue", meanOf(linear(queueLengths, servers * law.scale, 0), memory));
    return found;
  }

  private addJobs({ offered, blocked, waited, completed, sojournTime }: DispatcherTotals): void {
    this.offered += offered;
    this.blocked.add(blocked, offered);
    this.waiting.add(blocked + waited, offered);
    this.sojournTimes.add(sojournTime, completed);
  }

  /** @param gained server time with at least `index` jobs, by index */
  private addQueues(
    elapsed: ModelTime,
    gained: readonly ModelTime[],
    { observedTime, busyTime, queueLengthIntegral, waitingTime, begun }: ServerTotals,
    accepted: number,
  ): void {
    const { servers, tails } = this.options;
    this.measuredTime += elapsed;
    const serverTime = servers * elapsed;
    for (const [i, level] of tails.entries()) this.levels[i].add(gained[level] ?? 0, serverTime);
    if (observedTime > 0) {
      this.queueLengths.add(queueLengthIntegral, observedTime);
      this.busy.add(busyTime, observedTime);
      this.waitingTimes.add(waitingTime, begun);
      return;
    }
    const jobTime = gained.reduce((sum, time) => sum + time, 0);
    const busy = gained[1] ?? 0;
    this.queueLengths.add(jobTime, serverTime);
    this.busy.add(busy, serverTime);
    // Little's law for the waiting jobs.
    this.waitingTimes.add(jobTime - busy, accepted);
  }
}

function linear({ value, standardError, degreesOfFreedom }: Estimate, factor: number, offset: number): Estimate {
  return { value: factor * value + offset, standardError: Math.abs(factor) * standardError, degreesOfFreedom };
}
