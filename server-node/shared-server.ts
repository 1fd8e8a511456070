import { PeerError } from "../model/errors.js";
import type { ModelTime, Work } from "../model/units.js";
import type { EmulatedServer } from "./emulated-server.js";

/** A job that a shared server has completed, and whose it was. */
export interface SharedCompletion {
  readonly dispatcher: number;
  /** The dispatcher's number of it among the jobs that it sent this server. */
  readonly assignment: number;
  readonly timeAtServer: ModelTime;
}

/** A server in order of arrival to which several dispatchers send jobs: it knows whose each job is. */
export class SharedServer {
  /** Jobs accepted from each dispatcher. */
  private readonly acceptedFrom = new Map<number, number>();
  /** Of the jobs held, the oldest first. */
  private readonly held: { readonly dispatcher: number; readonly assignment: number }[] = [];

  constructor(readonly server: EmulatedServer) {}

  get queueLength(): number {
    return this.server.queueLength;
  }

  /** How many jobs it has accepted from a dispatcher. */
  accepted(dispatcher: number): number {
    return this.acceptedFrom.get(dispatcher) ?? 0;
  }

  /** Takes a job. Throws PeerError if its number is not the next one of that dispatcher, or there is no room. */
  accept(now: ModelTime, dispatcher: number, assignment: number, work: Work): void {
    const expected = this.accepted(dispatcher) + 1;
    if (assignment !== expected) throw new PeerError(`sent job ${assignment} where job ${expected} is next`);
    if (!this.server.accept(Math.min(now, this.server.dueTime), work))
      throw new PeerError("sent a job to a full server");
    this.acceptedFrom.set(dispatcher, assignment);
    this.held.push({ dispatcher, assignment });
  }

  /** Completes the job in service at its due time. */
  completeNext(): SharedCompletion {
    const timeAtServer = this.server.completeNext();
    const job = this.held.shift();
    if (job === undefined) throw new Error("assertion failed: a job that ends was accepted");
    return { ...job, timeAtServer };
  }
}
