import { PeerError } from "../model/errors.js";
import type { RandomStream } from "../model/random.js";
import type { Standing } from "../model/standing.js";
import { HELD_UP_TIME, noDispatcherTotals, type SlotTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import type { FleetView } from "../scenarios/scenario.js";
import { Fleet } from "./fleet.js";
import { FleetObserver } from "./fleet-observer.js";
import { type JobRecord, JobTable } from "./job-table.js";
import { NO_SERVER, type Policy, type PolicyFactory, type PolicyInformation } from "./policies/policy.js";

/** What `submit` returns for a job that no server takes. */
export const BLOCKED = -1;

/**
 * Routes jobs by a policy and keeps their books. Events and the time go in, decisions come out; sockets and clocks are the
 * driver's. A job is known by its origin (who submitted it) and the origin's own number for it.
 */
export class Dispatcher implements FleetView {
  readonly fleet = new Fleet();
  readonly totals = noDispatcherTotals();
  /** Set in slotted time, by whoever knows the slots. */
  slots: Readonly<SlotTotals> | undefined;
  /** The queue lengths of each class of servers over time, as the dispatcher sees them. */
  readonly queues: FleetObserver[] = [new FleetObserver()];
  /** Of the job last completed, as the dispatcher sees it. */
  lastSojournTime: ModelTime = 0;
  private readonly jobs = new JobTable();
  /** How many reports of its standing each server has made since it joined. */
  private readonly reports: number[] = [];
  /** Whether each server serves its jobs in the order it was sent them. */
  private readonly inOrder: boolean[] = [];
  private policy: Policy;

  constructor(
    policy: PolicyFactory,
    private readonly random: RandomStream,
  ) {
    this.policy = policy(this.fleet, random);
  }

  /** Routes by another policy from now on. */
  changePolicy(policy: PolicyFactory): void {
    this.fleet.forgetIndexes();
    this.policy = policy(this.fleet, this.random);
  }

  get policyName(): string {
    return this.policy.name;
  }

  /** What the policy has cost in information so far. */
  get information(): PolicyInformation {
    return this.policy.information;
  }

  /** What a policy that learns has learned so far. */
  get learned(): number | undefined {
    return this.policy.learned;
  }

  get inFlight(): number {
    return this.jobs.size;
  }

  /** The job last completed, lost or sent to another server. */
  get lastJob(): Readonly<JobRecord> {
    return this.jobs.taken;
  }

  queueLength(server: number): number {
    return this.fleet.queueLength(server);
  }

  rate(server: number): Rate {
    return this.fleet.rate(server);
  }

  /** A job arrives. Returns the server it is sent to, or BLOCKED. */
  submit(now: ModelTime, origin: number, job: number, taskType = 0, work: Work = 0): number {
    this.totals.offered++;
    const server = this.choose(taskType);
    if (server === BLOCKED) {
      this.totals.blocked++;
      return BLOCKED;
    }
    if (this.fleet.queueLength(server) > 0) this.totals.waited++;
    this.give(now, server);
    this.jobs.push(server, origin, job, now, taskType, work);
    return server;
  }

  /** A job arrives that the driver has no room for. */
  block(): void {
    this.totals.offered++;
    this.totals.blocked++;
  }

  /** A server that has just joined holds a job that an earlier dispatcher sent it. Its work is NaN until `claim`. */
  adopt(now: ModelTime, server: number, origin: number, job: number): void {
    this.totals.offered++;
    this.give(now, server);
    this.jobs.push(server, origin, job, now, 0, Number.NaN);
  }

  /** The origin of an adopted job, which the server still holds, says what it is. */
  claim(server: number, origin: number, job: number, taskType: number, work: Work): void {
    this.jobs.describe(server, origin, job, taskType, work);
  }

  /** A job arrives that a server has already served, as an earlier dispatcher asked it to. */
  countCompleted(): void {
    this.totals.offered++;
    this.totals.completed++;
  }

  /** How many reports of its standing were heard of a server since it joined. */
  heard(server: number): number {
    return this.reports[server];
  }

  /** The job last submitted is on its way to its server, ahead of anything that the policy has to tell it. */
  dispatched(): void {
    this.policy.dispatched?.();
  }

  /** How many jobs the server was ever sent since it joined: the number of the last one. */
  assignments(server: number): number {
    return this.jobs.assignments(server);
  }

  /**
   * The server has completed a job: the oldest it holds, if it serves in order. `lastJob` then says which it was.
   *
   * @param assignment the server's number of that job: 1 for the first it was sent since it joined, and so on
   * @param serviceTime the time it took on the server: in service, and waiting there
   * @throws PeerError if the server does not hold that job, or is not serving it
   */
  complete(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    if (this.jobs.held(server) === 0) throw new PeerError("completes a job although it holds none");
    const oldest = this.jobs.oldestAssignment(server);
    if (this.inOrder[server] && assignment !== oldest)
      throw new PeerError(`completes job ${assignment} while job ${oldest} is the one in service`);
    if (!this.jobs.take(server, assignment)) throw new PeerError(`completes job ${assignment}, which it does not hold`);
    this.endJob(now, server);
    const sojournTime = now - this.jobs.taken.submittedAt;
    this.lastSojournTime = sojournTime;
    this.totals.completed++;
    this.totals.sojournTime += sojournTime;
    this.totals.messageDelay += sojournTime - timeAtServer;
    if (sojournTime - timeAtServer > HELD_UP_TIME) this.totals.heldUp++;
  }

  /** The server holds so many jobs, of this dispatcher and of others that send it jobs as well. */
  told(now: ModelTime, server: number, queueLength: number): void {
    while (this.fleet.queueLength(server) < queueLength) this.give(now, server);
    while (this.fleet.queueLength(server) > queueLength) this.endJob(now, server);
  }

  /**
   * A server says where it stands to the threshold of its class.
   *
   * @param threshold the one it was given last
   * @param accepted how many jobs it had accepted since it joined
   * @throws PeerError if nobody gave it a threshold, or it was not sent so many jobs
   */
  reported(server: number, standing: Standing, threshold: number, accepted: number): void {
    if (this.policy.reported === undefined)
      throw new PeerError("reports its standing to a threshold, and was given none");
    this.reports[server]++;
    const sent = this.jobs.assignments(server);
    if (accepted > sent) throw new PeerError(`reports after ${accepted} jobs, and was sent ${sent}`);
    if (this.fleet.members.has(server)) this.policy.reported(server, standing, threshold, sent > accepted);
  }

  /** Whether the server holds that job of it. */
  holds(server: number, assignment: number): boolean {
    return this.jobs.holds(server, assignment);
  }

  /** Jobs that the server holds. */
  held(server: number): number {
    return this.jobs.held(server);
  }

  /** Takes the oldest job from a server that is lost, which must hold one; it is then lost, too. `lastJob` says which. */
  lose(now: ModelTime, server: number): void {
    this.jobs.shift(server);
    this.endJob(now, server);
    this.totals.lost++;
  }

  /**
   * Sends the oldest job of a server that is lost to another one. `lastJob` says which it was.
   *
   * @returns the other server; or BLOCKED if there is none that takes it: then it is lost
   */
  requeue(now: ModelTime, server: number): number {
    this.jobs.shift(server);
    return this.sendElsewhere(now, server);
  }

  /**
   * The server refuses a job, which it must hold: it is sent to another one, like those of a lost server.
   */
  refuse(now: ModelTime, server: number, assignment: number): number {
    this.jobs.take(server, assignment);
    return this.sendElsewhere(now, server);
  }

  /** Why the books do not balance; undefined if they do, as they always should. */
  imbalance(): string | undefined {
    const { offered, blocked, completed, lost } = this.totals;
    if (offered === blocked + completed + lost + this.inFlight) return undefined;
    return `${offered} jobs were offered, but ${completed} completed, ${blocked} blocked, ${lost} lost and ${this.inFlight} are in flight`;
  }

  /**
   * Adds a server.
   *
   * @param buffer jobs it holds at most
   * @param rate at which it says it serves
   * @param serverClass its class
   * @param inOrder whether it completes its jobs in the order it was sent them
   * @param number its number, which no other has; any free one if left out
   * @returns its number
   */
  join(buffer: number, rate: Rate = 1, serverClass = 0, inOrder = true, number?: number): number {
    const server = this.fleet.join(buffer, rate, serverClass, number);
    while (this.queues.length <= serverClass) this.queues.push(new FleetObserver());
    this.inOrder[server] = inOrder;
    this.reports[server] = 0;
    this.jobs.begin(server);
    return server;
  }

  /** The server takes no new jobs. */
  leave(server: number): void {
    this.fleet.leave(server);
  }

  /** A server that left takes jobs again; it still has its number and its jobs. */
  enter(server: number): void {
    this.fleet.enter(server);
  }

  /** Forgets a server that has left and holds no job. */
  release(server: number): void {
    this.fleet.release(server);
  }

  /** The server for the next job; BLOCKED if the policy names none, or one that is full. */
  private choose(taskType: number): number {
    const server = this.policy.choose(taskType);
    return server === NO_SERVER || this.fleet.isFull(server) ? BLOCKED : server;
  }

  private give(now: ModelTime, server: number): void {
    this.queues[this.fleet.serverClass(server)].accepted(this.fleet.queueLength(server), now);
    this.fleet.assigned(server);
  }

  private sendElsewhere(now: ModelTime, from: number): number {
    this.endJob(now, from);
    const { origin, job, submittedAt, taskType, work } = this.jobs.taken;
    // Of a job that nobody has claimed, only its server knew the work.
    const server = Number.isNaN(work) ? BLOCKED : this.choose(taskType);
    if (server === BLOCKED) {
      this.totals.lost++;
      return BLOCKED;
    }
    this.totals.retried++;
    this.give(now, server);
    this.jobs.push(server, origin, job, submittedAt, taskType, work);
    return server;
  }

  private endJob(now: ModelTime, server: number): void {
    this.queues[this.fleet.serverClass(server)].ended(this.fleet.queueLength(server), now);
    this.fleet.ended(server);
  }
}
