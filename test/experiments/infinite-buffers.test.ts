import { describe, expect, it } from "vitest";
import { InfiniteBufferTheory } from "../../experiments/infinite-buffers.js";
import { policyNamed } from "../../policies/index.js";
import { Chain } from "../../simulator/chain.js";

const SERVERS = 30;
const RATES = Array.from({ length: SERVERS }, (_, server) => (server < SERVERS / 2 ? 1.5 : 0.5));
const RUNS = 16;
/** Student's t at 99.9 %, fifteen degrees of freedom. */
const T = 4.073;

/** Jobs per server in independent runs: the mean, and the half-width of its interval. */
function meanQueue(policy: string, arrivalRate: number): { mean: number; halfWidth: number } {
  const runs = Array.from({ length: RUNS }, (_, run) => {
    const chain = new Chain({
      servers: SERVERS,
      arrivalRate,
      serviceRate: RATES,
      buffer: Number.POSITIVE_INFINITY,
      policy: policyNamed(policy),
      seed: `mean field/${run}`,
    });
    chain.run(50_000);
    chain.restartStatistics();
    chain.run(arrivalRate > 0.8 ? 1_000_000 : 300_000);
    return chain.statistics().meanQueueLength;
  });
  const mean = runs.reduce((sum, one) => sum + one, 0) / RUNS;
  const variance = runs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (RUNS - 1);
  return { mean, halfWidth: T * Math.sqrt(variance / RUNS) };
}

describe("the mean field of servers of two speeds", () => {
  it.each(
    ["jsq-d", "sed-d", "sed-d:replacement=yes", "jfsq-d"].flatMap((policy) =>
      [0.7, 0.9].map((load) => [policy, load] as const),
    ),
  )(
    "under %s at load %d is within a hundredth of simulation at 30 servers, and within its error",
    (policy, arrivalRate) => {
      const claims = new Map(new InfiniteBufferTheory({ arrivalRate, rates: RATES, policy }).claims(0, []));
      const claim = claims.get("mean_queue_length");
      if (claim === undefined || !("value" in claim)) throw new Error("no prediction");
      expect(claim.kind).toBe("refined");
      const { mean, halfWidth } = meanQueue(policy, arrivalRate);
      expect(Math.abs(claim.value - mean)).toBeLessThan(0.01 * mean + halfWidth);
      expect(Math.abs(claim.value - mean)).toBeLessThan(claim.modelError + halfWidth);
      expect(halfWidth).toBeLessThan(0.02 * mean);
    },
  );
});
