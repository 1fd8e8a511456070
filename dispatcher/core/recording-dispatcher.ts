import type { Views } from "../../experiments/scenario.js";
import type { RandomStream } from "../../model/random.js";
import type { Standing } from "../../model/standing.js";
import type { FleetTimes } from "../../model/statistics/job-times.js";
import type { ModelTime, Work } from "../../model/units.js";
import type { PolicyFactory } from "../../policies/policy.js";
import { Dispatcher, type JoiningServer } from "./dispatcher.js";

/** An event of a dispatcher: the method called, its arguments, and its result, if any. */
export interface DispatcherEvent {
  readonly name: RecordedMethod;
  readonly arguments: readonly number[];
  readonly result: number | undefined;
}

/** The methods by which a driver reports events to a dispatcher, and whether they return a routing decision. */
export const RECORDED_METHODS = {
  join: false,
  leave: false,
  enter: false,
  release: false,
  submit: true,
  block: false,
  adopt: false,
  claim: false,
  countCompleted: false,
  countTimedOut: false,
  complete: false,
  abandoned: false,
  turnedAway: false,
  told: false,
  reported: false,
  answered: false,
  lose: false,
  requeue: true,
  refuse: true,
} as const;
export type RecordedMethod = keyof typeof RECORDED_METHODS;

/** A dispatcher that records every event after it has happened. A peer's protocol errors are not events. */
export class RecordingDispatcher extends Dispatcher {
  constructor(
    policy: PolicyFactory,
    random: RandomStream,
    private readonly record: (event: DispatcherEvent) => void,
    views?: Views,
    timeout?: ModelTime,
    times?: FleetTimes,
    number?: number,
  ) {
    super(policy, random, views, timeout, times, number);
  }

  override join(joining: JoiningServer): number {
    const { buffer, rate = 1, serverClass = 0, inOrder = true } = joining;
    const server = super.join(joining);
    this.note("join", [buffer, rate, serverClass, Number(inOrder), server]);
    return server;
  }

  override leave(server: number): void {
    super.leave(server);
    this.note("leave", [server]);
  }

  override enter(server: number): void {
    super.enter(server);
    this.note("enter", [server]);
  }

  override release(server: number): void {
    super.release(server);
    this.note("release", [server]);
  }

  override submit(now: ModelTime, origin: number, job: number, taskType = 0, work: Work = 0): number {
    const server = super.submit(now, origin, job, taskType, work);
    return this.note("submit", [now, origin, job, taskType, work], server);
  }

  override block(work: Work): void {
    super.block(work);
    this.note("block", []);
  }

  override adopt(now: ModelTime, server: number, origin: number, job: number): void {
    super.adopt(now, server, origin, job);
    this.note("adopt", [now, server, origin, job]);
  }

  override claim(server: number, origin: number, job: number, taskType: number, work: Work): void {
    super.claim(server, origin, job, taskType, work);
    this.note("claim", [server, origin, job, taskType, work]);
  }

  override countCompleted(): void {
    super.countCompleted();
    this.note("countCompleted", []);
  }

  override countTimedOut(): void {
    super.countTimedOut();
    this.note("countTimedOut", []);
  }

  override complete(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): boolean {
    const isInTime = super.complete(now, server, assignment, timeAtServer);
    this.note("complete", [now, server, assignment, timeAtServer]);
    return isInTime;
  }

  override abandoned(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    super.abandoned(now, server, assignment, timeAtServer);
    this.note("abandoned", [now, server, assignment, timeAtServer]);
  }

  override turnedAway(now: ModelTime, server: number, assignment: number): void {
    super.turnedAway(now, server, assignment);
    this.note("turnedAway", [now, server, assignment]);
  }

  override told(server: number, queueLength: number, received: number, age: ModelTime, ageError: ModelTime = 0): void {
    super.told(server, queueLength, received, age, ageError);
    this.note("told", [server, queueLength, received, age, ageError]);
  }

  override reported(server: number, standing: Standing, threshold: number, accepted: number): void {
    super.reported(server, standing, threshold, accepted);
    this.note("reported", [server, standing, threshold, accepted]);
  }

  override answered(now: ModelTime, server: number, jobs: number, latency: ModelTime): void {
    super.answered(now, server, jobs, latency);
    this.note("answered", [now, server, jobs, latency]);
  }

  override lose(now: ModelTime, server: number): void {
    super.lose(now, server);
    this.note("lose", [now, server]);
  }

  override requeue(now: ModelTime, server: number): number {
    return this.note("requeue", [now, server], super.requeue(now, server));
  }

  override refuse(now: ModelTime, server: number, assignment: number): number {
    return this.note("refuse", [now, server, assignment], super.refuse(now, server, assignment));
  }

  private note(name: RecordedMethod, args: readonly number[], result: number): number;
  private note(name: RecordedMethod, args: readonly number[]): void;
  private note(name: RecordedMethod, args: readonly number[], result?: number): number | undefined {
    this.record({ name, arguments: args, result });
    return result;
  }
}
