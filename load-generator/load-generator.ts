import type { Alarm, Clock } from "../live/clock.js";
import type { Outcome } from "../live/record-kinds.js";
import { HELD_UP_TIME } from "../model/totals.js";
import type { ModelTime, Work } from "../model/units.js";
import { InFlight, type JobUnderWay } from "./in-flight.js";
import type { JobSequence } from "./job-sequence.js";
import type { RawRecords } from "./raw-records.js";
import { Recorder } from "./recorder.js";
import type { Target, TargetMaker, WorkloadChange } from "./targets/target.js";

/** The part of the job sequence that one of several generators sends: every job whose number leaves this remainder. */
export interface Share {
  readonly worker: number;
  readonly workers: number;
}

export interface LoadGeneratorOptions {
  readonly target: TargetMaker;
  /** The jobs, from a start time on; of another workload if one is given. */
  sequence(startTime: ModelTime, change?: WorkloadChange): JobSequence;
  readonly share: Share;
  readonly clock: Clock;
  /** Jobs sent before this time has passed are not recorded. */
  readonly warmUpTime: ModelTime;
  /** How long to send after that; Infinity: until stopped. */
  readonly measuringTime: ModelTime;
  /** How many jobs of the sequence to send at most, in all; Infinity: any number. */
  readonly jobs: number;
  /** A job due while so many are under way is not sent. */
  readonly maxInFlight: number;
  /** How long to wait for the last jobs. */
  readonly patienceSeconds: number;
  readonly rawRecords?: RawRecords;
  /** Called when jobs can be sent: `start` may be called. */
  ready(): void;
  /** Called once, when all jobs have been sent and have ended, or patience has. */
  done(): void;
}

/** What the generator has seen since it started, warm-up and all; times in model time. */
export interface GeneratorTotals {
  /** Jobs sent. */
  sent: number;
  /** Jobs sent again, to a dispatcher that has taken the place of another. */
  resent: number;
  /** Jobs that were due while there was no target, or too many were under way. */
  unsent: number;
  completed: number;
  blocked: number;
  lost: number;
  /** Actual minus intended send time. */
  lagTotal: ModelTime;
  lagMax: ModelTime;
  /** Jobs sent later than HELD_UP_TIME. */
  heldUp: number;
  /** From intended sending to the news of completion. */
  sojournTotal: ModelTime;
  /** How often jobs that were due had to wait until the target had read what it was sent. */
  heldBack: number;
}

/** Jobs are numbered from 1 to this, and then again: the number has 32 bits on the wire. */
const GREATEST_JOB = 2 ** 32 - 1;
/** How long a generator that is held back waits before it tries again. */
const HELD_BACK_SECONDS = 0.002;
/** Wall-clock time between two messages on how the schedule is kept. */
const SCHEDULE_MESSAGE_SECONDS = 0.5;

/**
 * Drives a job sequence in wall-clock time: each job has its send time before anything else is known of it, and a job sent
 * late changes nothing for the next.
 */
export class LoadGenerator {
  readonly totals: GeneratorTotals = {
    sent: 0,
    resent: 0,
    unsent: 0,
    completed: 0,
    blocked: 0,
    lost: 0,
    lagTotal: 0,
    lagMax: 0,
    heldUp: 0,
    sojournTotal: 0,
    heldBack: 0,
  };
  readonly recorder = new Recorder();
  private readonly target: Target;
  private readonly stopReporting: () => void;
  private readonly inFlight = new InFlight();
  private readonly clock: Clock;
  private readonly alarm: Alarm;
  private sequence: JobSequence | undefined;
  private measuredFrom: ModelTime = 0;
  private sendUntil: ModelTime = 0;
  /** Send time of the last job that was due. */
  private lastDue: ModelTime = 0;
  /** Stops waiting for the last jobs; undefined while it does not wait for them. */
  private stopWaiting: (() => void) | undefined;
  private finished = false;
  private paused = false;

  constructor(private readonly options: LoadGeneratorOptions) {
    this.clock = options.clock;
    this.alarm = this.clock.alarm(() => this.sendDue());
    this.stopReporting = this.clock.every(SCHEDULE_MESSAGE_SECONDS, () => this.reportSchedule());
    this.target = options.target({
      opened: () => this.opened(),
      ended: (job, outcome, waitingTime) => this.ended(job, outcome, waitingTime),
      closed: () => this.loseAll(),
      changed: (workload) => this.change(workload),
      underWay: () => this.sendAgain(),
    });
  }

  /** Whether jobs are being sent. */
  get running(): boolean {
    return this.sequence !== undefined && this.target.open;
  }

  /** Jobs sent that have not ended. */
  get jobsUnderWay(): number {
    return this.inFlight.jobsUnderWay;
  }

  /** From the end of the warm-up to the last send time. */
  get measuredSeconds(): number {
    return Math.max(0, this.clock.seconds(this.lastDue - this.measuredFrom));
  }

  /** @param delaySeconds from now to time 0 of the job sequence */
  start(delaySeconds: number): void {
    const startTime = this.clock.now() + delaySeconds / this.clock.timeUnitSeconds;
    this.measuredFrom = startTime + this.options.warmUpTime;
    this.sendUntil = this.measuredFrom + this.options.measuringTime;
    this.sequence = this.options.sequence(startTime);
    this.sendDue();
  }

  /** Sends no further job. */
  stop(): void {
    this.finished = true;
    this.stopReporting();
    this.stopWaiting?.();
    this.alarm.clear();
    this.target.stop();
  }

  private opened(): void {
    if (this.sequence === undefined) this.options.ready();
  }

  /** Sends the jobs of another workload from now on, or none while it is paused. */
  private change(workload: WorkloadChange): void {
    if (this.sequence === undefined) return;
    this.paused = workload.paused;
    this.alarm.clear();
    if (this.paused) return;
    this.sequence = this.options.sequence(this.clock.now(), workload);
    this.sendDue();
  }

  /** Sends every job whose time has come. */
  private sendDue(): void {
    const { sequence, clock, inFlight } = this;
    if (sequence === undefined || this.finished || this.paused) return;
    const { jobs, maxInFlight, share } = this.options;
    const now = clock.now();
    while (sequence.nextArrivalTime <= now && sequence.nextArrivalTime < this.sendUntil && sequence.count < jobs) {
      if (this.target.congested) {
        this.holdBack(now);
        return;
      }
      const intended = sequence.nextArrivalTime;
      const mine = sequence.count % share.workers === share.worker;
      const work = sequence.take();
      this.lastDue = intended;
      if (!mine) continue;
      if (this.target.open && inFlight.jobsUnderWay < maxInFlight) this.send(intended, now, sequence.taskType, work);
      else this.leaveUnsent(intended, now);
    }
    if (this.allSent(sequence)) this.finishWhenEnded();
    else this.alarm.set(Math.min(sequence.nextArrivalTime, this.sendUntil));
  }

  private send(intended: ModelTime, now: ModelTime, taskType: number, work: Work): void {
    const { totals } = this;
    const job = (totals.sent++ % GREATEST_JOB) + 1;
    const lag = now - intended;
    totals.lagTotal += lag;
    totals.lagMax = Math.max(totals.lagMax, lag);
    if (lag > HELD_UP_TIME) totals.heldUp++;
    if (intended >= this.measuredFrom) {
      this.recorder.counts.sent++;
      this.recorder.record("lag", this.clock.seconds(lag));
    }
    this.inFlight.add(job, intended, now, work, taskType);
    this.target.submit(job, taskType, work);
  }

  /** What is due is sent later, which counts as its lag: so memory is bounded, and the run is void if it was for long. */
  private holdBack(now: ModelTime): void {
    this.totals.heldBack++;
    this.alarm.set(now + HELD_BACK_SECONDS / this.clock.timeUnitSeconds);
  }

  private leaveUnsent(intended: ModelTime, now: ModelTime): void {
    this.totals.unsent++;
    if (intended >= this.measuredFrom) this.recorder.counts.unsent++;
    this.sequence?.ended(now);
  }

  private ended(job: number, outcome: Outcome, waitingTime: ModelTime | undefined): boolean {
    const { inFlight, totals, sequence, clock } = this;
    if (sequence === undefined || !inFlight.take(job)) return false;
    const now = clock.now();
    const { intended } = inFlight;
    const sojourn = now - intended;
    totals[outcome]++;
    if (outcome === "completed") totals.sojournTotal += sojourn;
    if (intended >= this.measuredFrom) {
      this.recorder.ended(outcome);
      if (outcome === "completed") {
        this.recorder.record("sojourn", clock.seconds(sojourn));
        if (waitingTime !== undefined) this.recorder.record("waiting", clock.seconds(waitingTime));
      }
      this.options.rawRecords?.write(job, inFlight, now, outcome);
    }
    sequence.ended(now);
    if (this.stopWaiting !== undefined) this.finishWhenEnded();
    else if (sequence.nextArrivalTime <= now) this.sendDue();
    else this.alarm.set(Math.min(sequence.nextArrivalTime, this.sendUntil));
    return true;
  }

  private sendAgain(): JobUnderWay[] {
    const jobs = this.inFlight.inOrder();
    this.totals.resent += jobs.length;
    return jobs;
  }

  private loseAll(): void {
    for (const job of this.inFlight.all()) this.ended(job, "lost", undefined);
  }

  private allSent(sequence: JobSequence): boolean {
    return sequence.exhausted || sequence.count >= this.options.jobs || this.clock.now() >= this.sendUntil;
  }

  private finishWhenEnded(): void {
    if (this.finished) return;
    if (this.inFlight.jobsUnderWay === 0) this.finish();
    else this.stopWaiting ??= this.clock.after(this.options.patienceSeconds, () => this.finish());
  }

  private finish(): void {
    this.reportSchedule();
    this.stop();
    this.options.done();
  }

  private reportSchedule(): void {
    if (!this.running) return;
    const { totals, clock } = this;
    this.target.report({
      sent: totals.sent,
      underWay: this.inFlight.jobsUnderWay,
      lagTotalSeconds: clock.seconds(totals.lagTotal),
      lagMaxSeconds: clock.seconds(totals.lagMax),
      heldUp: totals.heldUp,
      completed: totals.completed,
      sojournTotalSeconds: clock.seconds(totals.sojournTotal),
    });
  }
}
