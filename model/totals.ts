import type { ModelTime, Work } from "./units.js";

/**
 * A job is held up if its messages and timers took longer than this besides what is asked of them: a process or the machine has paused, delaying many
 * jobs at once, which no model of independent delays covers.
 */
export const HELD_UP_TIME: ModelTime = 0.2;

/** The dispatcher's totals since it started. At all times offered = blocked + completed + timed out + lost + in flight. */
export interface DispatcherTotals {
  offered: number;
  blocked: number;
  completed: number;
  /** Ended, served or abandoned, when their clients had given up. */
  timedOut: number;
  /** Held by a lost server, and not sent to another. */
  lost: number;
  /** Times that a job moved to another server because its own was lost or refused it. Not counted as offered again. */
  retried: number;
  /** Jobs that their origin resent although they were known: counted once. */
  duplicates: number;
  /** Sent to a server that already held a job, as far as the dispatcher knew. */
  waited: number;
  /** Sum of the sizes of offered jobs, and of their squares; 0 in a Markov chain, where jobs have none. */
  work: number;
  squaredWork: number;
  /** Sum over completed jobs of the time from submission to completion, as the dispatcher sees it. */
  sojournTime: number;
  /** Sum over jobs that servers have ended of the delay by messages and late timers. */
  messageDelay: number;
  /** Sum over the same jobs of the delay that messages have on purpose, on average: it is part of the system, and of `messageDelay`. */
  askedDelay: number;
  /** Of these jobs, those that were held up. */
  heldUp: number;
}

/** The totals before the first job. */
export function noDispatcherTotals(): DispatcherTotals {
  return {
    offered: 0,
    blocked: 0,
    completed: 0,
    timedOut: 0,
    lost: 0,
    retried: 0,
    duplicates: 0,
    waited: 0,
    work: 0,
    squaredWork: 0,
    sojournTime: 0,
    messageDelay: 0,
    askedDelay: 0,
    heldUp: 0,
  };
}

/** Adds the totals of another dispatcher to a sum. */
export function addDispatcherTotals(sum: DispatcherTotals, more: Readonly<DispatcherTotals>): void {
  sum.offered += more.offered;
  sum.blocked += more.blocked;
  sum.completed += more.completed;
  sum.timedOut += more.timedOut;
  sum.lost += more.lost;
  sum.retried += more.retried;
  sum.duplicates += more.duplicates;
  sum.waited += more.waited;
  sum.work += more.work;
  sum.squaredWork += more.squaredWork;
  sum.sojournTime += more.sojournTime;
  sum.messageDelay += more.messageDelay;
  sum.askedDelay += more.askedDelay;
  sum.heldUp += more.heldUp;
}

/** What happened between two observations of the same totals. */
export function difference<Totals extends { [Name in keyof Totals]: number }>(
  after: Readonly<Totals>,
  before: Readonly<Totals>,
): Totals {
  const found = { ...after };
  for (const name of Object.keys(found) as (keyof Totals)[]) (found[name] as number) = after[name] - before[name];
  return found;
}

/**
 * Totals in slotted time since the start, as sums over slots. In a slot arrivals come before services; U is the unused service
 * of all servers, and sum q their total number of jobs.
 */
export interface SlotTotals {
  slots: number;
  /** Of sum q at the start of the slot. */
  queue: number;
  /** Of U. */
  unused: number;
  /** Of U^2. */
  unusedSquared: number;
  /** Of (sum q at the end of the slot) U. */
  cross: number;
}

/** The totals before the first slot. */
export function noSlotTotals(): SlotTotals {
  return { slots: 0, queue: 0, unused: 0, unusedSquared: 0, cross: 0 };
}

/** Adds a slot. */
export function countSlot(totals: SlotTotals, jobsBefore: number, jobsAfter: number, unused: number): void {
  totals.slots++;
  totals.queue += jobsBefore;
  totals.unused += unused;
  totals.unusedSquared += unused * unused;
  totals.cross += jobsAfter * unused;
}

/** A server's totals since it started, as integrals over time; differences give averages. */
export interface ServerTotals {
  observedTime: ModelTime;
  busyTime: ModelTime;
  /** The integral of the idle time I_v(t) of Rutten, Zubeldia and Mukherjee (2023), (2.2). */
  idleTimeIntegral: number;
  /** The integral of the rate over busy time: all the work done. */
  workDone: Work;
  /** The integral of the number of jobs held, in service included. */
  queueLengthIntegral: number;
  /** Sum over jobs whose service has started of the time from acceptance to start of service. */
  waitingTime: ModelTime;
  /** Jobs whose service has started. */
  begun: number;
  completed: number;
  /** Jobs not served, because they had waited for longer than their clients do. */
  abandoned: number;
}

/** The totals of a server that has just started. */
export function noServerTotals(): ServerTotals {
  return {
    observedTime: 0,
    busyTime: 0,
    idleTimeIntegral: 0,
    workDone: 0,
    queueLengthIntegral: 0,
    waitingTime: 0,
    begun: 0,
    completed: 0,
    abandoned: 0,
  };
}

/** Copies the totals of a server. */
export function copyServerTotals(into: ServerTotals, from: Readonly<ServerTotals>): void {
  into.observedTime = from.observedTime;
  into.busyTime = from.busyTime;
  into.idleTimeIntegral = from.idleTimeIntegral;
  into.workDone = from.workDone;
  into.queueLengthIntegral = from.queueLengthIntegral;
  into.waitingTime = from.waitingTime;
  into.begun = from.begun;
  into.completed = from.completed;
  into.abandoned = from.abandoned;
}

/** Writes what happened between two observations of a server. Field by field: it is done for every server in every epoch. */
export function subtractServerTotals(
  into: ServerTotals,
  after: Readonly<ServerTotals>,
  before: Readonly<ServerTotals>,
): void {
  into.observedTime = after.observedTime - before.observedTime;
  into.busyTime = after.busyTime - before.busyTime;
  into.idleTimeIntegral = after.idleTimeIntegral - before.idleTimeIntegral;
  into.workDone = after.workDone - before.workDone;
  into.queueLengthIntegral = after.queueLengthIntegral - before.queueLengthIntegral;
  into.waitingTime = after.waitingTime - before.waitingTime;
  into.begun = after.begun - before.begun;
  into.completed = after.completed - before.completed;
  into.abandoned = after.abandoned - before.abandoned;
}

/** Adds what happened at a server to a sum. */
export function addServerTotals(sum: ServerTotals, more: Readonly<ServerTotals>): void {
  sum.observedTime += more.observedTime;
  sum.busyTime += more.busyTime;
  sum.idleTimeIntegral += more.idleTimeIntegral;
  sum.workDone += more.workDone;
  sum.queueLengthIntegral += more.queueLengthIntegral;
  sum.waitingTime += more.waitingTime;
  sum.begun += more.begun;
  sum.completed += more.completed;
  sum.abandoned += more.abandoned;
}
