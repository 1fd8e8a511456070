import { FleetObserver } from "../dispatcher/core/fleet-observer.js";
import type { Run } from "../experiments/run.js";
import type { FleetView, PolicyInformation, SystemModel } from "../experiments/scenario.js";
import { assert } from "../model/errors.js";
import { quickRandomStream, type RandomStream } from "../model/random.js";
import type { SlotLaw } from "../model/slot-laws.js";
import { countSlot, noDispatcherTotals, noSlotTotals } from "../model/totals.js";
import type { Rate } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { ANY_JOB, NO_SERVER, type Policy } from "../policies/policy.js";

export interface SlottedOptions {
  readonly system: SystemModel;
  readonly run: Run;
  readonly seed: string;
  readonly replication: number;
}

/**
 * Parallel servers in slotted time, with the policies of the live system (Hurtado-Lange and Maguluri 2020, section 2). In each slot
 * the policy chooses one server by the queue lengths, all arrivals join it, and then every server serves as many of its jobs
 * as its service in this slot allows.
 */
export class SlottedSystem implements FleetView {
  readonly totals = noDispatcherTotals();
  readonly learned = undefined;
  readonly slots = noSlotTotals();
  readonly queues: readonly FleetObserver[];
  private readonly fleet = new Fleet();
  private readonly observer = new FleetObserver();
  private readonly policy: Policy;
  private readonly arrivals: SlotLaw;
  private readonly services: SlotLaw;
  private readonly servers: number;
  private readonly arrivalStream: RandomStream;
  private readonly serviceStream: RandomStream;
  private readonly run: Run;
  private jobs = 0;

  constructor({ system, run, seed, replication }: SlottedOptions) {
    assert(system.slots !== undefined, "the system is in slotted time");
    this.servers = system.servers;
    this.arrivals = system.slots.arrivals;
    this.services = system.slots.services;
    this.queues = [this.observer];
    for (let server = 0; server < system.servers; server++) this.fleet.join({ buffer: system.server.buffer });
    const stream = (purpose: string): RandomStream => quickRandomStream(`${seed}/replication-${replication}`, purpose);
    this.policy = system.policy(this.fleet, stream("policy"));
    this.arrivalStream = stream("arrivals");
    this.serviceStream = stream("services");
    this.run = run;
    run.start(0);
  }

  get view(): FleetView {
    return this;
  }

  get policyName(): string {
    return this.policy.name;
  }

  get information(): PolicyInformation {
    return this.policy.information;
  }

  get inFlight(): number {
    return this.jobs;
  }

  queueLength(server: number): number {
    return this.fleet.queueLength(server);
  }

  rate(server: number): Rate {
    return this.fleet.rate(server);
  }

  /** Runs until the run is finished. */
  finish(): void {
    while (this.run.phase !== "finished") {
      this.slot();
      this.run.tick(this.slots.slots, this);
    }
  }

  /** Simulates one slot. */
  slot(): void {
    const before = this.jobs;
    this.arrive(this.slots.slots);
    const unused = this.serve(this.slots.slots + 1);
    countSlot(this.slots, before, this.jobs, unused);
  }

  private arrive(now: number): void {
    const batch = this.arrivals.draw(this.arrivalStream);
    const server = this.policy.choose(ANY_JOB, now);
    this.totals.offered += batch;
    for (let job = 0; job < batch; job++) {
      if (server === NO_SERVER || this.fleet.isFull(server)) {
        this.totals.blocked += batch - job;
        return;
      }
      const queueLength = this.fleet.queueLength(server);
      if (queueLength > 0) this.totals.waited++;
      this.observer.accepted(queueLength, now);
      this.fleet.send(server);
      this.jobs++;
    }
  }

  /** Returns the unused service. */
  private serve(now: number): number {
    let unused = 0;
    for (let server = 0; server < this.servers; server++) {
      const potential = this.services.draw(this.serviceStream);
      const queueLength = this.fleet.queueLength(server);
      const served = Math.min(potential, queueLength);
      unused += potential - served;
      for (let job = 0; job < served; job++) {
        this.observer.ended(queueLength - job, now);
        this.fleet.ended(server);
      }
      this.jobs -= served;
      this.totals.completed += served;
    }
    return unused;
  }
}
