import type { ModelTime, Work } from "./units.js";

/**
 * A job is held up if its messages and timers took longer than this: a process or the machine has paused, and with it many
 * jobs at once, which no model of independent delays covers.
 */
export const HELD_UP_TIME: ModelTime = 0.2;

/** What the dispatcher has done since it started. At all times offered = blocked + completed + lost + in flight. */
export interface DispatcherTotals {
  offered: number;
  blocked: number;
  completed: number;
  /** Held by a server that was lost, and not sent to another. */
  lost: number;
  /** Times that a job was sent to another server, because its own was lost or refused it. Not counted as offered again. */
  retried: number;
  /** Jobs that their origin sent again although they were known: they are counted once. */
  duplicates: number;
  /** Sent to a server that already held a job, as the dispatcher saw it. */
  waited: number;
  /** Sum over completed jobs of the time from submission to completion, as the dispatcher sees it. */
  sojournTime: number;
  /** Sum over completed jobs of what the server did not need: messages on their way and late timers. */
  messageDelay: number;
  /** Completed jobs that were held up. */
  heldUp: number;
}

/** The totals before the first job. */
export function noDispatcherTotals(): DispatcherTotals {
  return {
    offered: 0,
    blocked: 0,
    completed: 0,
    lost: 0,
    retried: 0,
    duplicates: 0,
    waited: 0,
    sojournTime: 0,
    messageDelay: 0,
    heldUp: 0,
  };
}

/**
 * What happened in slotted time since the start, as sums over slots. A slot has arrivals first and services after; U is the
 * sum over servers of the services that found no job, and sum q the jobs of all servers.
 */
export interface SlotTotals {
  slots: number;
  /** Of sum q at the beginning. */
  queue: number;
  /** Of U. */
  unused: number;
  /** Of U^2. */
  unusedSquared: number;
  /** Of (sum q at the end) U. */
  cross: number;
}

/** The totals before the first slot. */
export function noSlotTotals(): SlotTotals {
  return { slots: 0, queue: 0, unused: 0, unusedSquared: 0, cross: 0 };
}

/** Counts a slot. */
export function countSlot(totals: SlotTotals, jobsBefore: number, jobsAfter: number, unused: number): void {
  totals.slots++;
  totals.queue += jobsBefore;
  totals.unused += unused;
  totals.unusedSquared += unused * unused;
  totals.cross += jobsAfter * unused;
}

/** What a server has seen since it started, as integrals over time; differences of two give averages in between. */
export interface ServerTotals {
  observedTime: ModelTime;
  busyTime: ModelTime;
  /** The integral of the idle time I_v(t) of Rutten, Zubeldia and Mukherjee (2023), (2.2). */
  idleTimeIntegral: number;
  /** The integral of the rate over busy time: all the work done. */
  workDone: Work;
  /** The integral of the number of jobs held, in service included. */
  queueLengthIntegral: number;
  /** Sum over the jobs whose service has begun of the time from acceptance to its begin. */
  waitingTime: ModelTime;
  /** Jobs whose service has begun. */
  begun: number;
  completed: number;
}

/** The totals of a server that has seen nothing yet. */
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
  };
}
