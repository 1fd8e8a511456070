import { PeerError } from "../model/errors.js";
import { countSlot, noSlotTotals, type SlotTotals } from "../model/totals.js";

/** A job that waits for its slot. */
interface SlotJob<J> {
  readonly slot: number;
  readonly job: J;
}

export interface SlotBarrierOptions<J, N> {
  /** Jobs that all servers hold. */
  jobs(): number;
  /** Sends a job of the slot on its way. */
  route(job: J, slot: number): void;
  /** Those who serve. */
  nodes(): Iterable<N>;
  /** Tells one of them that the slot ends: its servers serve now. */
  endSlot(node: N, slot: number): void;
}

/**
 * Slotted time among processes. A slot begins once the slot before it has ended and a job of a later one is here, since then
 * all its own are: they are sent to servers, every node is told that the slot ends, and when all have said what they served
 * it has ended. So the system is the slotted one exactly, however long messages take; they only make a slot last longer.
 */
export class SlotBarrier<J, N> {
  readonly totals: SlotTotals = noSlotTotals();
  private readonly waiting: SlotJob<J>[] = [];
  /** The slot that is going on, or is next to begin. */
  private slot = 0;
  /** Nodes that have not answered yet; undefined between slots. */
  private serving: Set<N> | undefined;
  private jobsBefore = 0;
  private unused = 0;

  constructor(private readonly options: SlotBarrierOptions<J, N>) {}

  /** Whether no slot is going on, so that the queues are those between two slots. */
  get isBetweenSlots(): boolean {
    return this.serving === undefined;
  }

  /** Jobs that wait for their slot. */
  get waitingJobs(): number {
    return this.waiting.length;
  }

  /** A job arrives in a slot. Throws PeerError if that slot is over. */
  submitted(job: J, slot: number): void {
    const last = this.waiting[this.waiting.length - 1]?.slot ?? this.slot;
    if (slot < last) throw new PeerError(`sends a job of slot ${slot} after one of slot ${last}`);
    this.waiting.push({ slot, job });
    this.advance();
  }

  /** A node has served the slot. Throws PeerError if it was not asked to. */
  served(node: N, slot: number, unused: number): void {
    if (slot !== this.slot || this.serving?.delete(node) !== true)
      throw new PeerError(`says what it served in slot ${slot}, which it was not told has ended`);
    this.unused += unused;
    this.endWhenServed();
  }

  /** A node that is lost serves no more. */
  lost(node: N): void {
    if (this.serving?.delete(node) === true) this.endWhenServed();
  }

  private endWhenServed(): void {
    if (this.serving === undefined || this.serving.size > 0) return;
    countSlot(this.totals, this.jobsBefore, this.options.jobs(), this.unused);
    this.serving = undefined;
    this.slot++;
    this.advance();
  }

  private advance(): void {
    if (this.serving !== undefined || this.waiting.length === 0) return;
    if (this.waiting[this.waiting.length - 1].slot <= this.slot) return;
    const { options, slot } = this;
    this.jobsBefore = options.jobs();
    this.unused = 0;
    this.serving = new Set(options.nodes());
    const later = this.waiting.findIndex((job) => job.slot > slot);
    for (const { job } of this.waiting.splice(0, later)) options.route(job, slot);
    for (const node of this.serving) options.endSlot(node, slot);
  }
}
