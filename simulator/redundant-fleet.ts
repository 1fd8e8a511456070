import { FleetObserver } from "../dispatcher/core/fleet-observer.js";
import type { Run } from "../experiments/run.js";
import { EPOCH_TIME, type FleetView, type PolicyInformation, type SystemModel } from "../experiments/scenario.js";
import type { Generator } from "../load-generator/generator.js";
import { assert, UserError } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import type { WorkSequence } from "../model/job-sizes/job-size-law.js";
import { randomStream } from "../model/random.js";
import { serverModelOf } from "../model/server-model.js";
import { FleetTimes } from "../model/statistics/job-times.js";
import { noDispatcherTotals, noServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { type Copies, NO_SERVER } from "../policies/policy.js";
import { Router } from "../policies/router.js";
import { CopyLines, NO_COPY } from "./copy-lines.js";
import { jobsOf } from "./jobs-of.js";
import { runSeed } from "./run-seed.js";

export interface RedundantFleetOptions {
  readonly system: SystemModel;
  readonly run: Run;
  readonly seed: string;
  readonly replication: number;
}

/**
 * A fleet whose policy sends copies of each job to several servers: first in, first out, of fixed rates. As soon as a copy is done the others
 * are cancelled, also those in service, which takes no time. Queues are of copies; a job is blocked if all of its servers are full. What
 * ends at a server, done or cancelled, counts as completed there: by then it has been there as long as the job was in the system.
 */
export class RedundantFleet implements FleetView {
  readonly totals = noDispatcherTotals();
  readonly times = new FleetTimes();
  readonly queues: readonly FleetObserver[];
  readonly learned = undefined;
  private readonly fleet = new Fleet();
  private readonly router: Router;
  private readonly copies: Copies;
  private readonly lines: CopyLines;
  private readonly dueTimes: IndexedHeap;
  private readonly servers: readonly ServerCount[];
  private readonly jobs: Generator;
  /** The sizes of copies other than the first, where they have sizes of their own. */
  private readonly sizes: WorkSequence;
  private readonly run: Run;
  private nextObservation: ModelTime = EPOCH_TIME;

  /** @throws UserError if the servers are none that this simulates */
  constructor({ system, run, seed, replication }: RedundantFleetOptions) {
    const { servers, server, classNames, classOf } = system;
    const ownSeed = runSeed(seed, replication);
    this.run = run;
    this.queues = classNames.map(() => new FleetObserver());
    const rates = Array.from({ length: servers }, (_, number) => initialRate(server.initialRates, seed, number));
    for (const [number, rate] of rates.entries()) {
      const { buffer } = serverModelOf(system, number);
      this.fleet.join({ buffer, rate, serverClass: classOf(number) });
    }
    this.router = new Router(system.policy(this.fleet, randomStream(ownSeed, "policy")));
    requireSimple(system, this.policyName);
    const { copies } = this.router.policy;
    assert(copies !== undefined, "the policy sends copies");
    this.copies = copies;
    this.lines = new CopyLines(servers, copies.servers.length);
    this.dueTimes = new IndexedHeap(servers);
    this.servers = rates.map((rate) => new ServerCount(rate));
    this.jobs = jobsOf(system, ownSeed);
    this.sizes = (system.sizes ?? exponentialJobSizes).sequence(randomStream(ownSeed, "copies"));
    run.start(0);
  }

  get view(): FleetView {
    return this;
  }

  get policyName(): string {
    return this.router.policy.name;
  }

  get information(): PolicyInformation {
    return this.router.policy.information;
  }

  /** Jobs, not copies. */
  get inFlight(): number {
    return this.lines.jobs;
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
      const due = this.dueTimes.firstKey;
      const arrival = this.jobs.nextArrivalTime;
      if (due <= arrival && due <= this.nextObservation) this.complete(due);
      else if (arrival <= this.nextObservation) this.arrive(arrival);
      else this.observe(this.nextObservation);
    }
  }

  private arrive(now: ModelTime): void {
    const { totals, lines, fleet, copies } = this;
    const work = this.jobs.take();
    totals.offered++;
    totals.work += work;
    totals.squaredWork += work * work;
    const chosen = this.router.choose(this.jobs.taskType, work, now);
    const job = lines.admit(now);
    let isServed = false;
    for (let i = 0; chosen !== NO_SERVER && i < copies.count; i++) {
      const server = copies.servers[i];
      if (fleet.isFull(server)) continue;
      const isFirst = lines.copiesOf(job) === 0;
      const copy = lines.join(job, server, isFirst || copies.sizes === "identical" ? work : this.sizes.next());
      this.servers[server].advance(now, fleet.queueLength(server));
      const before = fleet.assigned(server);
      this.queues[fleet.serverClass(server)].accepted(before, now);
      if (before > 0) continue;
      isServed = true;
      this.start(copy, now);
    }
    if (lines.copiesOf(job) === 0) {
      lines.release(job);
      totals.blocked++;
      return;
    }
    if (!isServed) totals.waited++;
    fleet.sent();
  }

  /** The copy due is done, and the others of its job are cancelled. */
  private complete(now: ModelTime): void {
    const { lines, totals } = this;
    const server = this.dueTimes.first;
    const done = lines.first(server);
    const job = lines.jobOf(done);
    const sojournTime = now - lines.arrivalOf(job);
    totals.completed++;
    totals.sojournTime += sojournTime;
    this.times.all.add(sojournTime, lines.workOf(done) / this.fleet.rate(server));
    for (let place = 0; place < lines.copiesOf(job); place++) this.end(lines.copyAt(job, place), now);
    lines.release(job);
    this.router.completed(server, sojournTime, now);
  }

  private end(copy: number, now: ModelTime): void {
    const { lines, fleet } = this;
    const server = lines.serverOf(copy);
    const wasServed = lines.first(server) === copy;
    const queueLength = fleet.queueLength(server);
    this.servers[server].advance(now, queueLength);
    this.servers[server].totals.completed++;
    this.queues[fleet.serverClass(server)].ended(queueLength, now);
    fleet.ended(server);
    lines.leave(copy);
    if (!wasServed) return;
    const next = lines.first(server);
    if (next === NO_COPY) this.dueTimes.set(server, Number.POSITIVE_INFINITY);
    else this.start(next, now);
  }

  private start(copy: number, now: ModelTime): void {
    const { lines } = this;
    const server = lines.serverOf(copy);
    this.servers[server].began(now - lines.arrivalOf(lines.jobOf(copy)));
    this.dueTimes.set(server, now + lines.workOf(copy) / this.fleet.rate(server));
  }

  private observe(now: ModelTime): void {
    for (const [number, server] of this.servers.entries()) {
      server.advance(now, this.fleet.queueLength(number));
      this.run.observeServer(number, server.totals, server.rate);
    }
    this.run.tick(now, this);
    this.nextObservation = now + EPOCH_TIME;
  }
}

/** The totals of a server, kept up to the last change of its queue. */
class ServerCount {
  readonly totals = noServerTotals();

  constructor(readonly rate: Rate) {}

  /** The queue has been this long since the last call. */
  advance(now: ModelTime, queueLength: number): void {
    const { totals } = this;
    const elapsed = now - totals.observedTime;
    totals.observedTime = now;
    totals.queueLengthIntegral += queueLength * elapsed;
    if (queueLength === 0) return;
    totals.busyTime += elapsed;
    totals.workDone += this.rate * elapsed;
  }

  began(waited: ModelTime): void {
    this.totals.waitingTime += waited;
    this.totals.begun++;
  }
}

function requireSimple(system: SystemModel, policy: string): void {
  const refuse = (why: string): never => {
    throw new UserError(`policy ${policy}: ${why}`);
  };
  if (system.timeout !== undefined)
    refuse("it is not defined when the client of a job with copies has waited too long at a server; use timeout=none");
  for (const { discipline, workers = 1, rateControl } of [system.server, ...(system.serversByClass ?? [])]) {
    if (discipline !== "fifo" || workers > 1)
      refuse(
        "copies are simulated at servers that serve one job at a time, first in first out; use discipline=fifo, workers=1",
      );
    if (rateControl.kind !== "fixed") refuse("copies are simulated at servers of fixed rates only");
  }
}
