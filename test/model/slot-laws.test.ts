import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { parseArrivalLaw, parseServiceLaw, type SlotLaw } from "../../model/slot-laws.js";

/** Of six standard errors: one false alarm in 5e8 draws of a mean. */
const ERRORS = 6;

function expectMoments(law: SlotLaw): void {
  const random = randomStream("moments", "slot");
  const draws = Array.from({ length: 40_000 }, () => law.draw(random));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const squares = draws.map((draw) => (draw - law.mean) ** 2);
  const variance = squares.reduce((sum, square) => sum + square, 0) / draws.length;
  const errorOfVariance = Math.sqrt(
    squares.reduce((sum, square) => sum + (square - variance) ** 2, 0) / draws.length ** 2,
  );
  expect(Math.abs(mean - law.mean)).toBeLessThan(ERRORS * Math.sqrt(law.variance / draws.length) + 1e-12);
  expect(Math.abs(variance - law.variance)).toBeLessThan(ERRORS * errorOfVariance + 1e-12);
  expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0)).toBe(true);
}

describe("laws of a slot", () => {
  it("of services have mean 1, the variance they say, and draws to match", () => {
    for (const [text, variance] of [
      ["constant", 0],
      ["zero-or:2", 1],
      ["zero-or:5", 4],
      ["binomial:4", 0.75],
      ["uniform", 2 / 3],
    ] as const) {
      const law = parseServiceLaw(text);
      expect(law.mean).toBeCloseTo(1, 12);
      expect(law.variance).toBeCloseTo(variance, 12);
      expectMoments(law);
    }
  });

  it("may be one's own, by weights: services of mean 1, and arrivals of any mean, n independent batches whose jobs are left out at random", () => {
    const services = parseServiceLaw("weights:2,1,0,1");
    expect(services.probabilities).toEqual([0.5, 0.25, 0, 0.25]);
    expect(services.mean).toBe(1);
    expect(services.variance).toBeCloseTo(1.5, 12);
    expectMoments(services);
    expect(() => parseServiceLaw("weights:1,1")).toThrow(/of mean 1/);
    // All weight on 2 is binomial:2; both say so of their variance, too.
    const [own, binomial] = [parseArrivalLaw("weights:0,0,1"), parseArrivalLaw("binomial:2")];
    expect(own.limitVariance).toBeCloseTo(binomial.limitVariance, 12);
    const [a, b] = [own.ofMean(4.5, 5), binomial.ofMean(4.5, 5)];
    for (const [k, probability] of b.probabilities.entries()) expect(a.probabilities[k]).toBeCloseTo(probability, 12);
    const batches = parseArrivalLaw("weights:0.5,0,0,0.5").ofMean(3.9, 4);
    expect(batches.mean).toBeCloseTo(3.9, 10);
    // Of each server: p^2 9/4 + p (1 - p) 3/2 with p = 0.65.
    expect(batches.variance / 4).toBeCloseTo(0.65 ** 2 * 2.25 + 0.65 * 0.35 * 1.5, 10);
    expectMoments(batches);
    // The load generator makes the same law of its text, for one server.
    const again = parseArrivalLaw(batches.text).ofMean(batches.mean, 1);
    for (const [k, probability] of batches.probabilities.entries())
      expect(again.probabilities[k]).toBeCloseTo(probability, 10);
    expect(() => parseArrivalLaw("weights:1")).toThrow(UserError);
    expect(() => parseArrivalLaw("weights:1,1").ofMean(3, 4)).toThrow(/give larger numbers more weight/);
    expect(() => parseArrivalLaw("weights:0,1,1").ofMean(1500, 1600)).toThrow(/more than 2000/);
  });

  it("of arrivals have the mean asked for, the variance they say, and draws to match", () => {
    const mean = 10 * (1 - 10 ** -2.5);
    const law = parseArrivalLaw("binomial:2").ofMean(mean, 10);
    expect(law.mean).toBeCloseTo(mean, 10);
    expect(law.variance / 10).toBeCloseTo((1 - 10 ** -5) / 2, 10);
    expectMoments(law);
    const rounded = parseArrivalLaw("rounded").ofMean(9.25, 10);
    expect(rounded.variance).toBeCloseTo(0.1875, 12);
    expectMoments(rounded);
    expectMoments(parseArrivalLaw("binomial:1").ofMean(3000, 10_000));
  });

  it.each([
    ["poisson", "use one of binomial:TRIALS_PER_SERVER | rounded"],
    ["binomial:0", "trialsPerServer = 0: must be a whole number >= 1"],
    ["binomial:1.5", "trialsPerServer = 1.5: must be a whole number >= 1"],
    ["binomial:", "trialsPerServer = : must be a whole number >= 1"],
  ])("of arrivals are not %s", (text, message) => {
    expect(() => parseArrivalLaw(text)).toThrow(UserError);
    expect(() => parseArrivalLaw(text)).toThrow(message);
  });

  it.each([
    ["poisson", "use one of constant | zero-or:GREATEST"],
    ["zero-or:0", "greatest = 0: must be a whole number >= 1"],
    ["zero-or:two", "greatest = two: must be a whole number >= 1"],
    ["uniform:3", '"3" has more values than there are options; write uniform'],
  ])("of services are not %s", (text, message) => {
    expect(() => parseServiceLaw(text)).toThrow(message);
  });

  it("refuse a mean that the trials cannot have", () => {
    expect(() => parseArrivalLaw("binomial:1").ofMean(11, 10)).toThrow(/10 trials cannot have a mean of 11 successes/);
  });
});
