import { describe, expect, it } from "vitest";
import { Generator } from "../../load-generator/generator.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { QueueingSystem } from "../../simulator/queueing-system.js";
import { lateBindingSojourn } from "../../theory/power-of-d/late-binding.js";

/** The mean sojourn time in a run, and its half-width at 99.9 %, by independent runs of the same length. */
function sojournTime(policy: string, servers: number, load: number): { mean: number; halfWidth: number } {
  const runs = Array.from({ length: 5 }, (_, run) => {
    const stream = (purpose: string) => randomStream(`${policy}/${run}`, purpose);
    const system = new QueueingSystem({
      servers,
      jobs: new Generator(
        poissonArrivals(load * servers, stream("arrivals")),
        exponentialJobSizes.sequence(stream("works")),
        0,
      ),
      serviceRate: 1,
      buffer: Number.POSITIVE_INFINITY,
      policy: policyNamed(policy),
      seed: `${policy}/${run}`,
    });
    system.run(60 * servers);
    system.restartStatistics();
    system.run(300_000);
    return system.statistics().meanSojournTime;
  });
  const mean = runs.reduce((sum, one) => sum + one, 0) / runs.length;
  const variance = runs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (runs.length - 1);
  // Student's t with four degrees of freedom.
  return { mean, halfWidth: 8.61 * Math.sqrt(variance / runs.length) };
}

describe("ll-d", () => {
  it.each([
    ["ll-d:2", 0.8],
    ["ll-d:3", 0.9],
  ])(
    "%s at load %d has the mean sojourn time of late binding, within a hundredth at a thousand servers",
    (policy, load) => {
      const { mean, halfWidth } = sojournTime(policy, 1000, load);
      const limit = lateBindingSojourn(load, Number(policy.split(":")[1]));
      expect(Math.abs(mean - limit)).toBeLessThan(0.01 * limit + halfWidth);
      // At random, jobs would take three times as long, or seven.
      expect(halfWidth).toBeLessThan(0.05 * limit);
    },
  );
});
