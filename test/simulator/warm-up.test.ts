import { describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { commonCut, measuredWarmUp } from "../../simulator/warm-up.js";
import { gaussian } from "../support/gaussian.js";

/** A run whose mean rate decays from a start to a value, with noise; jobs are all noise. */
function run(seed: string, start: number, end: number) {
  const random = randomStream("warm-up", seed);
  const rates = Array.from({ length: 1000 }, (_, i) => [
    end + (start - end) * Math.exp(-i / 20) + 0.05 * gaussian(random),
  ]);
  return { rates, jobs: rates.map(() => 10 + gaussian(random)) };
}

describe("a measured warm-up", () => {
  it("is as long as the slower of two runs takes that start on opposite sides", () => {
    const cut = commonCut([run("a", 0, 1), run("b", 3, 1)]);
    // 2 exp(-i/20) is below the noise of 0.05 from i = 74 on.
    expect(cut).toBeGreaterThan(60);
    expect(cut).toBeLessThan(300);
  });

  it("is not said of runs that do not agree, or have not settled", () => {
    expect(commonCut([run("a", 0, 1), run("b", 3, 1.1)])).toBeUndefined();
    const rising = { rates: Array.from({ length: 1000 }, (_, i) => [i]), jobs: run("a", 0, 1).jobs };
    expect(commonCut([rising, run("b", 3, 1)])).toBeUndefined();
  });

  it("is found for rate scaling, about as long as theory says", async () => {
    const settings = { servers: "10", inverseStep: "20" };
    const time = await measuredWarmUp({ scenario: "rate-scaling", settings, seed: "1" }, inlineRunner);
    expect(time).toBeGreaterThan(20);
    expect(time).toBeLessThan(1000);
  });

  it("needs opposite states to start from", async () => {
    const settings = { servers: "2", rateControl: "fixed", initialRates: "constant:1" };
    await expect(measuredWarmUp({ scenario: "rate-scaling", settings, seed: "1" }, inlineRunner)).rejects.toThrow(
      /has no opposite initial states/,
    );
  });
});
