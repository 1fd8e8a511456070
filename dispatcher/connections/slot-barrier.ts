import { PeerError } from "../../model/errors.js";
import { withLastBits } from "../../model/last-bits.js";
import { countSlot, noSlotTotals, type SlotTotals } from "../../model/totals.js";

/** A job waiting for its slot. */
interface SlotJob<J> {
  readonly slot: number;
  readonly job: J;
}

export interface SlotBarrierOptions<J, N> {
  /** Jobs at all servers. */
  jobs(): number;
  /** Sends a job of the slot to a server. */
  route(job: J, slot: number): void;
  /** The nodes that serve. */
  nodes(): Iterable<N>;
  /** Tells a node that the slot ends: its servers serve now. */
  endSlot(node: N, slot: number): void;
}

/**
 * Slotted time across processes. A slot begins once the previous slot has ended and a job of a later slot has arrived, since
 * all of its own jobs have arrived by then. These are sent to servers, every node is told that the slot ends, and the slot has
 * ended when all nodes have reported their service. The system is thus exactly the slotted one, however long messages take;
 * they only make a slot last longer.
 */
export class SlotBarrier<J, N> {
  readonly totals: SlotTotals = noSlotTotals();
  private readonly waiting: SlotJob<J>[] = [];
  /** The slot in progress, or the next one. */
  private slot = 0;
  /** Nodes that have not answered yet; undefined between slots. */
  private serving: Set<N> | undefined;
  private jobsBefore = 0;
  private unused = 0;

  constructor(private readonly options: SlotBarrierOptions<J, N>) {}

  /** Whether no slot is in progress, so that the queue lengths are those between two slots. */
  get isBetweenSlots(): boolean {
    return this.serving === undefined;
  }

  /** Jobs waiting for their slot. */
  get waitingJobs(): number {
    return this.waiting.length;
  }

  /** A job arrives in the slot whose number has these last 32 bits. Throws PeerError if that slot is over. */
  submitted(job: J, lastBits: number): void {
    const last = this.waiting[this.waiting.length - 1]?.slot ?? this.slot;
    const slot = withLastBits(last, lastBits);
    if (slot < last) throw new PeerError(`sends a job of slot ${slot} after one of slot ${last}`);
    this.waiting.push({ slot, job });
    this.advance();
  }

  /** A node has served the slot. Throws PeerError if it was not asked to. */
  served(node: N, lastBits: number, unused: number): void {
    const slot = withLastBits(this.slot, lastBits);
    if (slot !== this.slot || this.serving?.delete(node) !== true)
      throw new PeerError(`reports service in slot ${slot}, which it was not told to serve`);
    this.unused += unused;
    this.endWhenServed();
  }

  /** A lost node no longer serves. */
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
