import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { sequenceHalfWidth } from "../../../model/statistics/confidence-sequence.js";
import { studentQuantile } from "../../../model/statistics/interval.js";
import { studentSequenceHalfWidth } from "../../../model/statistics/student-sequence.js";
import { gaussian } from "../../support/gaussian.js";

/** log of the martingale sqrt(c / (n + c)) (1 - S^2 / ((n + c) V))^(-n/2), written down as the source has it. */
function logMartingale(values: readonly number[], mean: number, c: number): number {
  const n = values.length;
  const sum = values.reduce((total, value) => total + value - mean, 0);
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.log(c / (n + c)) / 2 - (n / 2) * Math.log(1 - sum ** 2 / ((n + c) * squares));
}

const averageOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const deviationOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, one) => sum + (one - averageOf(values)) ** 2, 0) / (values.length - 1));

describe("a confidence sequence for normal values of unknown variance", () => {
  it("ends where the martingale of Lai (1976) reaches 1 / missing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 1e-6, max: 0.3, noNaN: true }),
        fc.double({ min: 1, max: 200, noNaN: true }),
        (values, missing, bestAt) => {
          const deviation = deviationOf(values);
          fc.pre(deviation > 1e-3);
          const halfWidth = studentSequenceHalfWidth({ bestAt, missing }, values.length, deviation);
          const c = bestAt / (-2 * Math.log(missing) + Math.log1p(-2 * Math.log(missing)));
          const at = (mean: number): number => logMartingale(values, mean, c) + Math.log(missing);
          if (Number.isFinite(halfWidth)) expect(at(averageOf(values) + halfWidth)).toBeCloseTo(0, 6);
          else expect(at(averageOf(values) + 1e9 * deviation)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it("misses the mean at any count at all no more often than it says, where Student's interval misses it far more often", () => {
    const missing = 0.1;
    const paths = 2000;
    let missed = 0;
    let missedByStudent = 0;
    for (let path = 0; path < paths; path++) {
      const random = randomStream("student-sequence", String(path));
      let [sum, squares] = [0, 0];
      let [misses, studentMisses] = [false, false];
      for (let count = 1; count <= 200; count++) {
        const value = gaussian(random);
        sum += value;
        squares += value * value;
        if (count < 2) continue;
        const deviation = Math.sqrt((squares - (sum * sum) / count) / (count - 1));
        const error = Math.abs(sum / count);
        misses ||= error > studentSequenceHalfWidth({ bestAt: 40, missing }, count, deviation);
        studentMisses ||= error > (deviation / Math.sqrt(count)) * studentQuantile(1 - missing / 2, count - 1);
      }
      if (misses) missed++;
      if (studentMisses) missedByStudent++;
    }
    // 5 standard deviations of a binomial number above what is allowed: by chance once in a million.
    expect(missed).toBeLessThan(paths * missing + 5 * Math.sqrt(paths * missing * (1 - missing)));
    expect(missed).toBeGreaterThan(0.2 * paths * missing);
    expect(missedByStudent).toBeGreaterThan(3 * paths * missing);
  });

  it("becomes that of a known variance", () => {
    const sequence = { bestAt: 5000, missing: 0.001 };
    expect(studentSequenceHalfWidth(sequence, 50_000, 2)).toBeCloseTo(sequenceHalfWidth(sequence, 50_000, 4), 4);
  });

  it("tells nothing of one value, and little of few", () => {
    const sequence = { bestAt: 40, missing: 0.001 };
    expect(studentSequenceHalfWidth(sequence, 1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(studentSequenceHalfWidth(sequence, 2, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(studentSequenceHalfWidth(sequence, 10, 1)).toBeGreaterThan(1.5);
  });
});
