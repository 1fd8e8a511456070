import { describe, expect, it } from "vitest";
import { FAULTS } from "../../simulator/faults/faults.js";
import { faultTrial } from "../../simulator/faults/trial.js";

/** Seeds that found something once, with what it was. */
const FOUND = [
  // A node said hello, was taken, and lost the connection before it heard so: its next hello seemed to go on with a session
  // that it had not begun.
  72,
  // A server that abandoned a job was a rounding error ahead of the clock.
  13298,
];

describe("a simulated system in which everything goes wrong", () => {
  it("loses and doubles no job, never has one with two servers, and comes to rest", () => {
    const done = new Map<string, number>();
    for (const seed of [...FOUND, ...Array(40).keys()]) {
      const { failure, faults } = faultTrial(String(seed));
      expect(failure, `npm run fuzz:faults -- --first ${seed} --seeds 1 --log`).toBeUndefined();
      for (const [fault, count] of Object.entries(faults)) done.set(fault, (done.get(fault) ?? 0) + count);
    }
    expect([...done.keys()].sort()).toEqual([...FAULTS].sort());
  });

  it("goes the same way again from the same seed", () => {
    expect(faultTrial("again")).toEqual(faultTrial("again"));
  });
});
