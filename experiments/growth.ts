import { EpochSeries } from "../model/statistics/epoch-series.js";
import { studentQuantile } from "../model/statistics/interval.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { SystemModel } from "./scenario.js";

/** Batches of the second half of a run, and the fewest. */
const BATCHES = 32;
const LEAST_BATCHES = 8;
/** Probability that a queue at full load, which grows by chance alone, is taken for one that grows for ever. */
const FALSE_ALARM = 1e-4;

/** How fast the number of jobs in the system grew while `time` passed, and how fast they left. */
interface Growth {
  readonly jobsPerTime: Rate;
  readonly departuresPerTime: Rate;
}

/**
 * Watches whether the jobs in a system with infinite buffers become more and more: then there is no steady state to measure.
 *
 * The jobs gained in the second half of the run are compared with those gained in each of its batches. The threshold is for a random
 * walk without drift: at full load the jobs in the system, which are never fewer than 0, gain at most |N| standard deviations, N normal;
 * at any lower load they gain less. So a stable system is taken for a growing one with the probability above at most,
 * however short the run is against its relaxation time.
 */
export class GrowthWatch {
  private readonly gained = new EpochSeries();
  private readonly departed = new EpochSeries();
  private readonly mayGrow: boolean;
  private last: { readonly now: ModelTime; readonly jobs: number; readonly departed: number } | undefined;
  private longest: { readonly server: number; readonly queueLength: number; readonly busy: number } | undefined;

  constructor({ server, arrivalSchedule }: Pick<SystemModel, "server" | "arrivalSchedule">) {
    // Pools have no queues; under a load that changes, the number of jobs does as well.
    const hasQueues = server.discipline !== "pool" && server.buffer === Number.POSITIVE_INFINITY;
    this.mayGrow = hasQueues && arrivalSchedule === undefined;
  }

  /** An observation of one server. */
  observeServer(server: number, { queueLengthIntegral, busyTime, observedTime }: Readonly<ServerTotals>): void {
    if (!this.mayGrow || !(observedTime > 0)) return;
    const queueLength = queueLengthIntegral / observedTime;
    if (this.longest === undefined || this.longest.server === server || queueLength > this.longest.queueLength)
      this.longest = { server, queueLength, busy: busyTime / observedTime };
  }

  closeEpoch(now: ModelTime, { offered, blocked, completed, timedOut, lost }: Readonly<DispatcherTotals>): void {
    if (!this.mayGrow) return;
    const { last } = this;
    const departed = completed + timedOut;
    const jobs = offered - blocked - departed - lost;
    this.last = { now, jobs, departed };
    if (last === undefined) return;
    this.gained.add(jobs - last.jobs, now - last.now);
    this.departed.add(departed - last.departed, now - last.now);
  }

  /** Why there is no steady state, and what to do about it; undefined if nothing speaks against one. */
  reason(): string | undefined {
    const growth = this.growth();
    if (growth === undefined) return undefined;
    const { jobsPerTime, departuresPerTime } = growth;
    const load = (departuresPerTime + jobsPerTime) / departuresPerTime;
    const { longest } = this;
    const where =
      longest === undefined
        ? ""
        : `, above all at server ${longest.server}, which was busy ${(100 * longest.busy).toFixed(1)} % of the time with ${Math.round(longest.queueLength)} jobs on average`;
    return (
      `overload: the queues grow by ${Number(jobsPerTime.toPrecision(3))} jobs per time unit, so there is no steady state; ` +
      `${Number(load.toPrecision(4))} jobs arrive for each that is served${where}; lower the arrival rate, add servers, or set a finite buffer`
    );
  }

  private growth(): Growth | undefined {
    const { numerators, denominators, length } = this.gained;
    const half = Math.ceil(length / 2);
    const batches = Math.min(BATCHES, length - half);
    if (batches < LEAST_BATCHES) return undefined;
    const size = Math.floor((length - half) / batches);
    const first = length - batches * size;
    const jobs = sumOf(numerators, first, length);
    const time = sumOf(denominators, first, length);
    if (!(jobs > 0)) return undefined;
    const jobsPerTime = jobs / time;
    let squares = 0;
    for (let from = first; from < length; from += size) {
      const expected = jobsPerTime * sumOf(denominators, from, from + size);
      squares += (sumOf(numerators, from, from + size) - expected) ** 2;
    }
    const deviation = Math.sqrt((batches * squares) / (batches - 1));
    if (jobs <= deviation * studentQuantile(1 - FALSE_ALARM / 2, batches - 1)) return undefined;
    return { jobsPerTime, departuresPerTime: sumOf(this.departed.numerators, first, length) / time };
  }
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum;
}
