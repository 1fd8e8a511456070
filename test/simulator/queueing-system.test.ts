import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generator } from "../../load-generator/generator.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import { randomStream } from "../../model/random.js";
import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { policyNamed } from "../../policies/index.js";
import { type QueueingStatistics, QueueingSystem } from "../../simulator/queueing-system.js";
import { WaitingLines } from "../../simulator/waiting-lines.js";
import { erlangC } from "../support/erlang-c.js";

/** Probability that an interval below misses the true value. */
const FALSE_ALARM = 1e-5;
const BATCHES = 30;

interface Variation {
  readonly servers?: number;
  readonly arrivalRate: number;
  readonly law?: JobSizeLaw;
  readonly serviceRate?: number | readonly number[];
  readonly policy?: string;
  readonly buffer?: number;
  readonly seed?: string;
}

function systemOf(variation: Variation): QueueingSystem {
  const { servers = 1, arrivalRate, law = exponentialJobSizes, serviceRate = 1, policy = "random" } = variation;
  const { buffer = Number.POSITIVE_INFINITY, seed = "1" } = variation;
  const arrivals = poissonArrivals(arrivalRate * servers, randomStream(seed, "arrivals"));
  const jobs = new Generator(arrivals, law.sequence(randomStream(seed, "works")), 0);
  return new QueueingSystem({ servers, jobs, serviceRate, buffer, policy: policyNamed(policy), seed });
}

/** The statistics of independent-looking stretches of one run, after a warm-up of two of them. */
function batches(variation: Variation, events: number): QueueingStatistics[] {
  const system = systemOf(variation);
  system.run((2 * events) / BATCHES);
  return Array.from({ length: BATCHES }, () => {
    system.restartStatistics();
    system.run(events / BATCHES);
    return system.statistics();
  });
}

/** Expects the interval to hold the value, and to be a test of it at all. */
function expectMean(values: readonly number[], expected: number, precision: number): void {
  const { low, high } = confidenceInterval(meanOf(values), 1 - FALSE_ALARM);
  expect(high - low).toBeLessThan(2 * precision * expected);
  expect(low).toBeLessThan(expected);
  expect(high).toBeGreaterThan(expected);
}

describe("a queueing system of general laws", () => {
  // Pollaczek and Khinchine: E[S] = 1 + rho (1 + c^2) / (2 (1 - rho)).
  it.each([
    ["exponential", 0.7],
    ["constant", 0.8],
    ["hyperexponential:4", 0.6],
  ])("has the sojourn times of M/G/1 with works %s", (name, load) => {
    const law = jobSizeLawNamed(name);
    const seen = batches({ arrivalRate: load, law }, 1.5e6);
    const sojournTime = 1 + (load * (1 + law.squaredVariation)) / (2 * (1 - load));
    expectMean(
      seen.map(({ meanSojournTime }) => meanSojournTime),
      sojournTime,
      0.08,
    );
    // Little's law, batch by batch but for the jobs at its ends.
    expectMean(
      seen.map(({ meanQueueLength }) => meanQueueLength),
      load * sojournTime,
      0.08,
    );
  });

  it("is M/M/1 at each server under random routing, at rates of their own", () => {
    const seen = batches({ servers: 2, arrivalRate: 0.5, serviceRate: [1, 2] }, 2e6);
    // Each gets half: loads 1/2 and 1/4.
    expectMean(
      seen.map(({ meanQueueLength }) => meanQueueLength),
      (1 + 1 / 3) / 2,
      0.05,
    );
  });

  it("blocks as Erlang says under jiq with unit buffers, whatever the law of the works", () => {
    for (const name of ["exponential", "constant"]) {
      const seen = batches({ servers: 5, arrivalRate: 0.8, law: jobSizeLawNamed(name), policy: "jiq", buffer: 1 }, 8e5);
      // Erlang B of 5 servers at a load of 4.
      expectMean(
        seen.map(({ blocked, offered }) => blocked / offered),
        4 ** 5 / 120 / (1 + 4 + 8 + 64 / 6 + 256 / 24 + 1024 / 120),
        0.05,
      );
    }
  });

  it("keeps the books", () => {
    const system = systemOf({ servers: 4, arrivalRate: 1.3, buffer: 3, policy: "jsq" });
    system.run(100_000);
    const { offered, blocked, completed } = system.statistics();
    expect(offered - blocked - completed).toBe(system.jobs);
    expect(offered + completed).toBe(100_000);
    expect(blocked).toBeGreaterThan(0);
  });

  it("waits longer than a common queue and less than queues of random jobs, under jsq", () => {
    const [servers, load] = [10, 0.9];
    const mean = (policy: string): number => {
      const system = systemOf({ servers, arrivalRate: load, policy });
      system.run(4e5);
      return system.statistics().meanSojournTime;
    };
    const common = 1 + erlangC(servers, servers * load) / (servers * (1 - load));
    expect(mean("jsq")).toBeGreaterThan(common);
    expect(mean("random")).toBeGreaterThan(2 * mean("jsq"));
  });
});

describe("waiting lines", () => {
  it("are first in first out at each server", () => {
    const step = fc.record({ server: fc.nat(3), push: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const lines = new WaitingLines(4);
        const naive: number[][] = [[], [], [], []];
        for (const [job, { server, push }] of steps.entries()) {
          if (push) {
            lines.push(server, job, -job);
            naive[server].push(job);
          } else if (!lines.isEmpty(server)) {
            const first = naive[server].shift();
            expect(lines.firstWork(server)).toBe(first);
            expect(lines.firstArrival(server)).toBe(-(first ?? Number.NaN));
            lines.shift(server);
          }
          expect(naive.map((line) => line.length === 0)).toEqual([0, 1, 2, 3].map((s) => lines.isEmpty(s)));
        }
      }),
    );
  });
});
