import { PeerError } from "../model/errors.js";
import type { RandomStream } from "../model/random.js";
import { type DispatcherTotals, HELD_UP_TIME } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import { Fleet } from "./fleet.js";
import { JobTable } from "./job-table.js";
import { NO_SERVER, type Policy, type PolicyFactory } from "./policies/policy.js";

/** What `submit` returns for a job that no server takes. */
export const BLOCKED = -1;

/**
 * Routes jobs by a policy and keeps their books. Events and the time go in, decisions come out; sockets and clocks are the
 * driver's. A job is known by its origin (who submitted it) and the origin's own number for it.
 */
export class Dispatcher {
  readonly fleet = new Fleet();
  readonly totals: DispatcherTotals = {
    offered: 0,
    blocked: 0,
    completed: 0,
    lost: 0,
    sojournTime: 0,
    messageDelay: 0,
    heldUp: 0,
  };
  private readonly jobs = new JobTable();
  private readonly policy: Policy;

  constructor(policy: PolicyFactory, random: RandomStream) {
    this.policy = policy(this.fleet, random);
  }

  get policyName(): string {
    return this.policy.name;
  }

  get inFlight(): number {
    return this.jobs.size;
  }

  /** Where the job last completed or lost came from. */
  get lastOrigin(): number {
    return this.jobs.taken.origin;
  }

  /** The origin's number of the job last completed or lost. */
  get lastJob(): number {
    return this.jobs.taken.job;
  }

  /** A job arrives. Returns the server it is sent to, or BLOCKED. */
  submit(now: ModelTime, origin: number, job: number): number {
    this.totals.offered++;
    const server = this.policy.choose();
    if (server === NO_SERVER || this.fleet.isFull(server)) {
      this.totals.blocked++;
      return BLOCKED;
    }
    this.fleet.assigned(server);
    this.jobs.push(server, origin, job, now);
    return server;
  }

  /** How many jobs the server was ever sent since it joined: the number of the last one. */
  assignments(server: number): number {
    return this.jobs.assignments(server);
  }

  /**
   * The server has completed the oldest job it holds. `lastOrigin` and `lastJob` then say whose it was.
   *
   * @param assignment the server's number of that job: 1 for the first it was sent since it joined, and so on
   * @param serviceTime the time it took on the server: in service, and waiting there
   * @throws PeerError if the server does not hold that job, or is not serving it
   */
  complete(now: ModelTime, server: number, assignment: number, timeAtServer: ModelTime): void {
    if (this.jobs.held(server) === 0) throw new PeerError("completes a job although it holds none");
    const oldest = this.jobs.oldestAssignment(server);
    if (assignment !== oldest)
      throw new PeerError(`completes job ${assignment} while job ${oldest} is the one in service`);
    this.jobs.shift(server);
    this.fleet.ended(server);
    const sojournTime = now - this.jobs.taken.submittedAt;
    this.totals.completed++;
    this.totals.sojournTime += sojournTime;
    this.totals.messageDelay += sojournTime - timeAtServer;
    if (sojournTime - timeAtServer > HELD_UP_TIME) this.totals.heldUp++;
  }

  /** Takes one job from a server that is lost. Returns false when it holds none; else `lastOrigin` and `lastJob` are set. */
  lose(server: number): boolean {
    if (this.jobs.held(server) === 0) return false;
    this.jobs.shift(server);
    this.fleet.ended(server);
    this.totals.lost++;
    return true;
  }

  /** Adds a server that holds at most `buffer` jobs. Returns its number. */
  join(buffer: number): number {
    const server = this.fleet.join(buffer);
    this.jobs.begin(server);
    return server;
  }
}
