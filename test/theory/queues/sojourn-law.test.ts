import { describe, expect, it } from "vitest";
import { boundedParetoJobSizes } from "../../../model/job-sizes/bounded-pareto.js";
import { constantJobSizes } from "../../../model/job-sizes/constant.js";
import { exponentialJobSizes } from "../../../model/job-sizes/exponential.js";
import { hyperexponentialJobSizes } from "../../../model/job-sizes/hyperexponential.js";
import { lognormalJobSizes } from "../../../model/job-sizes/lognormal.js";
import { timesMMk } from "../../../theory/queues/markovian-times.js";
import { timesMG1 } from "../../../theory/queues/sojourn-law.js";
import { erlangC } from "../../support/erlang-c.js";

const PS = [0.5, 0.9, 0.99, 0.999];

describe("the times of jobs in M/G/1", () => {
  it.each([0.3, 0.8])("enclose the exponential laws of M/M/1 at load %d", (load) => {
    const times = timesMG1(load, exponentialJobSizes, 0.999);
    const exact = timesMMk(load, 1, 1);
    for (const p of PS) {
      for (const name of ["waiting", "sojourn"] as const) {
        const [found, known] = [times[name](p), exact[name](p)?.value ?? Number.NaN];
        expect(Math.abs((found?.value ?? Number.NaN) - known), `${name} ${p}`).toBeLessThanOrEqual(found?.error ?? 0);
        expect(found?.error, `${name} ${p}`).toBeLessThan(0.03 * Math.max(1, known));
      }
    }
    const over = times.sojournOver(2);
    expect(Math.abs((over?.value ?? Number.NaN) - Math.exp(-2 * (1 - load)))).toBeLessThanOrEqual(over?.error ?? 0);
  });

  it("enclose the law of the waiting time in M/D/1 (Erlang 1909): (1 - rho) sum (rho (k - t))^k / k! e^(-rho (k - t)), k <= t", () => {
    const load = 0.6;
    const times = timesMG1(load, constantJobSizes, 0.9999);
    expect(times.waiting(0.399)?.value).toBeLessThan(0.01);
    for (const t of [0.5, 1, 2.5, 5, 7.5]) {
      let p = 0;
      let factorial = 1;
      for (let k = 0; k <= t; factorial *= ++k) p += ((load * (k - t)) ** k / factorial) * Math.exp(-load * (k - t));
      const found = times.waiting((1 - load) * p);
      expect(Math.abs((found?.value ?? Number.NaN) - t), `${t}`).toBeLessThanOrEqual(found?.error ?? 0);
      expect(found?.error).toBeLessThan(0.03 * t + 0.01);
    }
  });

  it("have percentiles that rise, whatever the law", () => {
    for (const law of [hyperexponentialJobSizes(4), lognormalJobSizes(2), boundedParetoJobSizes(1.5, 100)]) {
      const times = timesMG1(0.7, law, 0.999);
      const sojourns = PS.map((p) => times.sojourn(p)?.value ?? Number.POSITIVE_INFINITY);
      expect(sojourns).toEqual(sojourns.toSorted((a, b) => a - b));
      for (const [i, p] of PS.entries()) expect(times.waiting(p)?.value ?? 0).toBeLessThan(sojourns[i]);
    }
  });
});

describe("the times of jobs in M/M/k", () => {
  it("wait with the probability of Erlang's C formula, then for an exponential time", () => {
    const { waiting, sojourn } = timesMMk(4, 1.5, 4);
    const waits = erlangC(4, 4 / 1.5);
    expect(waiting(0.99)?.value).toBeCloseTo(Math.log(waits / 0.01) / 2, 9);
    expect(waiting(0.3)?.value).toBe(0);
    expect(sojourn(0.5)).toBeUndefined();
  });
});
