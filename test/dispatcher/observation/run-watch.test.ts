import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RunWatch } from "../../../dispatcher/observation/run-watch.js";
import type { FleetView, QueueView } from "../../../experiments/scenario.js";
import { noServerTotals } from "../../../model/totals.js";

/** A fleet of one class per entry, with so many jobs each at present, all of them since the start at servers of their own. */
function fleetOf(jobs: readonly number[]): FleetView {
  const queues = jobs.map(
    (count): QueueView => ({
      jobs: count,
      highest: 1,
      count: () => count,
      integral: (level, now) => (level === 1 ? count * now : 0),
    }),
  );
  return { queues, queueLength: (server: number) => server } as unknown as FleetView;
}

const present = (number: number, isServing = true) => ({ server: number, number, node: 0, isServing });

describe("what is watched for the page", () => {
  it("has the distribution of all jobs in the system, as often as it was looked at", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }), (seen) => {
        const watch = new RunWatch(() => 0);
        for (const total of seen) watch.look(fleetOf([total]));
        const { jobs, fractions } = watch.totalTail();
        for (const [i, total] of jobs.entries())
          expect(fractions[i]).toBeCloseTo(seen.filter((one) => one > total).length / seen.length, 3);
        expect(fractions.every((fraction) => fraction > 0)).toBe(true);
      }),
    );
  });

  it("has few points of that distribution, however many numbers there were", () => {
    const watch = new RunWatch(() => 0);
    for (let total = 0; total < 5000; total++) watch.look(fleetOf([total]));
    expect(watch.totalTail().jobs.length).toBeLessThanOrEqual(200);
  });

  it("remembers servers that are gone, and tells those that rest", () => {
    const watch = new RunWatch(() => 0);
    const fleet = fleetOf([0]);
    expect(watch.sample([present(0), present(1), present(7)], fleet).statuses).toEqual([
      "serving",
      "serving",
      "serving",
    ]);
    const { numbers, statuses, nodes, queueLengths } = watch.sample([present(0, false), present(7)], fleet);
    expect(numbers).toEqual([0, 1, 7]);
    expect(statuses).toEqual(["drained", "gone", "serving"]);
    expect(nodes).toEqual([0, null, 0]);
    expect(queueLengths).toEqual([0, 0, 7]);
    expect(watch.sample([present(0), present(1), present(7)], fleet).statuses).not.toContain("gone");
  });

  it("averages over the time since measuring began", () => {
    const watch = new RunWatch(() => 0);
    const fleet = fleetOf([3]);
    watch.serverReported(0, { ...noServerTotals(), observedTime: 10, busyTime: 10, queueLengthIntegral: 50 }, 1);
    watch.restart(10, fleet);
    expect(watch.sample([present(0)], fleet).busyFractions).toEqual([null]);
    watch.serverReported(0, { ...noServerTotals(), observedTime: 20, busyTime: 14, queueLengthIntegral: 55 }, 2);
    expect(watch.sample([present(0), present(1)], fleet)).toMatchObject({
      rates: [2, null],
      busyFractions: [0.4, null],
      meanQueueLengths: [0.5, null],
    });
  });

  it("has the queues of each class by itself, and of all together", () => {
    const watch = new RunWatch(() => 0);
    const fleet = fleetOf([1, 3]);
    watch.restart(5, fleet);
    expect(watch.queueTail(15, fleet, 8)).toEqual([1, 0.5]);
    expect(watch.queueTail(15, fleet, 4, [0])).toEqual([1, 0.25]);
    expect(watch.queueTail(15, fleet, 4, [1])).toEqual([1, 0.75]);
  });
});
