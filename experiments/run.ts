import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { delayBesides } from "./delay-effect.js";
import { GREATEST_MESSAGE_DELAY, type QuantityEvidence, WITHIN_SIMULATED, weigh } from "./evidence.js";
import { GrowthWatch } from "./growth.js";
import { InputMeasurement } from "./inputs.js";
import { LookSchedule, type Looks } from "./looks.js";
import {
  EPOCH_TIME,
  type Experiment,
  type FleetView,
  type Measured,
  type Measurement,
  type RunConditions,
} from "./scenario.js";
import { SequentialEvidence, type StoppedBy } from "./sequential-evidence.js";
import { settled } from "./settled.js";

export const PHASES = ["waiting", "warming up", "measuring", "finished"] as const;
export type Phase = (typeof PHASES)[number];

export interface RunOptions {
  readonly warmUpTime: ModelTime;
  /** How long the system has been warmed up, or an equivalent, if other than `warmUpTime`. */
  readonly warmedUpFor?: ModelTime;
  /** Infinity to measure until stopped. */
  readonly measuringTime: ModelTime;
  readonly familyConfidence: number;
  /** When the run is judged; `once` unless given. With `planned` it finishes as soon as everything is decided. */
  readonly looks?: Looks;
  /** Relative distance from a prediction that still counts as agreement; WITHIN_SIMULATED unless given. */
  readonly within?: number;
  /** Length of an epoch; EPOCH_TIME unless servers are observed less often. */
  readonly epochTime?: ModelTime;
  /** Called when an epoch of the measurement has ended. */
  readonly onEpoch?: ((measuredTime: ModelTime) => void) | undefined;
  /** Whether message delays are part of the model rather than an artefact, so that they do not make the run void. */
  readonly delaysAreGiven?: boolean;
}

/** How well the generators keep their schedule: jobs sent since they started, the sum of their lags, and jobs held up. */
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

/** Largest mean schedule lag of the generators with which arrivals still follow their stated process. */
export const GREATEST_SCHEDULE_LAG: ModelTime = 0.1;

/**
 * The phases of a run: wait for the fleet, warm up, measure, finish. The driver calls `tick` at least once per epoch. Used by
 * both the live dispatcher and the simulator.
 */
export class Run {
  phase: Phase = "waiting";
  private measurement: Measurement;
  private startedAt: ModelTime = 0;
  private measuringSince: ModelTime = 0;
  private nextEpoch: ModelTime = 0;
  private readonly epochTime: ModelTime;
  private readonly inputs: InputMeasurement;
  private readonly sequential: SequentialEvidence;
  /** Since the warm-up, up to the last epoch that has ended. */
  measuredTime: ModelTime = 0;
  private readonly rates = new Map<number, Rate>();
  private readonly faults = new Set<string>();
  private readonly growth: GrowthWatch;
  /** Now, and when measuring began. */
  private schedule: Schedule = { sent: 0, lag: 0, heldUp: 0 };
  private scheduleAtStart = this.schedule;

  constructor(
    readonly experiment: Experiment,
    readonly options: RunOptions,
  ) {
    this.measurement = experiment.measure();
    this.inputs = new InputMeasurement(experiment.system);
    this.growth = new GrowthWatch(experiment.system);
    this.epochTime = options.epochTime ?? EPOCH_TIME;
    const { relaxationTime = 0, warmUpTime, measuringTime: bestAt } = experiment;
    const { looks = "once", measuringTime, familyConfidence, within = WITHIN_SIMULATED } = options;
    const judged = settled(experiment, options.warmedUpFor ?? options.warmUpTime);
    const schedule = new LookSchedule({
      looks,
      measuringTime,
      relaxationTime,
      warmUpTime,
      epochTime: this.epochTime,
      bestAt,
    });
    const notAwaited = experiment.quantities.flatMap(({ name, isNotAwaited }) => (isNotAwaited ? [name] : []));
    this.sequential = new SequentialEvidence(schedule, new Set(notAwaited), ({ atLook, unjudged }) => {
      const why = this.whyVoid();
      const unjudgedNow = why === undefined ? unjudged : ({ verdict: "void", reason: why } as const);
      return weigh(judged, this.measured(), this.conditions(), {
        ...{ familyConfidence, within, unjudged: unjudgedNow },
        ...(atLook === undefined ? {} : { atLook }),
      });
    });
  }

  /** The fleet is complete: time counts from here. */
  start(now: ModelTime): void {
    this.startedAt = now;
    this.phase = "warming up";
    this.measurement.started?.(now);
  }

  /** Moves to the next phase or closes an epoch, if due. */
  tick(now: ModelTime, fleet: FleetView): void {
    if (this.phase === "warming up" && now >= this.startedAt + this.options.warmUpTime) {
      this.phase = "measuring";
      this.measuringSince = now;
      this.scheduleAtStart = this.schedule;
      this.closeEpoch(now, fleet);
      this.nextEpoch = now + this.epochTime;
    } else if (this.phase === "measuring" && now >= this.nextEpoch) {
      this.closeEpoch(now, fleet);
      this.nextEpoch += this.epochTime;
      this.measuredTime = now - this.measuringSince;
      this.sequential.epochEnded(this.measuredTime);
      this.options.onEpoch?.(this.measuredTime);
      if (this.stoppedBy !== undefined) this.phase = "finished";
    }
  }

  private closeEpoch(now: ModelTime, fleet: FleetView): void {
    this.measurement.closeEpoch(now, fleet);
    this.inputs.closeEpoch(now, fleet);
    this.growth.closeEpoch(now, fleet.totals);
  }

  /** Why the run finished; undefined while it goes on. */
  get stoppedBy(): StoppedBy | undefined {
    return this.sequential.stoppedBy;
  }

  /** How often the run was judged, if that was planned. */
  get looks(): number {
    return this.sequential.looks;
  }

  /** An observation of a server. */
  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    this.rates.set(server, rate);
    if (this.phase !== "measuring") return;
    this.measurement.observeServer(server, totals, rate);
    this.inputs.observeServer(server, totals, rate);
    this.growth.observeServer(server, totals);
  }

  /** A server has left. While measuring, that makes the run void: the fleet is no longer the one that predictions are for. */
  serverLeft(server: number, why: string): void {
    this.rates.delete(server);
    this.measurement.forgetServer(server);
    this.inputs.forgetServer(server);
    if (this.phase === "measuring")
      this.faults.add(`a server left while measuring (${why}); start again with a quiet fleet`);
  }

  /** The latest schedule report of the generators. */
  observeSchedule(schedule: Schedule): void {
    this.schedule = schedule;
  }

  /** Makes the run void, whatever its phase. */
  voidBecause(why: string): void {
    this.faults.add(why);
  }

  /** Records a fault, which makes the run void if it is measuring. */
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
    return sent > 0 ? Math.max(0, this.schedule.lag - this.scheduleAtStart.lag) / sent : 0;
  }

  /** Deviations of this run from the model. */
  conditions(): RunConditions {
    const { heldUpFraction, ...delays } = this.measurement.conditions();
    const sent = this.schedule.sent - this.scheduleAtStart.sent;
    const heldUp = Math.max(0, this.schedule.heldUp - this.scheduleAtStart.heldUp);
    return { ...delays, heldUpFraction: Math.min(1, heldUpFraction + (sent > 0 ? heldUp / sent : 0)) };
  }

  get epochs(): number {
    return this.measurement.epochs;
  }

  /** The service rates of the fleet at the latest observation; undefined before the first. */
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

  /** Why the run is void, and what to do about it; undefined if it is not. */
  whyVoid(): string | undefined {
    const [fault] = this.faults;
    if (fault !== undefined) return fault;
    if (this.measurement.lost > 0)
      return `${this.measurement.lost} jobs were lost while measuring; start again with a quiet fleet`;
    const growing = this.growth.reason();
    if (growing !== undefined) return growing;
    // In slotted time a job belongs to its slot, however late it arrives.
    if (this.experiment.system.slots === undefined && this.meanScheduleLag > GREATEST_SCHEDULE_LAG) {
      return (
        `the load generator could not keep up: it sent jobs ${this.meanScheduleLag.toFixed(3)} time units late on average ` +
        `(limit ${GREATEST_SCHEDULE_LAG}); raise --time-unit or lower the arrival rate`
      );
    }
    const messageDelay = delayBesides(this.conditions());
    if (this.options.delaysAreGiven !== true && messageDelay > GREATEST_MESSAGE_DELAY) {
      return (
        `the machine could not keep up: messages and late timers took ${messageDelay.toFixed(3)} time units per job ` +
        `(limit ${GREATEST_MESSAGE_DELAY}); raise --time-unit, use fewer servers or --processes, or a quieter machine`
      );
    }
    return undefined;
  }

  /** What was measured, inputs first. */
  measured(): ReadonlyMap<string, Measured> {
    return new Map([...this.inputs.measured(), ...this.measurement.measured()]);
  }

  /** What is known by now. */
  evidence(): QuantityEvidence[] {
    return this.sequential.at(this.measuredTime);
  }
}
