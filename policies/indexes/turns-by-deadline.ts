import type { FleetIndex } from "./fleet.js";
import { ServerHeap } from "./server-heap.js";

/**
 * Turns by the earliest deadline: the server whose turn it is gets its next deadline a gap later, so that it is chosen as often
 * as one over its gap. O(log n) per turn.
 */
export class TurnsByDeadline implements FleetIndex {
  private readonly deadlines = new ServerHeap();
  /** The deadline of the last turn. */
  private now = 0;

  /** @param gap of a server at the time of its turn, > 0 */
  constructor(private readonly gap: (server: number) => number) {}

  /** The server whose turn it is; there must be one. */
  next(): number {
    const server = this.deadlines.first;
    this.now = this.deadlines.firstKey;
    this.schedule(server);
    return server;
  }

  added(server: number): void {
    this.schedule(server);
  }

  removed(server: number): void {
    this.deadlines.remove(server);
  }

  rose(): void {}

  fell(): void {}

  private schedule(server: number): void {
    this.deadlines.set(server, this.now + this.gap(server));
  }
}
