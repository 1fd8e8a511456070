import { noDispatcherTotals } from "../../model/totals.js";
import { markdownTable, quartiles } from "../measure.js";

/**
 * Whether counters in a typed array cost less than the object fields that the dispatcher uses, for the counts of a job:
 * alternating measurements of both. `node dist/bench/dispatcher/counters.js`
 */

const JOBS = 2_000_000;
const REPETITIONS = 41;

const fields = noDispatcherTotals();
const [OFFERED, WAITED, COMPLETED, SOJOURN_TIME, MESSAGE_DELAY] = [0, 1, 2, 3, 4];
const slots = new Float64Array(16);

function inFields(sojournTime: number): void {
  fields.offered++;
  if (sojournTime > 0.5) fields.waited++;
  fields.completed++;
  fields.sojournTime += sojournTime;
  fields.messageDelay += sojournTime / 2;
}

function inSlots(sojournTime: number): void {
  slots[OFFERED]++;
  if (sojournTime > 0.5) slots[WAITED]++;
  slots[COMPLETED]++;
  slots[SOJOURN_TIME] += sojournTime;
  slots[MESSAGE_DELAY] += sojournTime / 2;
}

/** Nanoseconds per job. */
function time(count: (sojournTime: number) => void): number {
  const startedAt = performance.now();
  for (let job = 0; job < JOBS; job++) count((job & 1023) / 1024);
  return (1e6 * (performance.now() - startedAt)) / JOBS;
}

for (const count of [inFields, inSlots]) time(count);
const times = Array.from({ length: REPETITIONS }, () => [time(inFields), time(inSlots)]);
process.stdout.write(
  `${markdownTable(
    ["ns per job", "fields", "typed array", "typed array minus fields"],
    [
      [
        "counters",
        quartiles(times.map(([field]) => field)),
        quartiles(times.map(([, slot]) => slot)),
        quartiles(times.map(([field, slot]) => slot - field)),
      ],
    ],
  )}\n`,
);
