import { assert } from "../model/errors.js";
import { IndexSet } from "./index-set.js";

/**
 * What the dispatcher knows of the servers, indexed for the policies: every event costs O(1). A policy looks only at the
 * part that its paper lets it know.
 */
export class Fleet {
  /** Servers that take jobs. */
  readonly members = new IndexSet();
  /** Members that hold no job: all that Join-the-Idle-Queue may know. */
  readonly idle = new IndexSet();
  private queueLengths = new Int32Array(16);
  private buffers = new Float64Array(16);
  /** Freed server numbers, to be used again. */
  private readonly free: number[] = [];
  private next = 0;

  /** Adds an idle server that holds at most `buffer` jobs (1, 2, ... or Infinity). Returns its number. */
  join(buffer: number): number {
    const server = this.free.pop() ?? this.next++;
    if (server >= this.buffers.length) this.grow();
    this.queueLengths[server] = 0;
    this.buffers[server] = buffer;
    this.members.add(server);
    this.idle.add(server);
    return server;
  }

  /** The server takes no new jobs. It keeps its number until `release`. */
  leave(server: number): void {
    this.members.remove(server);
    this.idle.remove(server);
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

  /** A job was sent to the server. */
  assigned(server: number): void {
    if (this.queueLengths[server]++ === 0) this.idle.remove(server);
  }

  /** A job of the server has ended. */
  ended(server: number): void {
    assert(this.queueLengths[server] > 0, `server ${server} holds a job that can end`);
    if (--this.queueLengths[server] === 0 && this.members.has(server)) this.idle.add(server);
  }

  private grow(): void {
    const queueLengths = new Int32Array(2 * this.queueLengths.length);
    queueLengths.set(this.queueLengths);
    this.queueLengths = queueLengths;
    const buffers = new Float64Array(2 * this.buffers.length);
    buffers.set(this.buffers);
    this.buffers = buffers;
  }
}
