import { describe, expect, it } from "vitest";
import { Generator } from "../../load-generator/generator.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { randomStream } from "../../model/random.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

const START = 100;

function generator(seed: string, arrivalRate: number, backlog = 0): Generator {
  const arrivals = poissonArrivals(arrivalRate, randomStream(seed, "arrivals"));
  return new Generator(arrivals, exponentialJobSizes.sequence(randomStream(seed, "works")), START, backlog);
}

function take(from: Generator, count: number): { time: number; work: number }[] {
  return Array.from({ length: count }, () => ({ time: from.nextArrivalTime, work: from.take() }));
}

describe("the load generator", () => {
  it("sends the same sequence for the same seed, and the same works at another arrival rate", () => {
    const jobs = take(generator("1", 20), 100);
    expect(take(generator("1", 20), 100)).toEqual(jobs);
    expect(take(generator("2", 20), 100)).not.toEqual(jobs);
    expect(take(generator("1", 7), 100).map(({ work }) => work)).toEqual(jobs.map(({ work }) => work));
  });

  it("has Poisson arrivals and unit-mean exponential works", () => {
    const jobs = take(generator("1", 20), 20_000);
    const gaps = jobs.map(({ time }, i) => time - (i === 0 ? START : jobs[i - 1].time));
    expect(kolmogorovSmirnov(gaps, (x) => 1 - Math.exp(-20 * x), 1e-4)).toBeLessThan(1);
    const works = jobs.map(({ work }) => work);
    expect(kolmogorovSmirnov(works, (x) => 1 - Math.exp(-x), 1e-4)).toBeLessThan(1);
    const products = gaps.map((gap, i) => (20 * gap - 1) * (works[i] - 1));
    // Independent: five standard errors, each with variance 1.
    expect(Math.abs(products.reduce((sum, x) => sum + x, 0) / products.length)).toBeLessThan(5 / Math.sqrt(20_000));
  });

  it("sends its backlog at the start, and the same arrivals after it", () => {
    const jobs = take(generator("1", 20, 30), 50);
    expect(jobs.slice(0, 30).every(({ time }) => time === START)).toBe(true);
    expect(jobs.slice(30).map(({ time }) => time)).toEqual(take(generator("1", 20), 20).map(({ time }) => time));
  });

  it("counts what was taken", () => {
    const jobs = generator("1", 20);
    expect(jobs.count).toBe(0);
    take(jobs, 3);
    expect(jobs.count).toBe(3);
  });
});
