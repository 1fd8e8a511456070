import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobNamed, nameOf } from "../../load-generator/job-names.js";
import { chiSquareUniform } from "../support/chi-square.js";

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("names of jobs", () => {
  it("are 32-bit numbers that their generator reads back", () => {
    fc.assert(
      fc.property(uint32, uint32, (job, secret) => {
        const name = nameOf(job, secret);
        expect(Number.isInteger(name) && name >= 0 && name < 2 ** 32).toBe(true);
        expect(jobNamed(name, secret)).toBe(job);
      }),
    );
  });

  it("show nothing of the order of the jobs: those of neighbours are anywhere, and their differences, too", () => {
    const places = new Array<number>(64).fill(0);
    const differences = new Array<number>(64).fill(0);
    for (let job = 1; job <= 20_000; job++) {
      const name = nameOf(job, 123_456_789);
      places[name >>> 26]++;
      differences[(name - nameOf(job - 1, 123_456_789)) >>> 26]++;
    }
    expect(chiSquareUniform(places, 1e-6)).toBeLessThan(1);
    expect(chiSquareUniform(differences, 1e-6)).toBeLessThan(1);
  });
});
