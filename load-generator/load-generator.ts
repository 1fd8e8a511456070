import type { Alarm, Clock } from "../live/clock.js";
import type { Outcome } from "../live/wire/record-kinds.js";
import { HELD_UP_TIME } from "../model/totals.js";
import type { ModelTime, Work } from "../model/units.js";
import { InFlight, type JobUnderWay } from "./in-flight.js";
import type { JobSequence } from "./job-sequence.js";
import type { RawRecords } from "./raw-records.js";
import { Recorder } from "./recorder.js";
import type { ServedTimes, Target, TargetMaker, WorkloadChange } from "./targets/target.js";

/** The part of the job sequence that one of several generators sends: the jobs whose number modulo `workers` is `worker`. */
export interface Share {
  readonly worker: number;
  readonly workers: number;
}

export interface LoadGeneratorOptions {
  readonly target: TargetMaker;
  /** The job sequence from a start time on; that of a changed workload if one is given. */
  sequence(startTime: ModelTime, change?: WorkloadChange): JobSequence;
  readonly share: Share;
  readonly clock: Clock;
  /** Jobs due before this time has passed are not recorded. */
  readonly warmUpTime: ModelTime;
  /** How long to send after that; Infinity for until stopped. */
  readonly measuringTime: ModelTime;
  /** Most jobs of the sequence to send; Infinity for no limit. */
  readonly jobs: number;
  /** A job due while this many are in flight is not sent. */
  readonly maxInFlight: number;
  /** How long to wait for the last jobs. */
  readonly patienceSeconds: number;
  readonly rawRecords?: RawRecords;
  /** Called when jobs can be sent, so that `start` may be called. */
  ready(): void;
  /** Called once, when all jobs have been sent and have ended or `patienceSeconds` have passed. */
  done(): void;
}

/** Totals of the generator since it started, including the warm-up; times in model time. */
export interface GeneratorTotals {
  /** Jobs sent. */
  sent: number;
  /** Jobs resent to a restarted dispatcher. */
  resent: number;
  /** Jobs that were due while there was no target or too many were in flight. */
  unsent: number;
  completed: number;
  blocked: number;
  lost: number;
  timedOut: number;
  /** Sum of actual minus intended send times. */
  lagTotal: ModelTime;
  lagMax: ModelTime;
  /** Jobs sent late by more than HELD_UP_TIME. */
  heldUp: number;
  /** Sum of the times from intended sending to notice of completion. */
  sojournTotal: ModelTime;
  /** How often due jobs had to wait because the target did not read fast enough. */
  pauses: number;
}

/** Jobs are numbered from 1 to this, and then from 1 again, without those still in flight: the number has 32 bits on the wire. */
const GREATEST_JOB = 2 ** 32 - 1;
/** How long a paused generator waits before it retries. */
const PAUSE_SECONDS = 0.002;
/** Wall-clock time between two reports on the schedule. */
const SCHEDULE_MESSAGE_SECONDS = 0.5;

/**
 * Drives a job sequence in wall-clock time: each job's send time is fixed in advance, and a job sent late does not delay the
 * next.
 */
export class LoadGenerator {
  readonly totals: GeneratorTotals = {
    sent: 0,
    resent: 0,
    unsent: 0,
    completed: 0,
    blocked: 0,
    lost: 0,
    timedOut: 0,
    lagTotal: 0,
    lagMax: 0,
    heldUp: 0,
    sojournTotal: 0,
    pauses: 0,
  };
  readonly recorder = new Recorder();
  private readonly target: Target;
  private readonly stopReporting: () => void;
  private readonly inFlight = new InFlight();
  private lastJob = 0;
  private readonly clock: Clock;
  private readonly alarm: Alarm;
  private sequence: JobSequence | undefined;
  private measuredFrom: ModelTime = 0;
  private sendUntil: ModelTime = 0;
  /** Until when the jobs due have been sent; at the end, until when jobs were to be sent. */
  private sentUntil: ModelTime = 0;
  /** Stops waiting for the last jobs; undefined while not waiting. */
  private stopWaiting: (() => void) | undefined;
  private finished = false;
  private paused = false;

  constructor(private readonly options: LoadGeneratorOptions) {
    this.clock = options.clock;
    this.alarm = this.clock.alarm(() => this.sendDue());
    this.stopReporting = this.clock.every(SCHEDULE_MESSAGE_SECONDS, () => this.reportSchedule());
    this.target = options.target({
      opened: () => this.opened(),
      ended: (job, outcome, times) => this.ended(job, outcome, times),
      closed: () => this.loseAll(),
      gaveUp: () => this.finish(),
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

  /** Time from the end of the warm-up to the end of sending: of the measuring time, or the last job if the jobs end before. */
  get measuredSeconds(): number {
    return Math.max(0, this.clock.seconds(this.sentUntil - this.measuredFrom));
  }

  /** @param delaySeconds from now to time 0 of the job sequence */
  start(delaySeconds: number): void {
    const startTime = this.clock.now() + delaySeconds / this.clock.timeUnitSeconds;
    this.measuredFrom = startTime + this.options.warmUpTime;
    this.sendUntil = this.measuredFrom + this.options.measuringTime;
    this.sequence = this.options.sequence(startTime);
    this.sendDue();
  }

  /** Stops sending. */
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

  /** Sends the jobs of a changed workload from now on, or none while it is paused. */
  private change(workload: WorkloadChange): void {
    if (this.sequence === undefined) return;
    this.paused = workload.paused;
    this.alarm.clear();
    if (this.paused) return;
    this.sequence = this.options.sequence(this.clock.now(), workload);
    this.sendDue();
  }

  /** Sends every job that is due. */
  private sendDue(): void {
    const { sequence, clock, inFlight } = this;
    if (sequence === undefined || this.finished || this.paused) return;
    const { jobs, maxInFlight, share } = this.options;
    const now = clock.now();
    while (sequence.nextArrivalTime <= now && sequence.nextArrivalTime < this.sendUntil && sequence.count < jobs) {
      if (this.target.congested) {
        this.pause(now);
        return;
      }
      const intended = sequence.nextArrivalTime;
      const mine = sequence.count % share.workers === share.worker;
      const work = sequence.take();
      this.sentUntil = intended;
      if (!mine) continue;
      const { taskType } = sequence;
      const job = this.nextJob();
      if (inFlight.jobsUnderWay < maxInFlight && this.target.accepts(job, taskType))
        this.send(job, intended, now, taskType, work);
      else this.leaveUnsent(intended, now);
    }
    if (!this.noneIsLeft(sequence)) this.sentUntil = Math.min(now, this.sendUntil);
    // Until `now`, not the present moment: jobs may have become due since, and the end may have come.
    if (this.noneIsLeft(sequence) || now >= this.sendUntil) this.finishWhenEnded();
    else this.alarm.set(Math.min(sequence.nextArrivalTime, this.sendUntil));
  }

  private send(job: number, intended: ModelTime, now: ModelTime, taskType: number, work: Work): void {
    const { totals } = this;
    this.lastJob = job;
    totals.sent++;
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

  /** The number of the next job to be sent. */
  private nextJob(): number {
    let job = this.lastJob;
    do job = (job % GREATEST_JOB) + 1;
    while (this.inFlight.has(job));
    return job;
  }

  /** Postpones due jobs, which counts as their lag. This bounds memory; if it lasts, the run becomes void. */
  private pause(now: ModelTime): void {
    this.totals.pauses++;
    this.alarm.set(now + PAUSE_SECONDS / this.clock.timeUnitSeconds);
  }

  private leaveUnsent(intended: ModelTime, now: ModelTime): void {
    this.totals.unsent++;
    if (intended >= this.measuredFrom) this.recorder.counts.unsent++;
    this.sequence?.ended(now);
  }

  private ended(job: number, outcome: Outcome, times: ServedTimes | undefined): boolean {
    const { inFlight, totals, sequence, clock } = this;
    if (sequence === undefined || !inFlight.take(job)) return false;
    const now = clock.now();
    const { intended, sent } = inFlight;
    const sojourn = now - intended;
    totals[outcome]++;
    if (outcome === "completed") totals.sojournTotal += sojourn;
    if (intended >= this.measuredFrom) {
      this.recorder.ended(outcome);
      if (outcome === "completed") this.record(sojourn, now - sent, times);
      this.options.rawRecords?.write(job, inFlight, now, outcome);
    }
    sequence.ended(now);
    if (this.stopWaiting !== undefined) this.finishWhenEnded();
    else if (sequence.nextArrivalTime <= now) this.sendDue();
    else this.alarm.set(Math.min(sequence.nextArrivalTime, this.sendUntil));
    return true;
  }

  private record(sojourn: ModelTime, sinceSent: ModelTime, times: ServedTimes | undefined): void {
    const { clock, recorder } = this;
    recorder.record("sojourn", clock.seconds(sojourn));
    if (times === undefined) return;
    recorder.record("waiting", clock.seconds(times.waitingTime));
    recorder.record("transit", clock.seconds(Math.max(0, sinceSent - times.timeAtServer)));
  }

  private sendAgain(): JobUnderWay[] {
    const jobs = this.inFlight.inOrder();
    this.totals.resent += jobs.length;
    return jobs;
  }

  private loseAll(): void {
    for (const job of this.inFlight.all()) this.ended(job, "lost", undefined);
  }

  private noneIsLeft(sequence: JobSequence): boolean {
    return sequence.exhausted || sequence.count >= this.options.jobs;
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
      lagTotalSeconds: clock.seconds(totals.lagTotal),
      lagMaxSeconds: clock.seconds(totals.lagMax),
      heldUp: totals.heldUp,
      completed: totals.completed,
      sojournTotalSeconds: clock.seconds(totals.sojournTotal),
    });
  }
}
