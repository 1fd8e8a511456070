import type { Estimate } from "../model/statistics/interval.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import { type DispatcherTotals, noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import { fractionOf, meanOf, memoryOf, type QueueLaw, QueueLooks, type StateQuantity } from "./queue-looks.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

export interface QueueMeasurementOptions {
  readonly servers: number;
  /** How long the queues remember. */
  readonly relaxationTime: ModelTime;
  readonly states: readonly StateQuantity[];
  readonly law?: QueueLaw | undefined;
  /** Levels whose tails are measured. */
  readonly tails: readonly number[];
}

/**
 * Gathers what happens to jobs and queues. Queue lengths over time and waiting times come from the servers themselves where
 * they report, which see no message delay, and from the dispatcher where they do not.
 */
export class QueueMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly blocked = new RatioSeries();
  private readonly waiting = new RatioSeries();
  private readonly waitingTimes = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly messageDelays = new RatioSeries();
  private readonly heldUp = new RatioSeries();
  private readonly jobs = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly levels: readonly RatioSeries[];
  private readonly looks: QueueLooks;
  private readonly previousOf = new Map<number, ServerTotals>();
  /** What servers reported in the epoch at hand. */
  private reported = noServerTotals();
  private previous: { now: ModelTime; totals: DispatcherTotals; integrals: number[] } | undefined;
  private offered = 0;
  private measuredTime: ModelTime = 0;

  constructor(private readonly options: QueueMeasurementOptions) {
    this.levels = options.tails.map(() => new RatioSeries());
    this.looks = new QueueLooks(options);
  }

  observeServer(server: number, totals: Readonly<ServerTotals>): void {
    const previous = this.previousOf.get(server);
    if (previous === undefined) {
      this.previousOf.set(server, { ...totals });
      return;
    }
    this.reported.observedTime += totals.observedTime - previous.observedTime;
    this.reported.busyTime += totals.busyTime - previous.busyTime;
    this.reported.queueLengthIntegral += totals.queueLengthIntegral - previous.queueLengthIntegral;
    this.reported.waitingTime += totals.waitingTime - previous.waitingTime;
    this.reported.begun += totals.begun - previous.begun;
    Object.assign(previous, totals);
  }

  forgetServer(server: number): void {
    this.previousOf.delete(server);
  }

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const integrals = integralsOf(now, fleet);
    const totals = { ...fleet.totals };
    if (this.previous !== undefined) {
      this.epochs++;
      this.addJobs(totals, this.previous.totals);
      this.addQueues(now - this.previous.now, totals, integrals);
      this.looks.add(fleet);
    }
    this.previous = { now, totals, integrals };
    this.reported = noServerTotals();
  }

  conditions(): RunConditions {
    const orNothing = (value: number): number => (Number.isFinite(value) ? Math.max(0, value) : 0);
    return {
      messageDelay: orNothing(this.messageDelays.estimate().value),
      heldUpFraction: orNothing(this.heldUp.estimate().value),
    };
  }

  measured(): ReadonlyMap<string, Measured> {
    const { servers, tails, law } = this.options;
    const memory = memoryOf(this.options.relaxationTime, this.measuredTime);
    const blocked = this.blocked.estimate(memory);
    const waiting = this.waiting.estimate(memory);
    const jobs = this.jobs.estimate(memory);
    const busy = this.busy.estimate(memory);
    const found = new Map<string, Measured>([
      ["blocked_fraction", fractionOf(blocked, this.offered, memory)],
      ["waiting_probability", fractionOf(waiting, this.offered, memory)],
      ["mean_waiting_time", meanOf(this.waitingTimes.estimate(memory), memory)],
      ["mean_sojourn_time", meanOf(this.sojournTimes.estimate(memory), memory)],
      ["mean_queue_length", meanOf(jobs, memory)],
      ["busy_fraction", meanOf(busy, memory)],
      ["idle_servers", meanOf(linear(busy, -servers, servers), memory)],
      ...this.looks.measured(memory),
    ]);
    for (const [i, level] of tails.entries())
      found.set(`queue_tail_${level}`, fractionOf(this.levels[i].estimate(memory), Infinity, memory));
    if (law !== undefined) found.set("scaled_total_queue", meanOf(linear(jobs, servers * law.scale, 0), memory));
    return found;
  }

  private addJobs(totals: DispatcherTotals, previous: DispatcherTotals): void {
    const offered = totals.offered - previous.offered;
    const completed = totals.completed - previous.completed;
    const blocked = totals.blocked - previous.blocked;
    this.offered += offered;
    this.lost += totals.lost - previous.lost;
    this.blocked.add(blocked, offered);
    this.waiting.add(blocked + totals.waited - previous.waited, offered);
    this.sojournTimes.add(totals.sojournTime - previous.sojournTime, completed);
    this.messageDelays.add(totals.messageDelay - previous.messageDelay, completed);
    this.heldUp.add(totals.heldUp - previous.heldUp, completed);
  }

  private addQueues(elapsed: ModelTime, totals: DispatcherTotals, integrals: readonly number[]): void {
    const before = this.previous;
    if (before === undefined) return;
    const { servers, tails } = this.options;
    this.measuredTime += elapsed;
    const serverTime = servers * elapsed;
    const gained = integrals.map((integral, level) => integral - (before.integrals[level] ?? 0));
    for (const [i, level] of tails.entries()) this.levels[i].add(gained[level] ?? 0, serverTime);
    const { observedTime, busyTime, queueLengthIntegral, waitingTime, begun } = this.reported;
    if (observedTime > 0) {
      this.jobs.add(queueLengthIntegral, observedTime);
      this.busy.add(busyTime, observedTime);
      this.waitingTimes.add(waitingTime, begun);
      return;
    }
    const jobTime = gained.reduce((sum, time) => sum + time, 0);
    const busy = gained[1] ?? 0;
    const accepted = totals.offered - totals.blocked - (before.totals.offered - before.totals.blocked);
    this.jobs.add(jobTime, serverTime);
    this.busy.add(busy, serverTime);
    // Little's law for the jobs that wait.
    this.waitingTimes.add(jobTime - busy, accepted);
  }
}

/** The integral over time of the number of servers with at least `level` jobs, at index `level`; 0 at index 0. */
function integralsOf(now: ModelTime, { queues }: FleetView): number[] {
  const highest = queues.reduce((most, queue) => Math.max(most, queue.highest), 0);
  return Array.from({ length: highest + 1 }, (_, level) =>
    level === 0 ? 0 : queues.reduce((sum, queue) => sum + queue.integral(level, now), 0),
  );
}

function linear({ value, standardError, degreesOfFreedom }: Estimate, factor: number, offset: number): Estimate {
  return { value: factor * value + offset, standardError: Math.abs(factor) * standardError, degreesOfFreedom };
}
