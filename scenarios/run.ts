import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { GREATEST_MESSAGE_DELAY, type QuantityEvidence, weigh } from "./evidence.js";
import {
  EPOCH_TIME,
  type Experiment,
  type FleetView,
  type Measured,
  type Measurement,
  type RunConditions,
} from "./scenario.js";

export const PHASES = ["waiting", "warming up", "measuring", "finished"] as const;
export type Phase = (typeof PHASES)[number];

export interface RunOptions {
  readonly warmUpTime: ModelTime;
  /** Infinity to measure until stopped. */
  readonly measuringTime: ModelTime;
  readonly familyConfidence: number;
  /** Length of an epoch; EPOCH_TIME unless servers are looked at less often than that. */
  readonly epochTime?: ModelTime;
  /** Message delays are asked for and not suffered: they make no run void. */
  readonly delaysAreGiven?: boolean;
}

/** How the generators keep their schedule: jobs sent since they started, the sum of their lags, and those held up by it. */
export interface Schedule {
  readonly sent: number;
  readonly lag: ModelTime;
  readonly heldUp: number;
}

/** Fleet-wide service rates at one moment. */
export interface RateSummary {
  readonly mean: Rate;
  readonly p05: Rate;
  readonly p95: Rate;
}

/** Mean schedule lag of the generator, in units of model time, above which the arrivals are not what they claim to be. */
export const GREATEST_SCHEDULE_LAG: ModelTime = 0.1;

/**
 * The course of a run: wait for the fleet, warm up, measure, finish. The driver calls `tick` at least once per epoch; all
 * else is counting. The same object serves a live dispatcher and the simulator.
 */
export class Run {
  phase: Phase = "waiting";
  private measurement: Measurement;
  private startedAt: ModelTime = 0;
  private measuringSince: ModelTime = 0;
  private nextEpoch: ModelTime = 0;
  private readonly epochTime: ModelTime;
  private readonly rates = new Map<number, Rate>();
  private readonly faults = new Set<string>();
  /** So far, and when measuring began. */
  private schedule: Schedule = { sent: 0, lag: 0, heldUp: 0 };
  private scheduleAtStart = this.schedule;

  constructor(
    readonly experiment: Experiment,
    readonly options: RunOptions,
  ) {
    this.measurement = experiment.measure();
    this.epochTime = options.epochTime ?? EPOCH_TIME;
  }

  /** The fleet is complete: time counts from here. */
  start(now: ModelTime): void {
    this.startedAt = now;
    this.phase = "warming up";
    this.measurement.started?.(now);
  }

  /** Moves on to the next phase or closes an epoch, if it is time to. */
  tick(now: ModelTime, fleet: FleetView): void {
    if (this.phase === "warming up" && now >= this.startedAt + this.options.warmUpTime) {
      this.phase = "measuring";
      this.measuringSince = now;
      this.scheduleAtStart = this.schedule;
      this.measurement.closeEpoch(now, fleet);
      this.nextEpoch = now + this.epochTime;
    } else if (this.phase === "measuring" && now >= this.nextEpoch) {
      this.measurement.closeEpoch(now, fleet);
      this.nextEpoch += this.epochTime;
      if (now >= this.measuringSince + this.options.measuringTime) this.phase = "finished";
    }
  }

  /** A look at a server. */
  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    this.rates.set(server, rate);
    if (this.phase === "measuring") this.measurement.observeServer(server, totals, rate);
  }

  /** A server has left. While measuring, that makes the run void: the fleet is no longer the one that theory speaks of. */
  serverLeft(server: number, why: string): void {
    this.rates.delete(server);
    this.measurement.forgetServer(server);
    if (this.phase === "measuring")
      this.faults.add(`a server left while measuring (${why}); start again with a quiet fleet`);
  }

  /** What the generators say of how they keep their schedule. */
  observeSchedule(schedule: Schedule): void {
    this.schedule = schedule;
  }

  /** The run is void from now on, whatever its phase. */
  voidBecause(why: string): void {
    this.faults.add(why);
  }

  /** Something happened that makes the run void if it is measuring. */
  fault(why: string): void {
    if (this.phase === "measuring") this.faults.add(why);
  }

  /** Model time since the fleet was complete. */
  elapsed(now: ModelTime): ModelTime {
    return this.phase === "waiting" ? 0 : now - this.startedAt;
  }

  /** Mean lag of the jobs sent while measuring. */
  get meanScheduleLag(): ModelTime {
    const sent = this.schedule.sent - this.scheduleAtStart.sent;
    return sent === 0 ? 0 : (this.schedule.lag - this.scheduleAtStart.lag) / sent;
  }

  /** What this run adds to the model. */
  conditions(): RunConditions {
    const { messageDelay, heldUpFraction } = this.measurement.conditions();
    const sent = this.schedule.sent - this.scheduleAtStart.sent;
    const heldUp = this.schedule.heldUp - this.scheduleAtStart.heldUp;
    return { messageDelay, heldUpFraction: Math.min(1, heldUpFraction + (sent === 0 ? 0 : heldUp / sent)) };
  }

  get epochs(): number {
    return this.measurement.epochs;
  }

  /** The rates of the fleet at the last look; undefined before the first. */
  currentRates(): RateSummary | undefined {
    if (this.rates.size === 0) return undefined;
    const sorted = Float64Array.from(this.rates.values()).sort();
    const quantile = (p: number): Rate => sorted[Math.floor(p * sorted.length)];
    return {
      mean: sorted.reduce((sum, rate) => sum + rate, 0) / sorted.length,
      p05: quantile(0.05),
      p95: quantile(0.95),
    };
  }

  /** Why the run is void, with what to do about it; undefined if it is not. */
  whyVoid(): string | undefined {
    const [fault] = this.faults;
    if (fault !== undefined) return fault;
    if (this.measurement.lost > 0)
      return `${this.measurement.lost} jobs were lost while measuring; start again with a quiet fleet`;
    // In slotted time a job belongs to its slot, however late it comes.
    if (this.experiment.system.slots === undefined && this.meanScheduleLag > GREATEST_SCHEDULE_LAG) {
      return (
        `the load generator could not keep up: it sent jobs ${this.meanScheduleLag.toFixed(3)} time units late on average ` +
        `(limit ${GREATEST_SCHEDULE_LAG}); raise --time-unit or lower the arrival rate`
      );
    }
    const { messageDelay } = this.conditions();
    if (this.options.delaysAreGiven !== true && messageDelay > GREATEST_MESSAGE_DELAY) {
      return (
        `the machine could not keep up: messages and late timers took ${messageDelay.toFixed(3)} time units per job ` +
        `(limit ${GREATEST_MESSAGE_DELAY}); raise --time-unit, use fewer servers or --processes, or a quieter machine`
      );
    }
    return undefined;
  }

  measured(): ReadonlyMap<string, Measured> {
    return this.measurement.measured();
  }

  evidence(): QuantityEvidence[] {
    const { familyConfidence } = this.options;
    return weigh(this.experiment, this.measurement, this.conditions(), familyConfidence, this.whyVoid());
  }
}
