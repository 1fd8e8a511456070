import type { Clock } from "../live/clock.js";
import type { Connect } from "../live/dial.js";
import { JsonLink } from "../live/json-link.js";
import type { Lateness } from "../live/lateness.js";
import {
  machineMilliseconds,
  type NodeToCoordinator,
  type NodeToDispatcher,
  SHARED_PROTOCOL_VERSION,
  type ToSharedNode,
  toSharedNode,
} from "../live/shared-messages.js";
import { PeerError } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { randomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { noServerTotals, type ServerTotals } from "../model/totals.js";
import type { Rate } from "../model/units.js";
import { rateControlFor } from "./rate-control/index.js";
import { serverFor } from "./server-for.js";
import { SharedServer } from "./shared-server.js";

export interface SharedServerNodeOptions {
  readonly coordinatorUrl: string;
  /** The dispatchers of the servers' neighbourhoods. */
  readonly dispatcherUrls: readonly string[];
  readonly name: string;
  readonly seed: string;
  readonly firstServer: number;
  readonly servers: number;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly reportSeconds: number;
  readonly metricsUrl?: string;
  /** Somebody without whom the run cannot go on has left. */
  lost(why: string): void;
  log(message: string): void;
}

const UNIT_RATE: Rate = 1;
/** The servers of spatial graphs. */
const MODEL: ServerModel = {
  discipline: "fifo",
  buffer: Number.POSITIVE_INFINITY,
  rateControl: { kind: "fixed" },
  initialRates: { law: "constant", rate: UNIT_RATE },
};

/** Drives servers in wall-clock time to which several dispatchers send jobs, and tells each of them every change of their queues. */
export class SharedServerNode {
  readonly lateness: Lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
  /** Whether all whom it is to know know it. */
  get connected(): boolean {
    return this.welcomes === 1 + this.dispatchers.length;
  }

  private readonly servers: SharedServer[];
  private readonly dueTimes: IndexedHeap;
  private readonly alarm;
  private readonly coordinator: JsonLink<ToSharedNode>;
  private readonly dispatchers: readonly JsonLink<ToSharedNode>[];
  /** The servers that each dispatcher wants to hear of. */
  private readonly heardOf: Set<number>[];
  private welcomes = 0;
  private readonly stopReports: () => void;

  constructor(private readonly options: SharedServerNodeOptions) {
    const { clock, coordinatorUrl, dispatcherUrls } = options;
    const control = rateControlFor(MODEL.rateControl);
    this.servers = Array.from({ length: options.servers }, (_, index) => {
      const services = randomStream(options.seed, `services/${options.firstServer + index}`);
      return new SharedServer(serverFor(MODEL, control, UNIT_RATE, clock.now(), services));
    });
    this.dueTimes = new IndexedHeap(options.servers);
    this.alarm = clock.alarm(() => this.completeDue());
    this.heardOf = dispatcherUrls.map(() => new Set<number>());
    this.coordinator = this.link(coordinatorUrl, (message) => {
      if (message.type === "assign") throw new PeerError("measures, and sends a job");
      this.welcomes++;
    });
    this.dispatchers = dispatcherUrls.map((url, link) => this.link(url, (message) => this.received(link, message)));
    this.stopReports = clock.every(options.reportSeconds, () => this.report());
  }

  /** Ends at once: jobs that it holds are lost, which only the end of a run may do. */
  stop(): void {
    this.stopReports();
    this.alarm.clear();
    for (const link of [this.coordinator, ...this.dispatchers]) link.stop();
  }

  /** Every server by its number, with its totals as they stand now. */
  look(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    this.completeDue();
    const now = this.options.clock.now();
    for (const [index, { server }] of this.servers.entries()) {
      const totals = noServerTotals();
      server.observe(Math.min(now, server.dueTime), totals);
      each(this.options.firstServer + index, totals, UNIT_RATE);
    }
  }

  private link(url: string, received: (message: ToSharedNode) => void): JsonLink<ToSharedNode> {
    const { clock, connect, name, firstServer, servers, metricsUrl, log } = this.options;
    const numbers = Array.from({ length: servers }, (_, index) => firstServer + index);
    return new JsonLink({
      ...{ url, clock, connect, schema: toSharedNode, received, log },
      hello: {
        ...{ type: "hello", protocol: SHARED_PROTOCOL_VERSION, role: "server-node", name, servers: numbers },
        ...(metricsUrl === undefined ? {} : { metricsUrl }),
      },
      lost: (reason) => this.options.lost(`the connection to ${url} has ended: ${reason}`),
    });
  }

  private received(link: number, message: ToSharedNode): void {
    if (message.type === "welcome") {
      this.heardOf[link] = new Set(message.servers);
      this.welcomes++;
      return;
    }
    const index = message.server - this.options.firstServer;
    const server = this.servers[index];
    if (server === undefined) throw new PeerError(`sent a job to server ${message.server}, which is not here`);
    this.completeDue();
    server.accept(this.options.clock.now(), link, message.assignment, message.work);
    this.dueTimes.set(index, server.server.dueTime);
    this.alarm.set(this.dueTimes.firstKey);
    this.tell(index);
  }

  /** Delivers every completion whose due time has passed. */
  private completeDue(): void {
    const { clock } = this.options;
    const now = clock.now();
    while (this.dueTimes.firstKey <= now) {
      const index = this.dueTimes.first;
      const { server } = this.servers[index];
      const late = clock.seconds(now - server.dueTime);
      const { dispatcher, assignment, timeAtServer } = this.servers[index].completeNext();
      this.dueTimes.set(index, server.dueTime);
      this.lateness.deliveries++;
      this.lateness.totalSeconds += late;
      this.lateness.maxSeconds = Math.max(this.lateness.maxSeconds, late);
      const number = this.options.firstServer + index;
      this.toDispatcher(dispatcher, { type: "complete", server: number, assignment, timeAtServer });
      this.tell(index);
    }
    this.alarm.set(this.dueTimes.firstKey);
  }

  /** The queue of a server has changed. */
  private tell(index: number): void {
    const server = this.options.firstServer + index;
    const { queueLength } = this.servers[index];
    this.toCoordinator({ type: "queue", server, queueLength });
    for (const [link, heardOf] of this.heardOf.entries()) {
      if (!heardOf.has(server)) continue;
      const accepted = this.servers[index].accepted(link);
      const sentAtMilliseconds = machineMilliseconds();
      this.toDispatcher(link, { type: "queue", server, queueLength, accepted, sentAtMilliseconds });
    }
  }

  private report(): void {
    this.look((server, totals) => this.toCoordinator({ type: "look", server, totals }));
    this.toCoordinator({ type: "lateness", ...this.lateness });
  }

  private toCoordinator(message: NodeToCoordinator): void {
    this.coordinator.send(message);
  }

  private toDispatcher(link: number, message: NodeToDispatcher): void {
    this.dispatchers[link].send(message);
  }
}
