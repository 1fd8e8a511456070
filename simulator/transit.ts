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
/** Messages that there is room for at first: a power of 2. */
const SIZE = 64;

/** Messages under way, in order of arrival and then of sending. They are stored in typed arrays, so that they allocate nothing. */
export abstract class Transit {
  /** The message last taken. */
  readonly taken = noMessage();
  /** In numbered slots, which the order of the messages is about. */
  private fields = new Float64Array(FIELDS * SIZE);

  /** When the next message arrives; Infinity if none is under way. */
  abstract get nextTime(): ModelTime;

  /** The slot of a message that is sent now, for an arrival at a time. */
  protected abstract enter(arrival: ModelTime): number;

  /** The slot of the next message, which is under way no longer. */
  protected abstract leave(): number;

  /** Sends a message, which arrives at a time. */
  send(
    arrival: ModelTime,
    kind: number,
    dispatcher: number,
    server: number,
    sentAt: ModelTime,
    first: number,
    second: number,
    third: number,
  ): void {
    const at = FIELDS * this.enter(arrival);
    const { fields } = this;
    fields[at] = kind;
    fields[at + 1] = dispatcher;
    fields[at + 2] = server;
    fields[at + 3] = sentAt;
    fields[at + 4] = first;
    fields[at + 5] = second;
    fields[at + 6] = third;
  }

  /** Moves the next message, which there must be, into `taken`. */
  take(): void {
    const at = FIELDS * this.leave();
    const { fields, taken } = this;
    taken.kind = fields[at];
    taken.dispatcher = fields[at + 1];
    taken.server = fields[at + 2];
    taken.sentAt = fields[at + 3];
    taken.first = fields[at + 4];
    taken.second = fields[at + 5];
    taken.third = fields[at + 6];
  }

  /** Doubles the slots. Those from number `from` on are then the last ones. */
  protected doubleSlots(from: number): void {
    const { fields } = this;
    this.fields = grown(fields, new Float64Array(2 * fields.length));
    this.fields.copyWithin(fields.length + FIELDS * from, FIELDS * from, fields.length);
  }
}

/** Messages that all take equally long, so that they arrive as they were sent: a ring. */
export class TransitInOrder extends Transit {
  private times = new Float64Array(SIZE);
  private head = 0;
  private count = 0;

  get nextTime(): ModelTime {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[this.head];
  }

  protected enter(arrival: ModelTime): number {
    if (this.count === this.times.length) this.grow();
    const slot = (this.head + this.count++) & (this.times.length - 1);
    this.times[slot] = arrival;
    return slot;
  }

  protected leave(): number {
    const slot = this.head;
    this.head = (slot + 1) & (this.times.length - 1);
    this.count--;
    return slot;
  }

  /** From the head on, the messages are moved to the end, so that the others can follow them. */
  private grow(): void {
    const { times, head } = this;
    this.times = grown(times, new Float64Array(2 * times.length));
    this.times.copyWithin(times.length + head, head, times.length);
    this.doubleSlots(head);
    this.head += times.length;
  }
}

/** Messages of any delays: a heap. */
export class TransitInAnyOrder extends Transit {
  private size = SIZE;
  /** The arrivals of the messages under way, as a heap. */
  private times = new Float64Array(this.size);
  /** Their slots, in the same order; then the free slots. */
  private heap = Int32Array.from({ length: this.size }, (_, slot) => slot);
  /** By slot: the number of its message, in order of sending. */
  private orders = new Float64Array(this.size);
  private count = 0;
  private sent = 0;

  get nextTime(): ModelTime {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[0];
  }

  protected enter(arrival: ModelTime): number {
    if (this.count === this.size) this.grow();
    const slot = this.heap[this.count];
    this.orders[slot] = this.sent++;
    this.siftUp(this.count++, slot, arrival);
    return slot;
  }

  protected leave(): number {
    const { heap, times } = this;
    const slot = heap[0];
    const last = heap[--this.count];
    heap[this.count] = slot;
    if (this.count > 0) this.siftDown(last, times[this.count]);
    return slot;
  }

  private siftUp(from: number, slot: number, time: ModelTime): void {
    const { heap, times } = this;
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = times[parent];
      // A message is sent after all those under way: of two that arrive together it is the later one.
      if (above <= time) break;
      heap[position] = heap[parent];
      times[position] = above;
      position = parent;
    }
    heap[position] = slot;
    times[position] = time;
  }

  private siftDown(slot: number, time: ModelTime): void {
    const { heap, times, orders, count } = this;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= count) break;
      let below = times[child];
      if (child + 1 < count) {
        const other = times[child + 1];
        if (other < below || (other === below && orders[heap[child + 1]] < orders[heap[child]])) {
          below = other;
          child++;
        }
      }
      if (below > time || (below === time && orders[heap[child]] > orders[slot])) break;
      heap[position] = heap[child];
      times[position] = below;
      position = child;
    }
    heap[position] = slot;
    times[position] = time;
  }

  private grow(): void {
    const { size } = this;
    this.size = 2 * size;
    this.doubleSlots(size);
    this.times = grown(this.times, new Float64Array(this.size));
    this.orders = grown(this.orders, new Float64Array(this.size));
    this.heap = grown(
      this.heap,
      Int32Array.from({ length: this.size }, (_, slot) => slot),
    );
  }
}
