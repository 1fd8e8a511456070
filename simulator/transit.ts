import { grown } from "../model/grown.js";
import type { ModelTime } from "../model/units.js";

/** A message between a dispatcher and a server. What its three numbers mean depends on its kind. */
export interface Message {
  kind: number;
  dispatcher: number;
  server: number;
  sentAt: ModelTime;
  first: number;
  second: number;
  third: number;
}

export function noMessage(): Message {
  return { kind: 0, dispatcher: 0, server: 0, sentAt: 0, first: 0, second: 0, third: 0 };
}

/** Numbers stored of each message besides its order. */
const FIELDS = 7;

/** Messages under way, in order of arrival and then of sending: a heap in typed arrays, so that messages allocate nothing. */
export class Transit {
  /** The message last taken. */
  readonly taken = noMessage();
  private size = 64;
  private fields = new Float64Array(FIELDS * this.size);
  private times = new Float64Array(this.size);
  private orders = new Float64Array(this.size);
  /** The slots of the messages under way, as a heap; then the free slots. */
  private heap = Int32Array.from({ length: this.size }, (_, slot) => slot);
  private count = 0;
  private sent = 0;

  /** When the next message arrives; Infinity if none is under way. */
  get nextTime(): ModelTime {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[this.heap[0]];
  }

  /** Sends a copy of a message, which arrives at a time. */
  send(arrival: ModelTime, { kind, dispatcher, server, sentAt, first, second, third }: Readonly<Message>): void {
    if (this.count === this.size) this.grow();
    const slot = this.heap[this.count];
    const { fields } = this;
    const at = FIELDS * slot;
    fields[at] = kind;
    fields[at + 1] = dispatcher;
    fields[at + 2] = server;
    fields[at + 3] = sentAt;
    fields[at + 4] = first;
    fields[at + 5] = second;
    fields[at + 6] = third;
    this.times[slot] = arrival;
    this.orders[slot] = this.sent++;
    this.siftUp(this.count++, slot);
  }

  /** Moves the next message, which there must be, into `taken`. */
  take(): void {
    const slot = this.heap[0];
    const last = this.heap[--this.count];
    this.heap[this.count] = slot;
    if (this.count > 0) this.siftDown(last);
    const { fields, taken } = this;
    const at = FIELDS * slot;
    taken.kind = fields[at];
    taken.dispatcher = fields[at + 1];
    taken.server = fields[at + 2];
    taken.sentAt = fields[at + 3];
    taken.first = fields[at + 4];
    taken.second = fields[at + 5];
    taken.third = fields[at + 6];
  }

  private siftUp(from: number, slot: number): void {
    const { heap, times } = this;
    const time = times[slot];
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      // A message is sent after all those under way: of two that arrive together it is the later one.
      if (!(time < times[heap[parent]])) break;
      heap[position] = heap[parent];
      position = parent;
    }
    heap[position] = slot;
  }

  private siftDown(slot: number): void {
    const { heap, count } = this;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= count) break;
      if (child + 1 < count && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], slot)) break;
      heap[position] = heap[child];
      position = child;
    }
    heap[position] = slot;
  }

  private before(a: number, b: number): boolean {
    const { times, orders } = this;
    return times[a] < times[b] || (times[a] === times[b] && orders[a] < orders[b]);
  }

  private grow(): void {
    const size = 2 * this.size;
    this.fields = grown(this.fields, new Float64Array(FIELDS * size));
    this.times = grown(this.times, new Float64Array(size));
    this.orders = grown(this.orders, new Float64Array(size));
    this.heap = grown(
      this.heap,
      Int32Array.from({ length: size }, (_, slot) => slot),
    );
    this.size = size;
  }
}
