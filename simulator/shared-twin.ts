import { BLOCKED, Dispatcher } from "../dispatcher/dispatcher.js";
import { ObservedFleet } from "../dispatcher/observed-fleet.js";
import { SharedView } from "../dispatcher/shared-view.js";
import { poissonArrivals } from "../load-generator/arrivals/poisson.js";
import { Generator, randomTypes } from "../load-generator/generator.js";
import { EventQueue } from "../model/event-queue.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { dispatchersOfServers, ownerOf } from "../model/graphs/shares.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { type RandomStream, randomStream } from "../model/random.js";
import { noServerTotals } from "../model/totals.js";
import type { ModelTime, Work } from "../model/units.js";
import type { Run } from "../scenarios/run.js";
import { EPOCH_TIME, type SystemModel } from "../scenarios/scenario.js";
import { rateControlFor } from "../server-node/rate-control/index.js";
import { serverFor } from "../server-node/server-for.js";
import { SharedServer } from "../server-node/shared-server.js";
import { drawDelay, type MessageDelay } from "./message-delay.js";

export interface SharedTwinOptions {
  readonly system: SystemModel & { readonly graph: CompatibilityGraph };
  readonly run: Run;
  readonly seed: string;
  /** 1 unless this is another run of the very same graph, with chance of its own. */
  readonly replication?: number;
  readonly dispatchers: number;
  /** Of every message to servers; messages between the same two keep their order. */
  readonly messageDelay: MessageDelay;
  /** Of every message from servers; as `messageDelay` if left out. */
  readonly noticeDelay?: MessageDelay | undefined;
}

interface Message {
  readonly dispatcher: number;
  readonly server: number;
  readonly sentAt: ModelTime;
  readonly content:
    | { readonly kind: "assign"; readonly assignment: number; readonly work: Work }
    | { readonly kind: "complete"; readonly assignment: number; readonly timeAtServer: ModelTime }
    | { readonly kind: "queue"; readonly queueLength: number; readonly accepted: number };
}

/**
 * The live system with many dispatchers in virtual time: each owns a share of the task types and sees the servers of its
 * neighbourhoods by what they tell it, after a delay. The very same views and servers as live.
 */
export class SharedTwin {
  readonly fleet: ObservedFleet;
  readonly policyName: string;
  private readonly views: SharedView[];
  private readonly servers: SharedServer[];
  private readonly dispatchersOf: readonly (readonly number[])[];
  private readonly generator: Generator;
  private readonly dueTimes: IndexedHeap;
  private readonly messages = new EventQueue<Message>();
  private readonly delays: RandomStream;
  private readonly noticeDelay: MessageDelay;
  /** When the last message arrives between a dispatcher and a server, to the server and from it. */
  private readonly lastTo: Float64Array;
  private readonly lastFrom: Float64Array;
  private nextLook: ModelTime = EPOCH_TIME;
  private readonly totals = noServerTotals();

  constructor(private readonly options: SharedTwinOptions) {
    const { system, run, dispatchers, replication = 1 } = options;
    const seed = replication === 1 ? options.seed : `${options.seed}/replication-${replication}`;
    this.noticeDelay = options.noticeDelay ?? options.messageDelay;
    const { graph, server } = system;
    this.fleet = new ObservedFleet(system.servers);
    this.dispatchersOf = dispatchersOfServers(graph, dispatchers);
    this.views = Array.from(
      { length: dispatchers },
      (_, number) => new SharedView(new Dispatcher(system.policy, randomStream(seed, `policy/${number}`))),
    );
    const control = rateControlFor(server.rateControl);
    this.policyName = this.views[0].dispatcher.policyName;
    this.servers = this.dispatchersOf.map((owners, index) => {
      for (const owner of owners) this.views[owner].join(index);
      return new SharedServer(serverFor(server, control, 1, 0, randomStream(seed, "services")));
    });
    const arrivals = poissonArrivals(system.totalArrivalRate, randomStream(seed, "arrivals"));
    const works = exponentialJobSizes.sequence(randomStream(seed, "works"));
    this.generator = new Generator(arrivals, works, 0, 0, randomTypes(graph.taskTypes, seed));
    this.dueTimes = new IndexedHeap(system.servers);
    this.delays = randomStream(seed, "message-delays");
    this.lastTo = new Float64Array(system.servers * dispatchers);
    this.lastFrom = new Float64Array(system.servers * dispatchers);
    run.start(0);
  }

  /** Runs until the run is finished. */
  finish(): void {
    while (this.options.run.phase !== "finished") this.next();
  }

  /** Handles the next event. */
  next(): void {
    const arrival = this.generator.nextArrivalTime;
    const due = this.dueTimes.firstKey;
    const message = this.messages.nextTime;
    const earliest = Math.min(arrival, due, message, this.nextLook);
    if (earliest === due) this.complete(due);
    else if (earliest === message) this.deliver(message);
    else if (earliest === arrival) this.arrive(arrival);
    else this.look();
  }

  private arrive(now: ModelTime): void {
    const job = this.generator.count;
    const work = this.generator.take();
    const { taskType } = this.generator;
    const dispatcher = ownerOf(taskType, this.options.system.graph.taskTypes, this.views.length);
    const view = this.views[dispatcher];
    const server = view.submit(now, 0, job, taskType, work);
    if (server === BLOCKED) return;
    const assignment = view.dispatcher.assignments(server);
    this.sendTo({ dispatcher, server, sentAt: now, content: { kind: "assign", assignment, work } });
  }

  private complete(now: ModelTime): void {
    const server = this.dueTimes.first;
    const { dispatcher, assignment, timeAtServer } = this.servers[server].completeNext();
    this.dueTimes.set(server, this.servers[server].server.dueTime);
    this.sendFrom({ dispatcher, server, sentAt: now, content: { kind: "complete", assignment, timeAtServer } });
    this.tell(now, server);
  }

  /** The queue of a server has changed: it tells every dispatcher that may send it jobs. */
  private tell(now: ModelTime, server: number): void {
    const { queueLength } = this.servers[server];
    this.fleet.observe(now, server, queueLength);
    for (const dispatcher of this.dispatchersOf[server]) {
      const accepted = this.servers[server].accepted(dispatcher);
      this.sendFrom({ dispatcher, server, sentAt: now, content: { kind: "queue", queueLength, accepted } });
    }
  }

  private sendTo(message: Message): void {
    this.send(this.options.messageDelay, this.lastTo, message);
  }

  private sendFrom(message: Message): void {
    this.send(this.noticeDelay, this.lastFrom, message);
  }

  private send(delay: MessageDelay, lastArrivals: Float64Array, message: Message): void {
    const connection = message.server * this.views.length + message.dispatcher;
    const arrival = message.sentAt + drawDelay(delay, this.delays);
    lastArrivals[connection] = Math.max(lastArrivals[connection], arrival);
    this.messages.push(lastArrivals[connection], message);
  }

  private deliver(now: ModelTime): void {
    const message = this.messages.pop();
    if (message === undefined) return;
    const { dispatcher, server, sentAt, content } = message;
    const view = this.views[dispatcher];
    switch (content.kind) {
      case "assign":
        this.servers[server].accept(now, dispatcher, content.assignment, content.work);
        this.dueTimes.set(server, this.servers[server].server.dueTime);
        this.tell(now, server);
        break;
      case "complete":
        view.dispatcher.complete(now, server, content.assignment, content.timeAtServer);
        break;
      case "queue":
        view.told(now, server, content.queueLength, content.accepted, now - sentAt);
    }
  }

  private look(): void {
    const { run } = this.options;
    const now = this.nextLook;
    for (const [index, { server }] of this.servers.entries()) {
      server.observe(now, this.totals);
      run.observeServer(index, this.totals, 1);
    }
    for (const [number, { dispatcher, totals: view, information }] of this.views.entries())
      this.fleet.reported(number, {
        ...{ totals: { ...dispatcher.totals }, inFlight: dispatcher.inFlight },
        ...{ view: { ...view }, information: { ...information } },
      });
    run.tick(now, this.fleet);
    this.nextLook = now + EPOCH_TIME;
  }
}
