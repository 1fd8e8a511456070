import type { JobKey } from "../../live/wire/messages.js";
import { exponential, type RandomStream, uniformIndex } from "../../model/random.js";
import type { Cluster, Station } from "./cluster.js";

/** The kinds of faults. */
export const FAULTS = [
  "node killed",
  "dispatcher killed",
  "generator killed",
  "node stopped",
  "dispatcher stopped",
  "generator stopped",
  "connection cut",
  "connection half open",
  "connection slow",
  "frames doubled",
  "dispatcher out of reach",
  "job poisoned",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Faults that need not affect any job if they pass well within a lease: processes keep or recover their state. */
const GENTLE_FAULTS: readonly Fault[] = [
  "dispatcher killed",
  "dispatcher stopped",
  "node stopped",
  "generator stopped",
  "connection cut",
  "connection slow",
  "frames doubled",
];

/** How long a node may serve a poisonous job. */
const POISON_SECONDS = 0.005;

/** Injects faults, and later undoes those that are not momentary. All choices come from the random stream. */
export class Mischief {
  /** Number of faults injected, by kind. */
  readonly done = new Map<Fault, number>();
  private readonly undone: (() => void)[] = [];

  /** @param gentle whether to inject only gentle faults, which pass within a tenth of a lease */
  constructor(
    private readonly cluster: Cluster,
    private readonly random: RandomStream,
    private readonly gentle: boolean,
  ) {}

  /** Injects a random fault. */
  happen(): void {
    const faults = this.gentle ? GENTLE_FAULTS : FAULTS;
    const fault = faults[uniformIndex(this.random, faults.length)];
    if (this.does(fault)) this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
  }

  /** Undoes all faults still in effect. */
  heal(): void {
    for (const undo of this.undone.splice(0)) undo();
  }

  /** Returns whether the fault could be injected. */
  private does(fault: Fault): boolean {
    const { cluster } = this;
    const node = uniformIndex(this.random, cluster.nodes.length);
    const generator = uniformIndex(this.random, cluster.generators.length);
    const dispatcher = uniformIndex(this.random, cluster.dispatchers.length);
    switch (fault) {
      case "node killed":
        return this.kill(cluster.nodes[node], () => cluster.restartNode(node));
      case "generator killed":
        return this.kill(cluster.generators[generator], () => cluster.restartGenerator(generator));
      case "dispatcher killed":
        return this.kill(cluster.dispatchers[dispatcher], () => cluster.restartDispatcher(dispatcher));
      case "node stopped":
        return this.stop(cluster.nodes[node]);
      case "generator stopped":
        return this.stop(cluster.generators[generator]);
      case "dispatcher stopped":
        return this.stop(cluster.dispatchers[dispatcher]);
      case "dispatcher out of reach":
        return this.outOfReach(this.random() < 0.5 ? cluster.nodes[node] : cluster.generators[generator]);
      case "job poisoned":
        return this.poison(cluster.nodes[node].occupant.heldJobs()[0]);
      default:
        return this.meddle(fault);
    }
  }

  private kill(station: Station<unknown>, restart: () => void): boolean {
    if (!station.process.alive) return false;
    this.cluster.kill(station, !this.gentle && this.random() < 0.3);
    this.undoLater(restart);
    return true;
  }

  private stop({ process }: Station<unknown>): boolean {
    if (!process.alive || process.stopped) return false;
    process.stop();
    this.undoLater(() => process.proceed());
    return true;
  }

  /** From now on, nodes die when they come to this job. */
  private poison(job: JobKey | undefined): boolean {
    if (job === undefined) return false;
    const { nodes, time } = this.cluster;
    let healed = false;
    const look = (): void => {
      if (healed) return;
      for (const [i, { process, occupant }] of nodes.entries()) {
        // The oldest job of its server is in service.
        const served = process.alive && !process.stopped ? occupant.heldJobs()[0] : undefined;
        if (served?.[0] === job[0] && served[1] === job[1]) this.kill(nodes[i], () => this.cluster.restartNode(i));
      }
      time.after(POISON_SECONDS, look);
    };
    look();
    this.undoLater(() => {
      healed = true;
    });
    return true;
  }

  private outOfReach(station: Station<unknown>): boolean {
    station.reachable = false;
    for (const { client, server } of this.cluster.network.connections) {
      if (client.process === station.process) {
        client.mute = true;
        server.mute = true;
      }
    }
    this.undoLater(() => {
      station.reachable = true;
    });
    return true;
  }

  private meddle(fault: Fault): boolean {
    const connections = this.cluster.network.connections.filter(({ isOpen }) => isOpen);
    if (connections.length === 0) return false;
    const connection = connections[uniformIndex(this.random, connections.length)];
    const end = this.random() < 0.5 ? connection.client : connection.server;
    if (fault === "connection cut") connection.cut([this.aWhile(), this.aWhile()]);
    else if (fault === "connection half open") end.mute = true;
    else if (fault === "frames doubled") end.doubles = true;
    else {
      end.extraDelaySeconds = this.aWhile();
      this.undoLater(() => {
        end.extraDelaySeconds = 0;
      });
    }
    return true;
  }

  /** Mostly short compared with a lease, sometimes long. */
  private aWhile(): number {
    if (this.gentle) return 0.1 * this.cluster.leaseSeconds * this.random();
    return exponential(this.random, this.cluster.leaseSeconds * (this.random() < 0.5 ? 0.1 : 1));
  }

  private undoLater(undo: () => void): void {
    let pending = true;
    const once = (): void => {
      if (pending) undo();
      pending = false;
    };
    this.undone.push(once);
    this.cluster.time.after(this.aWhile(), once);
  }
}
