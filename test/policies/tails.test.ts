import { describe, expect, it } from "vitest";
import { Generator } from "../../load-generator/generator.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import type { PolicyFactory } from "../../policies/policy.js";
import { QueueingSystem } from "../../simulator/queueing-system.js";

const RATES = [1.5, 1.5, 1.5, 1.5, 1.5, 0.5, 0.5, 0.5, 0.5, 0.5];
const LOAD = 0.95;
const JOBS = 46_000;
const SEEDS = Array.from({ length: 20 }, (_, seed) => `tails/${seed}`);
/** Student's t for a one-sided limit at 95 %, of 19 degrees of freedom. */
const T = 1.729;

/** The same policy, whose jobs' latencies are noted. */
function noting(policy: PolicyFactory, latencies: number[]): PolicyFactory {
  return (fleet, random) => {
    const { name, knows, information, choose } = policy(fleet, random);
    const completed = (_server: number, latency: number): void => void latencies.push(latency);
    return { name, knows: [...knows, "latencies"], information, choose, completed };
  };
}

/** The 99th percentile of the latency of so many jobs, which arrive the same for the same seed. */
function p99(name: string, seed: string): number {
  const latencies: number[] = [];
  const arrivals = poissonArrivals(LOAD * RATES.length, randomStream(seed, "arrivals"));
  const works = exponentialJobSizes.sequence(randomStream(seed, "works"));
  const system = new QueueingSystem({
    servers: RATES.length,
    jobs: new Generator(arrivals, works, 0),
    serviceRate: RATES,
    buffer: Number.POSITIVE_INFINITY,
    policy: noting(policyNamed(name), latencies),
    seed,
  });
  system.run(2 * JOBS);
  return latencies.sort((a, b) => a - b)[Math.floor(0.99 * latencies.length)];
}

describe("tails at two speeds and a load of 0.95", () => {
  it("under sed are within a twentieth of those under the weighted least connections of HAProxy and of nginx", () => {
    const ours = SEEDS.map((seed) => p99("sed", seed));
    for (const variant of ["haproxy", "nginx"]) {
      const ratios = SEEDS.map((seed, i) => ours[i] / p99(`least-connections:${variant}`, seed));
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (ratios.length - 1);
      expect(mean + T * Math.sqrt(variance / ratios.length)).toBeLessThan(1.05);
    }
  });
});
