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
