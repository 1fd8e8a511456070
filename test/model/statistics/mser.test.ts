import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { mserCut } from "../../../model/statistics/mser.js";
import { autoregressive } from "../../support/gaussian.js";

const noise = (seed: string, length: number): number[] => autoregressive(randomStream("mser", seed), 0.5, length);

/** The definition, cut by cut. */
function naive(values: readonly number[]): number | undefined {
  const batches = Array.from({ length: Math.floor(values.length / 5) }, (_, i) => {
    const batch = values.slice(5 * i, 5 * i + 5);
    return batch.reduce((sum, x) => sum + x, 0) / 5;
  });
  const criteria = batches.slice(0, -4).map((_, cut) => {
    const rest = batches.slice(cut);
    const mean = rest.reduce((sum, x) => sum + x, 0) / rest.length;
    return rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rest.length ** 2;
  });
  const cut = 5 * criteria.indexOf(Math.min(...criteria));
  return cut > values.length / 2 ? undefined : cut;
}

describe("the MSER-5 cut", () => {
  it("is that of the definition", () => {
    for (let run = 0; run < 50; run++) {
      const values = noise(String(run), 400).map((x, i) => x + 6 * Math.exp(-i / (10 + run)));
      expect(mserCut(values), `run ${run}`).toBe(naive(values));
    }
  });

  it("takes a start away that is far off, and little more", () => {
    const values = noise("start", 1000).map((x, i) => (i < 100 ? x + 20 : x));
    expect(mserCut(values)).toBeGreaterThanOrEqual(100);
    expect(mserCut(values)).toBeLessThan(200);
  });

  it("says so of a series that has not settled, and of one too short to tell", () => {
    expect(mserCut(Array.from({ length: 500 }, (_, i) => i))).toBeUndefined();
    expect(mserCut(noise("short", 49))).toBeUndefined();
  });
});
