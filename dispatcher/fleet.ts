import { assert } from "../model/errors.js";
import { IndexSet } from "./index-set.js";
import { QueueLevels } from "./queue-levels.js";

/** The buffer of a server that holds any number of jobs. */
const UNLIMITED = 2 ** 31 - 1;

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
  /** Freed server numbers, to be used again. */
  private readonly free: number[] = [];
  private next = 0;

  /** Members that hold no job: all that Join-the-Idle-Queue may know. */
  get idle(): IndexSet {
    if (this.idleMembers === undefined) {
      this.idleMembers = new IndexSet();
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
      for (let i = 0; i < this.members.size; i++) {
        const server = this.members.at(i);
        this.levels.add(server, this.queueLengths[server]);
      }
    }
    return this.levels;
  }

  /** Adds an idle server that holds at most `buffer` jobs (1, 2, ... or Infinity). Returns its number. */
  join(buffer: number): number {
    const server = this.free.pop() ?? this.next++;
    if (server >= this.buffers.length) this.grow();
    this.queueLengths[server] = 0;
    this.buffers[server] = Math.min(buffer, UNLIMITED);
    this.members.add(server);
    this.idleMembers?.add(server);
    this.levels?.add(server, 0);
    return server;
  }

  /** The server takes no new jobs. It keeps its number until `release`. */
  leave(server: number): void {
    if (!this.members.has(server)) return;
    this.members.remove(server);
    this.idleMembers?.remove(server);
    this.levels?.remove(server, this.queueLengths[server]);
  }

  /** Forgets a server that has left; its number may be given to another. */
  release(server: number): void {
    assert(!this.members.has(server), "only a server that has left is released");
    this.free.push(server);
  }

  queueLength(server: number): number {
    return this.queueLengths[server];
  }

  isFull(server: number): boolean {
    return this.queueLengths[server] >= this.buffers[server];
  }

  /** A job was sent to the server, which is a member. */
  assigned(server: number): void {
    const before = this.queueLengths[server]++;
    if (before === 0) this.idleMembers?.remove(server);
    this.levels?.rise(server, before);
  }

  /** A job of the server has ended. */
  ended(server: number): void {
    const before = this.queueLengths[server]--;
    assert(before > 0, "a server holds the job of it that ends");
    if (this.idleMembers === undefined && this.levels === undefined) return;
    if (!this.members.has(server)) return;
    if (before === 1) this.idleMembers?.add(server);
    this.levels?.fall(server, before);
  }

  private grow(): void {
    const queueLengths = new Int32Array(2 * this.queueLengths.length);
    queueLengths.set(this.queueLengths);
    this.queueLengths = queueLengths;
    const buffers = new Int32Array(2 * this.buffers.length);
    buffers.set(this.buffers);
    this.buffers = buffers;
  }
}
