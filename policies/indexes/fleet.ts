import { assert } from "../../model/errors.js";
import { grown } from "../../model/grown.js";
import type { Rate } from "../../model/units.js";
import { IndexSet } from "./index-set.js";
import { QueueLevels } from "./queue-levels.js";

/** Stands for an infinite buffer. */
const UNLIMITED = 2 ** 31 - 1;

/** An index of the servers that a policy keeps for itself, notified of every change to a server after it happened. */
export interface FleetIndex {
  /** A server becomes a member, with `queueLength` jobs. */
  added(server: number, queueLength: number): void;
  /** A server ceases to be a member, with `queueLength` jobs left. */
  removed(server: number, queueLength: number): void;
  /** A member's queue grew by one, from `before`. */
  rose(server: number, before: number): void;
  /** A member's queue shrank by one, from `before`. */
  fell(server: number, before: number): void;
  /** The job last routed has been sent: now the policy may learn from it and send messages to servers. */
  sent?(): void;
}

/** A server that joins. */
export interface ServerDescription {
  /** Buffer size in jobs: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** The service rate it announced, for policies that may know it; the initial rate if rates change. 1 if left out. */
  readonly rate?: Rate;
  /** Its class, for policies that distinguish classes. 0 if left out. */
  readonly serverClass?: number;
  /** Its number, not in use; any free one if left out. */
  readonly number?: number | undefined;
}

/**
 * The dispatcher's knowledge of the servers, indexed for the policies: every event costs O(1). A policy uses only the
 * information that its paper allows; an index costs nothing until it is first used.
 */
export class Fleet {
  /** Servers that accept jobs. */
  readonly members = new IndexSet();
  private idleMembers: IndexSet | undefined;
  private levels: QueueLevels | undefined;
  private queueLengths = new Int32Array(16);
  private buffers = new Int32Array(16);
  private rates = new Float64Array(16);
  private classes = new Int32Array(16);
  private readonly indexes: FleetIndex[] = [];
  /** Indexes that are notified when a job has been sent. */
  private readonly learners: Required<Pick<FleetIndex, "sent">>[] = [];
  /** Whether any index must be notified of arrivals and departures. */
  private isIndexed = false;
  /** By class, if the policy sets thresholds. */
  private readonly thresholds: number[] = [];
  /** Called with every threshold that the policy sets for a class; the driver passes it on to the servers. */
  onThreshold: (serverClass: number, threshold: number) => void = () => undefined;
  /** Free server numbers, for reuse. */
  private readonly free: number[] = [];
  private next = 0;
  /** Departures by the queue length before them. */
  private falls = new Float64Array(64);

  /** Departures so far. */
  get departures(): number {
    return this.falls.reduce((sum, falls) => sum + falls, 0);
  }

  /** Departures that left their server idle. */
  get idlings(): number {
    return this.falls[1];
  }

  /** The longest queue so far. O(servers). */
  get longestQueue(): number {
    return this.queueLengths.reduce(
      (longest, length) => Math.max(longest, length),
      Math.max(
        0,
        this.falls.findLastIndex((falls) => falls > 0),
      ),
    );
  }

  /** Idle members: all that Join-the-Idle-Queue may know. */
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

  /** Members in order of queue length. */
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

  /** Keeps a policy's own index up to date from now on, starting with the present members. */
  keep(index: FleetIndex): void {
    for (let i = 0; i < this.members.size; i++) {
      const server = this.members.at(i);
      index.added(server, this.queueLengths[server]);
    }
    this.indexes.push(index);
    if (hasSent(index)) this.learners.push(index);
    this.isIndexed = true;
  }

  /** Drops the indexes of policies that are no longer in use. */
  forgetIndexes(): void {
    this.indexes.length = 0;
    this.learners.length = 0;
  }

  /** Adds an idle server. Returns its number. */
  join({ buffer, rate = 1, serverClass = 0, number }: ServerDescription): number {
    const server = number ?? this.free.pop() ?? this.next++;
    while (server >= this.buffers.length) this.grow();
    this.queueLengths[server] = 0;
    this.buffers[server] = Math.min(buffer, UNLIMITED);
    this.rates[server] = rate;
    this.classes[server] = serverClass;
    this.enter(server);
    return server;
  }

  /** The server accepts no new jobs. It keeps its number until `release`. */
  leave(server: number): void {
    if (!this.members.has(server)) return;
    this.members.remove(server);
    this.idleMembers?.remove(server);
    this.levels?.remove(server, this.queueLengths[server]);
    for (const index of this.indexes) index.removed(server, this.queueLengths[server]);
  }

  /** A server that left accepts jobs again; it still has its number and its jobs. */
  enter(server: number): void {
    if (this.members.has(server)) return;
    const queueLength = this.queueLengths[server];
    this.members.add(server);
    if (queueLength === 0) this.idleMembers?.add(server);
    this.levels?.add(server, queueLength);
    for (const index of this.indexes) index.added(server, queueLength);
  }

  /** Forgets a server that has left; its number may be reused. */
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

  /** Most jobs that the server holds; a very large number if there is no limit. */
  buffer(server: number): number {
    return this.buffers[server];
  }

  /** A server has told its queue length. Returns the one known before. */
  told(server: number, queueLength: number): number {
    const before = this.queueLengths[server];
    if (!this.members.has(server)) this.queueLengths[server] = queueLength;
    else {
      for (let length = before; length < queueLength; length++) this.assigned(server);
      for (let length = before; length > queueLength; length--) this.ended(server);
    }
    return before;
  }

  /** The threshold relative to which servers of the class report their standing; undefined if the policy sets none. */
  threshold(serverClass: number): number | undefined {
    return this.thresholds[serverClass];
  }

  /** Sets the threshold of a class. A server that joins later receives the latest one. */
  giveThreshold(serverClass: number, threshold: number): void {
    this.thresholds[serverClass] = threshold;
    this.onThreshold(serverClass, threshold);
  }

  /**
   * Sends a job to the server, which is a member: its queue grows, the job is passed on, and then the policy is notified, so
   * that its messages to servers follow the job.
   *
   * @param passOn passes the job on; left out if it reaches its server at once
   * @returns the queue length before
   */
  send(server: number, passOn?: (server: number) => void): number {
    const before = this.assigned(server);
    passOn?.(server);
    this.sent();
    return before;
  }

  /** The job last assigned has been sent. */
  sent(): void {
    for (let i = 0; i < this.learners.length; i++) this.learners[i].sent();
  }

  /** The queue of a member grows by one. Returns its length before. */
  assigned(server: number): number {
    const before = this.queueLengths[server]++;
    if (this.isIndexed) this.rose(server, before);
    return before;
  }

  /** A job departs from the server. Returns the queue length before. */
  ended(server: number): number {
    const before = this.queueLengths[server]--;
    assert(before > 0, "a job departs only from a server that has one");
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

function hasSent(index: FleetIndex): index is FleetIndex & Required<Pick<FleetIndex, "sent">> {
  return index.sent !== undefined;
}
