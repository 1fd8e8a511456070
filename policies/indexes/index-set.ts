import { grown } from "../../model/grown.js";

/**
 * A set of small integers with O(1) add, remove, membership and access by position, in no particular order. A random choice
 * is one array look-up; removal moves the last member into the gap.
 */
export class IndexSet {
  private members = new Int32Array(16);
  /** Position of each integer in `members`, or -1. */
  private positions = new Int32Array(16).fill(-1);
  private count = 0;
  /** Whether the members are 0, 1, ... in this order, as in a fleet that no server has left: no look-up is needed then. */
  private inOrder = true;

  get size(): number {
    return this.count;
  }

  /** The member at a position, 0 <= position < size. */
  at(position: number): number {
    return this.inOrder ? position : this.members[position];
  }

  has(member: number): boolean {
    return member < this.positions.length && this.positions[member] >= 0;
  }

  add(member: number): void {
    if (this.has(member)) return;
    if (member >= this.positions.length) this.grow(member + 1);
    if (member !== this.count) this.inOrder = false;
    this.members[this.count] = member;
    this.positions[member] = this.count;
    this.count++;
  }

  remove(member: number): void {
    if (!this.has(member)) return;
    const position = this.positions[member];
    this.count--;
    if (position !== this.count) this.inOrder = false;
    const last = this.members[this.count];
    this.members[position] = last;
    this.positions[last] = position;
    this.positions[member] = -1;
  }

  private grow(needed: number): void {
    const size = Math.max(needed, 2 * this.positions.length);
    this.members = grown(this.members, new Int32Array(size));
    this.positions = grown(this.positions, new Int32Array(size).fill(-1));
  }
}
