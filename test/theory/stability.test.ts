import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { exponential, type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import { fleetStability, type RoutedBy, type RoutedFleet } from "../../theory/stability.js";

/** Policies that the simulation knows. */
type Known = Exclude<RoutedBy, { kind: "other" | "unknown" }>;

const verdictOf = (fleet: Partial<RoutedFleet>) =>
  fleetStability({ policy: { kind: "jiq" }, rates: [1], arrivalRate: 0.5, buffer: Number.POSITIVE_INFINITY, ...fleet });

/** Where a job goes, of queue lengths. */
function choose(policy: Known, jobs: readonly number[], job: number, random: RandomStream): number {
  const shortestOf = (servers: readonly number[]): number => {
    const least = Math.min(...servers.map((server) => jobs[server]));
    const tied = servers.filter((server) => jobs[server] === least);
    return tied[uniformIndex(random, tied.length)];
  };
  const all = [...jobs.keys()];
  switch (policy.kind) {
    case "random":
      return uniformIndex(random, jobs.length);
    case "round-robin":
      return job % jobs.length;
    case "weighted": {
      const point = random() * policy.weights.reduce((a, b) => a + b, 0);
      return policy.weights.findIndex((_, i) => policy.weights.slice(0, i + 1).reduce((a, b) => a + b) > point);
    }
    case "all-servers":
      return shortestOf(all);
    case "d-choices": {
      const drawn: number[] = [];
      for (let draw = 0; draw < policy.choices; draw++) {
        const left = policy.replacement ? all : all.filter((server) => !drawn.includes(server));
        if (left.length > 0) drawn.push(left[uniformIndex(random, left.length)]);
      }
      return shortestOf(drawn);
    }
    case "jiq": {
      const idle = all.filter((server) => jobs[server] === 0);
      return (idle.length > 0 ? idle : all)[uniformIndex(random, idle.length > 0 ? idle.length : all.length)];
    }
  }
}

/** How much each queue grows in a unit of time, in the second half of a simulation. */
function growth(policy: Known, rates: readonly number[], arrivalRate: number, duration: number): number[] {
  const random = randomStream("stability", JSON.stringify([policy, rates, arrivalRate]));
  const jobs = rates.map(() => 0);
  const total = arrivalRate * rates.length + rates.reduce((a, b) => a + b, 0);
  let half: number[] | undefined;
  let count = 0;
  for (let now = 0; now < duration; now += exponential(random, 1 / total)) {
    if (now > duration / 2) half ??= jobs.slice();
    const point = random() * total - arrivalRate * rates.length;
    if (point < 0) jobs[choose(policy, jobs, count++, random)]++;
    else {
      const server = rates.findIndex((_, i) => rates.slice(0, i + 1).reduce((a, b) => a + b) > point);
      if (server >= 0 && jobs[server] > 0) jobs[server]--;
    }
  }
  return jobs.map((length, server) => (length - (half?.[server] ?? 0)) / (duration / 2));
}

describe("stability by policy", () => {
  it.each([
    [true, 0.599, "stable"],
    [true, 0.601, "unstable"],
    [false, 0.899, "stable"],
    [false, 0.901, "unstable"],
  ] as const)(
    "of two choices of 1.7, 1.7, 0.3, 0.3, replacement %s, at %f is %s",
    (replacement, arrivalRate, verdict) => {
      const policy = { kind: "d-choices", choices: 2, replacement } as const;
      const found = verdictOf({ policy, rates: [1.7, 0.3, 1.7, 0.3], arrivalRate });
      expect(found.verdict).toBe(verdict);
      if (found.verdict === "unstable") {
        expect(found.servers).toEqual(replacement ? [1, 3] : expect.arrayContaining([1, 3]));
        expect(found.load).toBeCloseTo(1, 2);
      }
    },
  );

  it("of jiq with rates 1.9 and 0.1: the slow queue grows as it is found to", () => {
    const found = verdictOf({ rates: [1.9, 0.1], arrivalRate: 0.8 });
    expect(found).toEqual({ verdict: "unstable", servers: [1], load: expect.closeTo(4.74, 2) });
    // What it gets is the load times the rate, and it grows by that less the rate.
    const expected = ((found.verdict === "unstable" ? found.load : 0) - 1) * 0.1;
    expect(expected).toBeCloseTo(0.374, 3);
    expect(growth({ kind: "jiq" }, [1.9, 0.1], 0.8, 40_000)[1]).toBeCloseTo(expected, 1.5);
  });

  it("is what simulated queues show: they grow where it says so, and those alone", () => {
    const rate = fc.constantFrom(0.3, 0.8, 1.3, 2);
    const kinds = fc.oneof(
      fc.constantFrom<Known>({ kind: "random" }, { kind: "round-robin" }, { kind: "all-servers" }, { kind: "jiq" }),
      fc.record({
        kind: fc.constant("d-choices" as const),
        choices: fc.integer({ min: 1, max: 3 }),
        replacement: fc.boolean(),
      }),
    );
    const duration = 4000;
    let unstable = 0;
    fc.assert(
      fc.property(
        kinds,
        fc.array(rate, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.1, max: 1.5, noNaN: true }),
        (policy, rates, arrivalRate) => {
          const fleet = { policy, rates, arrivalRate };
          const found = verdictOf(fleet);
          // Far enough from the border for a short simulation to tell.
          if (found.verdict !== verdictOf({ ...fleet, arrivalRate: 1.15 * arrivalRate }).verdict) return;
          if (found.verdict !== verdictOf({ ...fleet, arrivalRate: arrivalRate / 1.15 }).verdict) return;
          const grows = growth(policy, rates, arrivalRate, duration);
          if (found.verdict === "stable") for (const one of grows) expect(one).toBeLessThan(0.03);
          if (found.verdict !== "unstable") return;
          unstable++;
          const capacity = found.servers.reduce((sum, server) => sum + rates[server], 0);
          const together = found.servers.reduce((sum, server) => sum + grows[server], 0);
          expect(together).toBeGreaterThan(0.5 * (found.load - 1) * capacity - 0.02);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    expect(unstable).toBeGreaterThan(20);
  });

  it("of weighted routing depends on the weights, and of all servers on the total", () => {
    const rates = [3, 1];
    expect(verdictOf({ policy: { kind: "weighted", weights: [3, 1] }, rates, arrivalRate: 1.9 }).verdict).toBe(
      "stable",
    );
    expect(verdictOf({ policy: { kind: "weighted", weights: [1, 1] }, rates, arrivalRate: 1.9 })).toEqual({
      verdict: "unstable",
      servers: [1],
      load: 1.9,
    });
    expect(verdictOf({ policy: { kind: "all-servers" }, rates, arrivalRate: 1.99 }).verdict).toBe("stable");
    expect(verdictOf({ policy: { kind: "all-servers" }, rates, arrivalRate: 2 })).toMatchObject({
      servers: [0, 1],
      load: 1,
    });
    expect(verdictOf({ policy: { kind: "random" }, rates: [1, 0], arrivalRate: 0.1 })).toMatchObject({ servers: [1] });
  });

  it("of any other policy is only denied where no policy can help", () => {
    const policy = { kind: "other" } as const;
    expect(verdictOf({ policy, rates: [1.5, 0.5], arrivalRate: 0.99 }).verdict).toBe("unknown");
    expect(verdictOf({ policy, rates: [1.5, 0.5], arrivalRate: 1 })).toEqual({
      verdict: "unstable",
      servers: [0, 1],
      load: 1,
    });
  });

  it("of finite buffers is certain, of jiq between its two proofs unknown", () => {
    expect(verdictOf({ buffer: 3, arrivalRate: 100 })).toEqual({ verdict: "stable" });
    expect(verdictOf({ rates: [1.2, 0.9], arrivalRate: 0.91 }).verdict).toBe("unknown");
    expect(verdictOf({ rates: [1, 1], arrivalRate: 1 }).verdict).toBe("unstable");
    // A server that does nothing is given a job in the end, for ever, and more.
    expect(verdictOf({ rates: [2, 2, 0], arrivalRate: 0.5 })).toMatchObject({ verdict: "unstable", servers: [2] });
  });

  it("of jiq is decided soon for many servers, of rate 0 too", () => {
    const many = Array.from({ length: 4000 }, (_, server) => (server < 100 ? 0 : 0.5 + server / 4000));
    expect(verdictOf({ rates: many, arrivalRate: 0.9 })).toMatchObject({ verdict: "unstable" });
    expect(verdictOf({ rates: many.slice(100), arrivalRate: 0.9 }).verdict).toBe("unknown");
    expect(verdictOf({ rates: new Array(20_000).fill(1), arrivalRate: 0.9 }).verdict).toBe("stable");
  });

  it("refuses what is out of range", () => {
    expect(() => verdictOf({ rates: [] })).toThrow(UserError);
    expect(() => verdictOf({ rates: [-1] })).toThrow(/service rate -1/);
    expect(() => verdictOf({ arrivalRate: 0 })).toThrow(/arrival rate 0/);
    expect(() => verdictOf({ buffer: 0 })).toThrow(/buffer 0/);
    expect(() => verdictOf({ policy: { kind: "d-choices", choices: 0, replacement: true } })).toThrow(/choices 0/);
    expect(() => verdictOf({ policy: { kind: "weighted", weights: [1, 2] } })).toThrow(/2 weights for 1/);
    expect(() => verdictOf({ policy: { kind: "weighted", weights: [0] } })).toThrow(/weight 0/);
  });
});
