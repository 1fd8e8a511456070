import { noServerTotals, type ServerTotals } from "../../model/totals.js";
import { referenceStretch } from "../support/rate-rule-reference.js";
import type { Rule } from "./rate-quadrature.js";

/** A job as the time since the job before it arrived, and its work. */
export type Job = readonly [gap: number, work: number];

export interface History {
  readonly taken: readonly boolean[];
  readonly departures: readonly number[];
  readonly totals: ServerTotals;
  readonly rate: number;
}

/**
 * What a server under the rule (2.2) goes through until a time, told naively: stretch by stretch in small steps, the ends
 * of services found by bisection. A job that finds the server busy starts after an idle time of 0 (Remark 2.4).
 */
export function naiveHistory(
  rule: Rule,
  initialRate: number,
  jobs: readonly Job[],
  buffer: number,
  until: number,
): History {
  const totals = { ...noServerTotals(), observedTime: until };
  const taken: boolean[] = [];
  const departures: number[] = [];
  let rate = initialRate;
  let idleTime = 0;
  let now = 0;
  const pass = (idle: boolean, end: number): void => {
    const elapsed = Math.min(end, until) - now;
    if (elapsed <= 0) return;
    const stretch = referenceStretch(rule, rate, idleTime, idle, elapsed);
    totals.idleTimeIntegral += idle ? ((idleTime + elapsed) ** 2 - idleTime ** 2) / 2 : idleTime * elapsed;
    if (idle) idleTime += elapsed;
    else totals.busyTime += elapsed;
    if (!idle) totals.workDone += stretch.work;
    rate = stretch.rate;
    now = Math.min(end, until);
  };
  let arrival = 0;
  for (const [gap, work] of jobs) {
    arrival += gap;
    if (arrival > until) break;
    taken.push(departures.filter((departure) => departure > arrival).length < buffer);
    if (!taken[taken.length - 1]) continue;
    pass(true, arrival);
    if (now >= until) {
      // Waits behind a service that is not over by then.
      departures.push(Number.POSITIVE_INFINITY);
      totals.queueLengthIntegral += until - arrival;
      continue;
    }
    totals.begun++;
    totals.waitingTime += now - arrival;
    const departure = now + serviceTime(rule, rate, idleTime, work);
    departures.push(departure);
    totals.queueLengthIntegral += Math.min(departure, until) - arrival;
    pass(false, departure);
    if (departure > until) continue;
    totals.completed++;
    idleTime = 0;
  }
  pass(true, until);
  return { taken, departures: departures.filter((departure) => departure <= until), totals, rate };
}

function serviceTime(rule: Rule, rate: number, idleTime: number, work: number): number {
  let [low, high] = [0, 1];
  while (referenceStretch(rule, rate, idleTime, false, high).work < work) high *= 2;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (referenceStretch(rule, rate, idleTime, false, middle).work < work) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
