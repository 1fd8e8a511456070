import type { RandomStream } from "../model/random.js";
import type { Standing } from "../model/standing.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { Dispatcher } from "./dispatcher.js";
import type { PolicyFactory } from "./policies/policy.js";

/** Something that happened to a dispatcher: the method that was called, its arguments, and what it returned, if anything. */
export interface DispatcherEvent {
  readonly name: RecordedMethod;
  readonly arguments: readonly number[];
  readonly result: number | undefined;
}

/** Every method by which a driver tells a dispatcher that something has happened, and whether it answers with its choice. */
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
  dispatched: false,
  complete: false,
  reported: false,
  lose: false,
  requeue: true,
  refuse: true,
} as const;
export type RecordedMethod = keyof typeof RECORDED_METHODS;

/** A dispatcher that tells of everything that happens to it, after it has. What a peer does wrong is no event. */
export class RecordingDispatcher extends Dispatcher {
  constructor(
    policy: PolicyFactory,
    random: RandomStream,
    private readonly record: (event: DispatcherEvent) => void,
  ) {
    super(policy, random);
  }

  override join(buffer: number, rate: Rate = 1, serverClass = 0, inOrder = true, number?: number): number {
    const server = super.join(buffer, rate, serverClass, inOrder, number);
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

  override block(): void {
    super.block();
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

  override dispatched(): void {
    super.dispatched();
    this.note("dispatched", []);
  }

  override complete(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    super.complete(now, server, assignment, timeAtServer);
    this.note("complete", [now, server, assignment, timeAtServer]);
  }

  override reported(server: number, standing: Standing, threshold: number, accepted: number): void {
    super.reported(server, standing, threshold, accepted);
    this.note("reported", [server, standing, threshold, accepted]);
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
