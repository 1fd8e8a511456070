import { assert } from "../model/errors.js";
import { grown } from "../model/grown.js";
import type { Rate } from "../model/units.js";
import { IndexSet } from "./index-set.js";
import { QueueLevels } from "./queue-levels.js";

/** The buffer of a server that holds any number of jobs. */
const UNLIMITED = 2 ** 31 - 1;

/** An order of the servers that a policy keeps for itself: it is told of everything that happens to one, after it has. */
export interface FleetIndex {
  /** A server takes jobs from now on; it holds `queueLength` of them. */
  added(server: number, queueLength: number): void;
  /** A server takes no jobs from now on; it still holds `queueLength` of them. */
  removed(server: number, queueLength: number): void;
  /** A member that held `before` jobs holds one more. */
  rose(server: number, before: number): void;
  /** A member that held `before` jobs holds one less. */
  fell(server: number, before: number): void;
}

/**
 * What the dispatcher knows of the servers, indexed for the policies: every event costs O(1). A policy looks only at the
 * part that its paper lets it know; an index costs nothing until a policy first looks at it.
 */
export class Fleet {
  /** Servers that take jobs. */
  readonly members = new IndexSet();
  private idleMembers: IndexSet | undefined;
  private levels: QueueLevels | undefined;
  private queueLengths = new Int32Array(16);
  private buffers = new Int32Array(16);
  private rates = new Float64Array(16);
  private classes = new Int32Array(16);
  private readonly indexes: FleetIndex[] = [];
  /** Whether anything is to be told of jobs that come and go. */
  private isIndexed = false;
  /** By class, where the policy gives thresholds. */
  private readonly thresholds: number[] = [];
  /** Told of every threshold that the policy gives to a class; the driver passes it on to the servers. */
  onThreshold: (serverClass: number, threshold: number) => void = () => undefined;
  /** Freed server numbers, to be used again. */
  private readonly free: number[] = [];
  private next = 0;
  /** How many jobs have ended at servers that held so many until then. */
  private falls = new Float64Array(64);

  /** Jobs that have ended so far. */
  get departures(): number {
    return this.falls.reduce((sum, falls) => sum + falls, 0);
  }

  /** Of these, jobs that left their server idle. */
  get idlings(): number {
    return this.falls[1];
  }

  /** Most jobs that a server has held so far: those of one that holds them still, or that a job has ended at. In O(servers). */
  get longestQueue(): number {
    return this.queueLengths.reduce(
      (longest, length) => Math.max(longest, length),
      Math.max(
        0,
        this.falls.findLastIndex((falls) => falls > 0),
      ),
    );
  }

  /** Members that hold no job: all that Join-the-Idle-Queue may know. */
  get idle(): IndexSet {
    if (this.idleMembers === undefined) {
      this.idleMembers = new IndexSet();
      this.isIndexed = true;
      for (let i = 0; i < this.members.size; i++) {
        const server = this.members.at(i);
        if (this.queueLengths[server] === 0) this.idleMembers.add(server);
      }
    }
    return this.idleMembers;
  }

  /** Members in the order of their queue lengths. */
  get byQueueLength(): QueueLevels {
    if (this.levels === undefined) {
      this.levels = new QueueLevels();
      this.isIndexed = true;
      for (let i = 0; i < this.members.size; i++) {
        const server = this.members.at(i);
        this.levels.add(server, this.queueLengths[server]);
      }
    }
    return this.levels;
  }

  /** Keeps a policy's own index up to date from now on, starting with the members there are. */
  keep(index: FleetIndex): void {
    for (let i = 0; i < this.members.size; i++) {
      const server = this.members.at(i);
      index.added(server, this.queueLengths[server]);
    }
    this.indexes.push(index);
    this.isIndexed = true;
  }

  /** Forgets the indexes that policies keep: their policies are gone. */
  forgetIndexes(): void {
    this.indexes.length = 0;
  }

  /**
   * Adds an idle server.
   *
   * @param buffer jobs it holds at most: 1, 2, ... or Infinity
   * @param rate at which it says it serves, for policies that may know; where servers change theirs, the rate at the start
   * @param serverClass its class, for policies that tell classes apart
   * @param number its number, which no member has; any free one if left out
   * @returns its number
   */
  join(buffer: number, rate: Rate = 1, serverClass = 0, number?: number): number {
    const server = number ?? this.free.pop() ?? this.next++;
    while (server >= this.buffers.length) this.grow();
    this.queueLengths[server] = 0;
    this.buffers[server] = Math.min(buffer, UNLIMITED);
    this.rates[server] = rate;
    this.classes[server] = serverClass;
    this.enter(server);
    return server;
  }

  /** The server takes no new jobs. It keeps its number until `release`. */
  leave(server: number): void {
    if (!this.members.has(server)) return;
    this.members.remove(server);
    this.idleMembers?.remove(server);
    this.levels?.remove(server, this.queueLengths[server]);
    for (const index of this.indexes) index.removed(server, this.queueLengths[server]);
  }

  /** A server that left takes jobs again; it still has its number and its jobs. */
  enter(server: number): void {
    if (this.members.has(server)) return;
    const queueLength = this.queueLengths[server];
    this.members.add(server);
    if (queueLength === 0) this.idleMembers?.add(server);
    this.levels?.add(server, queueLength);
    for (const index of this.indexes) index.added(server, queueLength);
  }

  /** Forgets a server that has left; its number may be given to another. */
  release(server: number): void {
    assert(!this.members.has(server), "only a server that has left is released");
    this.free.push(server);
  }

  queueLength(server: number): number {
    return this.queueLengths[server];
  }

  /** The rate that the server announced. */
  rate(server: number): Rate {
    return this.rates[server];
  }

  serverClass(server: number): number {
    return this.classes[server];
  }

  isFull(server: number): boolean {
    return this.queueLengths[server] >= this.buffers[server];
  }

  /** The threshold that servers of the class are to report their standing to; undefined where the policy gives none. */
  threshold(serverClass: number): number | undefined {
    return this.thresholds[serverClass];
  }

  /** Gives the servers of a class a threshold. A server that joins later is given the last one when it does. */
  giveThreshold(serverClass: number, threshold: number): void {
    this.thresholds[serverClass] = threshold;
    this.onThreshold(serverClass, threshold);
  }

  /** A job was sent to the server, which is a member. Returns how many jobs it held before. */
  assigned(server: number): number {
    const before = this.queueLengths[server]++;
    if (this.isIndexed) this.rose(server, before);
    return before;
  }

  /** A job of the server has ended. Returns how many jobs it held before. */
  ended(server: number): number {
    const before = this.queueLengths[server]--;
    assert(before > 0, "a server holds the job of it that ends");
    if (before >= this.falls.length) this.falls = grown(this.falls, new Float64Array(2 * before));
    this.falls[before]++;
    if (this.isIndexed) this.fell(server, before);
    return before;
  }

  private rose(server: number, before: number): void {
    if (before === 0) this.idleMembers?.remove(server);
    this.levels?.rise(server, before);
    for (let i = 0; i < this.indexes.length; i++) this.indexes[i].rose(server, before);
  }

  private fell(server: number, before: number): void {
    if (!this.members.has(server)) return;
    if (before === 1) this.idleMembers?.add(server);
    this.levels?.fall(server, before);
    for (let i = 0; i < this.indexes.length; i++) this.indexes[i].fell(server, before);
  }

  private grow(): void {
    const size = 2 * this.buffers.length;
    this.queueLengths = grown(this.queueLengths, new Int32Array(size));
    this.buffers = grown(this.buffers, new Int32Array(size));
    this.rates = grown(this.rates, new Float64Array(size));
    this.classes = grown(this.classes, new Int32Array(size));
  }
}
