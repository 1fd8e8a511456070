import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { divided } from "../../experiments/division.js";
import { UserError } from "../../model/errors.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { randomStream } from "../../model/random.js";
import { policyNamed, simulatedPolicyNamed } from "../../policies/index.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { CopyLines, NO_COPY } from "../../simulator/copy-lines.js";
import { simulate } from "../../simulator/simulation.js";

const RUNS = 5;
/** Student's t at 99 %, four degrees of freedom. */
const T = 4.6041;

interface Course {
  readonly replication?: number;
  readonly measuringTime?: number;
  readonly messageDelay?: MessageDelay;
}

function run(settings: Record<string, string>, { measuringTime = 4000, messageDelay, replication = 1 }: Course = {}) {
  const output = simulate({
    scenario: "fleet",
    settings: { policy: "redundancy-d", ...settings },
    seed: "1",
    familyConfidence: 0.99,
    measuringTime,
    messageDelay,
    replication,
  });
  return {
    ...output,
    found: (name: string) => output.quantities.find((quantity) => quantity.name === name),
  };
}

describe("copies of jobs, cancelled when the first is done", () => {
  // Gardner et al. (2017), Theorem 1.
  it.each([
    [5, 2, 0.7],
    [10, 3, 0.8],
    [50, 2, 0.9],
    [5, 9, 0.5],
  ])("at %d servers, d %d, load %d, are in the system as long as the theorem says", (servers, d, arrivalRate) => {
    const settings = { servers: String(servers), policy: `redundancy-d:${d}`, arrivalRate: String(arrivalRate) };
    const measuringTime = 15_000 / servers / (1 - arrivalRate);
    const runs = Array.from({ length: RUNS }, (_, i) => run(settings, { measuringTime, replication: i + 1 }));
    for (const name of ["mean_sojourn_time", "mean_queue_length", "busy_fraction"]) {
      const [claim] = runs[0].found(name)?.predictions ?? [];
      if (claim === undefined || !("value" in claim)) throw new Error(`no prediction of ${name}`);
      expect(claim).toMatchObject({ kind: "exact", status: "applies" });
      const measured = runs.map(({ found }) => found(name)?.measured ?? Number.NaN);
      const mean = measured.reduce((sum, one) => sum + one, 0) / RUNS;
      const variance = measured.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (RUNS - 1);
      const halfWidth = T * Math.sqrt(variance / RUNS);
      expect(Math.abs(mean - claim.value), `${name}, seed 1`).toBeLessThan(halfWidth);
      expect(halfWidth).toBeLessThan(0.08 * mean);
    }
    for (const { found, quantities, totals } of runs) {
      expect(quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
      expect(found("mean_waiting_time")).toBeUndefined();
      expect(totals.offered).toBe(totals.completed + totals.inFlight);
    }
  });

  it("all of the same size, at two servers that are alike, are two equal queues of all jobs", () => {
    const { found } = run(
      { servers: "2", policy: "redundancy-d:copies=identical", arrivalRate: "0.3" },
      { measuringTime: 20_000 },
    );
    // M/M/1 at load 0.6, where the theorem does not apply.
    expect((found("mean_sojourn_time")?.measured ?? 0) * 0.4).toBeGreaterThan(0.93);
    expect((found("mean_sojourn_time")?.measured ?? 0) * 0.4).toBeLessThan(1.07);
    expect(found("busy_fraction")?.measured).toBeCloseTo(0.6, 1);
    expect(found("mean_sojourn_time")).toMatchObject({ verdict: "undecided", decidedBy: null });
  });

  it("are jobs of the fleet where there is one copy of each", () => {
    const { found, quantities } = run({ servers: "4", policy: "redundancy-d:1", initialRates: "constant:2" });
    expect(found("mean_sojourn_time")?.predictions[0]).toMatchObject({ kind: "exact", value: 1 / (2 - 0.7) });
    expect(quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
  });

  it("leave the books balanced whatever the buffers, the sizes and the servers", () => {
    const settings = fc.record({
      classes: fc.constantFrom("1x1", "2x1,1x3", "5x0.7,2x2"),
      policy: fc.constantFrom("redundancy-d:1", "redundancy-d", "redundancy-d:d=3:copies=identical", "redundancy-d:20"),
      buffer: fc.constantFrom("1", "2", "7"),
      load: fc.constantFrom("0.4", "0.95", "2"),
      sizes: fc.constantFrom("exponential", "constant", "hyperexponential:4"),
    });
    fc.assert(
      fc.property(settings, (drawn) => {
        const { totals, quantities } = run(drawn, { measuringTime: 100 });
        expect(totals.offered).toBe(totals.blocked + totals.completed + totals.inFlight);
        // No server does more than it can, and none has more than its buffer.
        const value = (name: string): number => quantities.find((one) => one.name === name)?.measured ?? 0;
        expect(value("busy_fraction")).toBeLessThanOrEqual(1 + 1e-9);
        expect(value("mean_queue_length")).toBeLessThanOrEqual(Number(drawn.buffer) + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, () => unknown]>([
    ["a dispatcher", () => new Dispatcher(simulatedPolicyNamed("redundancy-d"), randomStream("1", "policy"))],
    [
      "several dispatchers",
      () => divided(fleet.configure({ policy: "redundancy-d" }, "1"), { dispatchers: 2, views: "told" }),
    ],
    ["a scenario that runs live", () => policyNamed("redundancy-d")],
    ["messages that take time", () => run({}, { messageDelay: { law: "constant", time: 0.1 } })],
    ["servers that share their worker", () => run({ discipline: "ps" })],
    ["servers of several workers", () => run({ workers: "2" })],
  ])("are refused by %s, with the reason", (_, attempt) => {
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(/virtual time|copies/);
  });

  it("may have a steady state at any load where their sizes are their own and vary", () => {
    const conditions = (settings: Record<string, string>) =>
      fleet.configure({ policy: "redundancy-d", ...settings }, "1").assumptions.map(({ holds }) => holds);
    expect(conditions({})).toEqual([]);
    expect(conditions({ load: "1.1", sizes: "hyperexponential:4" })).toEqual([null]);
    expect(conditions({ policy: "redundancy-d:copies=identical" })).toEqual([null]);
    expect(() => conditions({ load: "1.1" })).toThrow(/unstable/);
    // Both copies fall to the slow ones for a sixth of the jobs.
    expect(() => conditions({ classes: "2x1.9,2x0.1", load: "0.95" })).toThrow(/servers 2, 3 have load/);
  });
});

describe("lines of copies", () => {
  it("are arrays from which copies are taken anywhere", () => {
    const step = fc.record({ servers: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }), ends: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lines = new CopyLines(4, 3);
        const naive: number[][] = [[], [], [], []];
        const present: { job: number; arrival: number }[] = [];
        for (const [now, { servers, ends }] of steps.entries()) {
          const job = lines.admit(now);
          present.push({ job, arrival: now });
          for (const server of servers) naive[server].push(lines.join(job, server, now + server / 10));
          if (ends < present.length) {
            const [ended] = present.splice(ends, 1);
            expect(lines.arrivalOf(ended.job)).toBe(ended.arrival);
            for (let place = 0; place < lines.copiesOf(ended.job); place++) {
              const copy = lines.copyAt(ended.job, place);
              const server = lines.serverOf(copy);
              expect([lines.jobOf(copy), lines.workOf(copy)]).toEqual([ended.job, ended.arrival + server / 10]);
              naive[server].splice(naive[server].indexOf(copy), 1);
              lines.leave(copy);
            }
            lines.release(ended.job);
          }
          expect(lines.jobs).toBe(present.length);
          for (const [server, line] of naive.entries()) expect(lines.first(server)).toBe(line[0] ?? NO_COPY);
        }
      }),
    );
  });
});
