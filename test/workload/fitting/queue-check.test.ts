import { expect, it } from "vitest";
import { exponential, type RandomStream, randomStream } from "../../../model/random.js";
import { type Jobs, type QueueCheck, queueCheck } from "../../../workload/fitting/queue-check.js";

const LOAD = 0.8;
const COUNT = 4000;

function jobsOf(random: RandomStream, work: (index: number) => number): Jobs {
  let index = 0;
  return { next: () => ({ gap: exponential(random, 1 / LOAD), work: work(index++) }) };
}

/** Holds jobs of these works to Poisson arrivals of exponential ones. */
function checked(seed: string, workOf: (random: RandomStream) => (index: number) => number): QueueCheck {
  const random = randomStream(seed, "log");
  return queueCheck(LOAD, COUNT, jobsOf(random, workOf(random)), (replication) => {
    const again = randomStream(seed, `replication ${replication}`);
    return jobsOf(again, () => exponential(again, 1));
  });
}

it("a queue does with a log what it does with jobs of its law, but for one log in fifty", () => {
  const failed = Array.from({ length: 15 }, (_, i) =>
    checked(`log ${i}`, (random) => () => exponential(random, 1)),
  ).filter(({ holds }) => !holds);
  // More than 3 of 15 by chance: once in 5000 times.
  expect(failed.length).toBeLessThanOrEqual(3);
});

it("a queue does something else with a log whose long jobs come together", () => {
  const check = checked("together", (random) => (index) => {
    const isLong = Math.floor(index / 200) % 2 === 0;
    // The same law of sizes: the longer and the shorter half of exponential ones.
    return -Math.log(isLong ? random() / 2 : (1 + random()) / 2);
  });
  expect(check.holds).toBe(false);
  expect(check.observed).toBeGreaterThan(check.high);
});
