import { describe, expect, it } from "vitest";
import { type CoupledRunInput, runCoupled } from "../../simulator/coupled-run.js";

const base: CoupledRunInput = {
  ...{
    kind: "ring",
    servers: 60,
    taskTypes: 60,
    degree: 2,
    arrivalRate: 0.8,
    choices: 2,
    replacement: true,
    seed: "1",
  },
  ...{ startTail: [1, 0.5, 0.5, 0.5], clustered: false, sampleTimes: [0, 1, 2, 5, 10, 20, 50] },
};

/** Mean jobs of M/M/1 at a time, from a number of them: its uniformised chain, with queues cut off at 200. */
function meanJobs(arrivalRate: number, start: number, time: number): number {
  const rate = 1 + arrivalRate;
  let law: number[] = Array.from({ length: 200 }, (_, jobs) => (jobs === start ? 1 : 0));
  let [weight, mean] = [Math.exp(-rate * time), 0];
  for (let events = 0; events < 10 * rate * time + 100; events++) {
    mean += weight * law.reduce((sum, p, jobs) => sum + p * jobs, 0);
    weight *= (rate * time) / (events + 1);
    law = law.map((_, jobs) => {
      const up = jobs > 0 ? arrivalRate * law[jobs - 1] : 0;
      const down = jobs < 199 ? law[jobs + 1] : 0;
      return (up + down + (jobs === 0 ? law[0] : 0)) / rate;
    });
  }
  return mean;
}

describe("two copies with the same arrivals, samples and services", () => {
  it("stay in order, and the jobs that one has more become ever fewer", () => {
    for (const kind of ["ring", "regular", "geometric"] as const)
      for (const clustered of [false, true]) {
        const { extra, outOfOrder } = runCoupled({ ...base, kind, degree: 6, clustered });
        expect(outOfOrder).toBe(0);
        expect(extra).toEqual(extra.toSorted((a, b) => b - a));
        expect(extra[0]).toBeGreaterThan(1);
      }
  });

  it("begin with the same jobs whether they are spread or clustered", () => {
    const [spread, clustered] = [false, true].map((one) => runCoupled({ ...base, clustered: one }));
    expect(clustered.extra[0]).toBe(spread.extra[0]);
    expect(clustered.extra[4]).not.toBe(spread.extra[4]);
  });

  it("differ by as much as M/M/1 queues from four jobs and from none, where every server is alone", () => {
    const alone = {
      ...base,
      kind: "regular",
      degree: 1,
      choices: 1,
      arrivalRate: 0.5,
      servers: 20_000,
      taskTypes: 20_000,
    } as const;
    const { extra } = runCoupled({ ...alone, startTail: [1, 1, 1, 1, 1], sampleTimes: [1, 4, 10] });
    // At most four jobs differ at each of 20 000 servers: a standard error below 2/sqrt(20 000) = 0.014.
    for (const [k, time] of [1, 4, 10].entries())
      expect(Math.abs(extra[k] - (meanJobs(0.5, 4, time) - meanJobs(0.5, 0, time)))).toBeLessThan(0.07);
  });
});
