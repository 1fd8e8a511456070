import { describe, expect, it } from "vitest";
import { meanWaitingTimeMG1 } from "../../../theory/queues/pollaczek-khinchine.js";

describe("the mean waiting time in M/G/1", () => {
  it("is that of M/M/1 for exponential service, and half of it for constant service", () => {
    for (const load of [0.1, 0.5, 0.95]) {
      expect(meanWaitingTimeMG1(load, 0.5, 1)).toBeCloseTo((0.5 * load) / (1 - load), 12);
      expect(meanWaitingTimeMG1(load, 0.5, 0)).toBeCloseTo((0.25 * load) / (1 - load), 12);
    }
    expect(meanWaitingTimeMG1(0, 1, 4)).toBe(0);
  });
});
