import type { FleetView, Views } from "../../experiments/scenario.js";
import { PeerError } from "../../model/errors.js";
import type { News } from "../../model/news.js";
import type { RandomStream } from "../../model/random.js";
import type { Standing } from "../../model/standing.js";
import { FleetTimes } from "../../model/statistics/job-times.js";
import type { DispatcherTotals, SlotTotals } from "../../model/totals.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { ViewTotals } from "../../model/view-quality.js";
import { Fleet, type ServerDescription } from "../../policies/indexes/fleet.js";
import {
  NO_SERVER,
  newsFor,
  type PolicyFactory,
  type PolicyInformation,
  type Thresholds,
  toOneServer,
} from "../../policies/policy.js";
import { Router } from "../../policies/router.js";
import type { FleetObserver } from "./fleet-observer.js";
import { JobBooks } from "./job-books.js";
import { type JobRecord, JobTable } from "./job-table.js";
import { KnownQueues } from "./known-queues.js";

/** Returned by `submit` for a blocked job. */
export const BLOCKED = -1;

/** Longest queue that a server is believed to have: a longer one would take too long to count. */
export const LONGEST_QUEUE = 1_000_000;
/** Servers that may die one after the other on a job: it is likelier than they to be at fault, and goes to no further one. */
const MOST_DEATHS = 2;
/** Times that a job may be sent to another server, for whatever reason. */
const MOST_MOVES = 100;

/** The name of the random stream of a policy. @param number of its dispatcher, if there are several */
export function policyStream(number: number | undefined): string {
  return number === undefined ? "policy" : `policy/${number}`;
}

/** A server that joins a dispatcher. */
export interface JoiningServer extends ServerDescription {
  /** Whether it completes its jobs in the order in which they were sent; true if left out. */
  readonly inOrder?: boolean;
  /** How many jobs it serves at once, the oldest ones; one if left out, or all if it does not complete them in order. */
  readonly atOnce?: number;
  /** Mean time by which messages to it and back are delayed on purpose; 0 if left out. */
  readonly askedDelay?: ModelTime;
}

/**
 * Routes jobs by a policy and keeps account of them. Timed events go in, decisions come out; sockets and clocks are the
 * driver's. A job is identified by its origin (the submitting generator) and the origin's own number for it.
 */
export class Dispatcher implements FleetView {
  readonly fleet = new Fleet();
  readonly books: JobBooks;
  /** Set in slotted time, by the driver. */
  slots: Readonly<SlotTotals> | undefined;
  /** Passes a job on to its server, where its number is `assignments`; set by the driver. */
  onSend: (server: number, origin: number, job: number, work: Work) => void = () => undefined;
  /** Asks a server how many jobs it has, and how long these take; set by the driver. The answer is for `answered`. */
  onProbe: (server: number) => void = () => undefined;
  private readonly jobs = new JobTable();
  /** Standing reports of each server since it joined. */
  private readonly reports: number[] = [];
  /** Probes to each server that it has not answered since it joined. */
  private readonly unanswered: number[] = [];
  /** Whether each server serves its jobs in the order in which they were sent. */
  private readonly inOrder: boolean[] = [];
  private readonly atOnce: number[] = [];
  private router: Router;
  private readonly known: KnownQueues;

  /**
   * @param views what it knows of servers that it shares with other dispatchers; undefined if there are no others
   * @param timeout a job that is longer at its server has timed out: its client has given up
   * @param times where it adds those of its jobs
   * @param number its own, if there are others
   */
  constructor(
    policy: PolicyFactory,
    private readonly random: RandomStream,
    private readonly views?: Views,
    timeout: ModelTime = Number.POSITIVE_INFINITY,
    times = new FleetTimes(),
    private readonly number = 0,
  ) {
    this.books = new JobBooks(timeout, times);
    this.router = new Router(toOneServer(policy(this.fleet, random)));
    this.known = new KnownQueues(this.fleet, this.jobs, this.news);
  }

  get totals(): DispatcherTotals {
    return this.books.totals;
  }

  get times(): FleetTimes {
    return this.books.times;
  }

  /** The queue lengths over time by server class, as the dispatcher sees them. */
  get queues(): readonly FleetObserver[] {
    return this.known.observers;
  }

  /** What the servers must tell it. */
  get news(): News {
    return this.views === "told" ? newsFor(this.router.policy) : "none";
  }

  /** How well it knows the queues of servers, if they tell it of them. */
  get viewTotals(): Readonly<ViewTotals> | undefined {
    return this.known.viewTotals;
  }

  /** Switches to another policy. Servers that it shares must then be asked for what this one needs to be told (`news`). */
  changePolicy(now: ModelTime, policy: PolicyFactory): void {
    const before = this.news;
    this.fleet.forgetIndexes();
    this.router = new Router(toOneServer(policy(this.fleet, this.random)));
    if (this.news !== before) this.known.listenTo(this.news, now, this.inOrder.keys());
  }

  get policyName(): string {
    return this.router.policy.name;
  }

  /** The communication cost of the policy so far. */
  get information(): PolicyInformation {
    const { viewTotals } = this;
    if (viewTotals === undefined) return this.router.policy.information;
    const isBinary = this.news !== "queue-lengths";
    return {
      messages: viewTotals.told,
      bitsPerServer: isBinary ? 1 : Math.ceil(Math.log2(1 + this.fleet.longestQueue)),
    };
  }

  /** The learned parameter of a learning policy. */
  get learned(): number | undefined {
    return this.router.policy.learned;
  }

  /** What a policy that sends jobs by thresholds has come to. */
  get thresholds(): Thresholds | undefined {
    return this.router.policy.thresholds;
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

  /**
   * A job arrives and is routed. Returns its server, or BLOCKED. The arguments are not an object, since allocating one would cost
   * a fifth of the time per job.
   */
  submit(now: ModelTime, origin: number, job: number, taskType = 0, work: Work = 0): number {
    this.books.offered(work);
    const server = this.choose(now, taskType, work);
    if (server === BLOCKED) {
      this.totals.blocked++;
      this.router.probe(this.probe);
      return BLOCKED;
    }
    if (this.known.sent(now, server) > 0) this.totals.waited++;
    this.jobs.push(server, origin, job, now, taskType, work);
    this.passOn(server, origin, job, work);
    return server;
  }

  /** A job arrives that the driver has no room for. */
  block(work: Work): void {
    this.books.offered(work);
    this.totals.blocked++;
  }

  /** A server that has just joined has a job from an earlier dispatcher. Its work is NaN until `claim`. */
  adopt(now: ModelTime, server: number, origin: number, job: number): void {
    this.totals.offered++;
    this.known.adopted(now, server);
    this.jobs.push(server, origin, job, now, 0, Number.NaN);
  }

  /** The origin of an adopted job that is still at the server provides its details. */
  claim(server: number, origin: number, job: number, taskType: number, work: Work): void {
    this.jobs.describe(server, origin, job, taskType, work);
  }

  /** A job arrives that was already served for an earlier dispatcher. */
  countCompleted(): void {
    this.books.endedBefore("completed");
  }

  /** The same of a job that had timed out. */
  countTimedOut(): void {
    this.books.endedBefore("timedOut");
  }

  /** Standing reports received from a server since it joined. */
  heard(server: number): number {
    return this.reports[server];
  }

  /** Jobs sent to the server since it joined: the number of the last one. */
  assignments(server: number): number {
    return this.jobs.assignments(server);
  }

  /**
   * The server has completed a job: its oldest, if it serves in order. `lastJob` is then that job.
   *
   * @param assignment the server's number for the job: 1 for the first it was sent since it joined, and so on
   * @param timeAtServer waiting and service time at the server
   * @returns whether its client was still waiting
   * @throws PeerError if the server does not have that job, or is not serving it
   */
  complete(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): boolean {
    this.left(now, server, assignment, timeAtServer);
    const { work, taskType: label } = this.jobs.taken;
    const serviceTime = work / this.fleet.rate(server);
    if (this.times.isGrouped) {
      const owners = { serverClass: this.fleet.serverClass(server), label, dispatcher: this.number };
      this.times.addToGroups(owners, timeAtServer, serviceTime);
    }
    return this.books.served(timeAtServer, serviceTime);
  }

  /**
   * The server has abandoned a job whose turn it was, because its client had given up. `lastJob` is then that job.
   *
   * @param timeAtServer waiting time at the server
   * @throws PeerError if the server does not have that job, or it is not its turn, or its client is still waiting
   */
  abandoned(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    if (!(timeAtServer > this.books.timeout))
      throw new PeerError(`abandons job ${assignment} after a time of ${timeAtServer}, while its client waits`);
    this.left(now, server, assignment, timeAtServer);
    this.totals.timedOut++;
  }

  /** A job has left its server, served or abandoned. */
  private left(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    if (this.jobs.jobsAt(server) === 0) throw new PeerError("completes a job although it has none");
    const oldest = this.jobs.oldestAssignment(server);
    if (this.inOrder[server] && assignment !== oldest)
      throw new PeerError(`completes job ${assignment} while job ${oldest} is the one in service`);
    if (!this.jobs.take(server, assignment)) throw new PeerError(`completes job ${assignment}, which it does not have`);
    this.known.ended(now, server);
    const sojournTime = now - this.jobs.taken.submittedAt;
    this.router.completed(server, sojournTime, now);
    this.books.left(server, sojournTime, timeAtServer);
  }

  /**
   * A server that several dispatchers share has turned a job away, because jobs of the others fill its buffer: the job is blocked.
   * `lastJob` is then that job.
   *
   * @throws PeerError if it does not have that job, or no other dispatcher can have filled it
   */
  turnedAway(now: ModelTime, server: number, assignment: number): void {
    if (this.views === undefined) throw new PeerError("turns away a job, but no other dispatcher sends it jobs");
    if (!this.jobs.take(server, assignment))
      throw new PeerError(`turns away job ${assignment}, which it does not have`);
    this.known.ended(now, server);
    this.known.turnedAway(server);
    this.totals.blocked++;
  }

  /**
   * A server that several dispatchers share tells its queue length: see `KnownQueues.heard`.
   *
   * @throws PeerError if it was not asked to, or was sent fewer jobs
   */
  told(server: number, queueLength: number, received: number, age: ModelTime, ageError: ModelTime = 0): void {
    this.known.heard(server, queueLength, received, age, ageError);
  }

  /**
   * A server reports its standing relative to the threshold of its class.
   *
   * @param threshold the latest that it received
   * @param accepted jobs it had accepted since it joined
   * @throws PeerError if it was given no threshold, or was sent fewer jobs
   */
  reported(server: number, standing: Standing, threshold: number, accepted: number): void {
    const { policy } = this.router;
    if (policy.reported === undefined) throw new PeerError("reports its standing, but was given no threshold");
    this.reports[server]++;
    const sent = this.jobs.assignments(server);
    if (accepted > sent) throw new PeerError(`reports ${accepted} accepted jobs, but was sent ${sent}`);
    if (this.fleet.members.has(server)) policy.reported(server, standing, threshold, sent > accepted);
  }

  /**
   * A server answers a probe.
   *
   * @param jobs at the server when it answered, whoever sent them
   * @param latency that jobs which found so many lately had at the server; 0 if it has none to go by
   * @throws PeerError if it was sent no probe that it has not answered, or cannot have that many jobs
   */
  answered(now: ModelTime, server: number, jobs: number, latency: ModelTime): void {
    if (this.unanswered[server] === 0) throw new PeerError("answers a probe, but was sent none");
    if (jobs > LONGEST_QUEUE) throw new PeerError(`answers that it has ${jobs} jobs`);
    this.unanswered[server]--;
    if (this.fleet.members.has(server)) this.router.answered(server, jobs, latency, now);
  }

  /** Whether the server has the job with this number. */
  hasJob(server: number, assignment: number): boolean {
    return this.jobs.hasJob(server, assignment);
  }

  /** Jobs sent to the server by this dispatcher that have not ended. */
  jobsAt(server: number): number {
    return this.jobs.jobsAt(server);
  }

  /** Removes the oldest job of a lost server, which must have one, and counts it as lost. `lastJob` is then that job. */
  lose(now: ModelTime, server: number): void {
    this.jobs.shift(server);
    this.known.ended(now, server);
    this.totals.lost++;
  }

  /**
   * Sends the oldest job of a lost server to another one. `lastJob` is then that job.
   *
   * @returns the other server; or BLOCKED if none accepts it: then it is lost
   */
  requeue(now: ModelTime, server: number): number {
    this.jobs.shift(server);
    return this.sendElsewhere(now, server);
  }

  /** A lost server has died while it served its oldest jobs. */
  died(server: number): void {
    this.jobs.died(server, this.atOnce[server]);
  }

  /** Whether the oldest job of a lost server, which must have one, is to be lost: other servers have died on it too. */
  isPoisonous(server: number): boolean {
    return this.jobs.oldestDeaths(server) >= MOST_DEATHS;
  }

  /** The server refuses a job, which it must have: it is sent to another one, like those of a lost server. */
  refuse(now: ModelTime, server: number, assignment: number): number {
    this.jobs.take(server, assignment);
    return this.sendElsewhere(now, server);
  }

  /** How the job balance is violated; undefined if it holds, as it always should. */
  imbalance(): string | undefined {
    return this.books.imbalance(this.inFlight);
  }

  /** Adds a server. Returns its number. */
  join(joining: JoiningServer): number {
    const { serverClass = 0, inOrder = true, askedDelay = 0 } = joining;
    const server = this.fleet.join(joining);
    this.books.joined(server, askedDelay);
    this.inOrder[server] = inOrder;
    this.atOnce[server] = joining.atOnce ?? (inOrder ? 1 : Number.POSITIVE_INFINITY);
    this.reports[server] = 0;
    this.unanswered[server] = 0;
    this.jobs.begin(server);
    this.known.join(server, serverClass);
    return server;
  }

  /** The server accepts no new jobs. */
  leave(server: number): void {
    this.fleet.leave(server);
  }

  /** A server that left accepts jobs again; it still has its number and its jobs. */
  enter(server: number): void {
    this.fleet.enter(server);
  }

  /** Forgets a server that has left and has no jobs. */
  release(server: number): void {
    this.fleet.release(server);
  }

  /** The server for the next job; BLOCKED if the policy chooses none, or a full one, unless only the server knows whether it is. */
  private choose(now: ModelTime, taskType: number, work: Work): number {
    const server = this.router.choose(taskType, work, now);
    return server === NO_SERVER || (this.views === undefined && this.fleet.isFull(server)) ? BLOCKED : server;
  }

  /** Sends a job, and only then notifies the policy, so that its messages to servers follow the job. */
  private passOn(server: number, origin: number, job: number, work: Work): void {
    this.onSend(server, origin, job, work);
    this.fleet.sent();
    this.router.probe(this.probe);
  }

  private readonly probe = (server: number): void => {
    this.unanswered[server]++;
    this.onProbe(server);
  };

  private sendElsewhere(now: ModelTime, from: number): number {
    this.known.ended(now, from);
    const { origin, job, taskType, work, moves } = this.jobs.taken;
    // The work of an unclaimed job was known only to its server.
    const server = Number.isNaN(work) || moves >= MOST_MOVES ? BLOCKED : this.choose(now, taskType, work);
    if (server === BLOCKED) {
      this.totals.lost++;
      return BLOCKED;
    }
    this.totals.retried++;
    this.known.sent(now, server);
    this.jobs.pushTaken(server);
    this.passOn(server, origin, job, work);
    return server;
  }
}
