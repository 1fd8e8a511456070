import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idlePeriodRawMoments } from "../../../theory/rate-scaling/idle-period.js";
import { QueuedServers } from "../../../theory/rate-scaling/queued-servers.js";
import { denseSolve } from "../../support/dense-solve.js";

interface System {
  readonly servers: number;
  readonly buffer: number;
  readonly arrivalRate: number;
  readonly serviceRate: number;
}

/** E[L^k] of server 0 and its blocked fraction from the generator on all queue lengths, without any use of symmetry. */
function byBruteForce({ servers, buffer, arrivalRate, serviceRate }: System, count: number) {
  const states = [...Array((buffer + 1) ** servers).keys()];
  const jobsAt = (state: number, v: number): number => Math.floor(state / (buffer + 1) ** v) % (buffer + 1);
  const generator = states.map(() => states.map(() => 0));
  const add = (from: number, to: number, rate: number): void => {
    generator[from][to] += rate;
    generator[from][from] -= rate;
  };
  const all = [...Array(servers).keys()];
  for (const state of states) {
    const idle = all.filter((v) => jobsAt(state, v) === 0);
    const open = idle.length > 0 ? idle : all;
    for (const v of open)
      if (jobsAt(state, v) < buffer) add(state, state + (buffer + 1) ** v, (arrivalRate * servers) / open.length);
    for (const v of all) if (jobsAt(state, v) > 0) add(state, state - (buffer + 1) ** v, serviceRate);
  }
  const transposed = generator.map((_, i) => generator.map((row) => row[i]));
  transposed[0] = states.map(() => 1);
  const stationary = denseSolve(transposed, [1, ...states.slice(1).map(() => 0)]);
  const whileIdle = states.filter((state) => jobsAt(state, 0) === 0);
  const completions = states.reduce((sum, state) => sum + (jobsAt(state, 0) > 0 ? stationary[state] : 0), 0);
  const negated = whileIdle.map((i) => whileIdle.map((j) => -generator[i][j]));
  let solution = whileIdle.map(() => 1);
  const moments = [1];
  for (let k = 1; k <= count; k++) {
    solution = denseSolve(negated, solution).map((x) => k * x);
    moments.push(solution.reduce((sum, x, i) => sum + (x * stationary[whileIdle[i] + 1]) / completions, 0));
  }
  const full = states.filter((state) => all.every((v) => jobsAt(state, v) > 0));
  const blocked = full.reduce(
    (sum, state) => sum + stationary[state] * (all.filter((v) => jobsAt(state, v) === buffer).length / servers),
    0,
  );
  return { moments, blocked };
}

describe("equal servers with queues under JIQ (Rutten, Zubeldia and Mukherjee 2023, Remark 2.4)", () => {
  it.each([
    { servers: 2, buffer: 2, arrivalRate: 0.8, serviceRate: 1.4 },
    { servers: 2, buffer: 5, arrivalRate: 1.3, serviceRate: 1.1 },
    { servers: 3, buffer: 3, arrivalRate: 0.5, serviceRate: 2 },
    { servers: 4, buffer: 2, arrivalRate: 2, serviceRate: 1.7 },
  ])("agree with the generator on all queue lengths: %j", (system) => {
    const { servers, buffer, arrivalRate, serviceRate } = system;
    const { idleMoments, blockedFraction } = new QueuedServers(servers, buffer).at(arrivalRate, serviceRate);
    const expected = byBruteForce(system, 4);
    expect(blockedFraction / expected.blocked).toBeCloseTo(1, 9);
    for (let k = 1; k <= 4; k++) expect(idleMoments[k] / expected.moments[k]).toBeCloseTo(1, 9);
  });

  it("with a single server are M/M/1: a service starts from the queue with probability rho, or after Exp(lambda)", () => {
    const [lambda, mu] = [0.5, 1.4];
    const { idleMoments, meanJobs, queuedFraction } = new QueuedServers(1, 40).at(lambda, mu);
    const load = lambda / mu;
    expect(idleMoments[1]).toBeCloseTo((1 - load) / lambda, 9);
    expect(idleMoments[2]).toBeCloseTo((2 * (1 - load)) / lambda ** 2, 9);
    expect(meanJobs).toBeCloseTo(load / (1 - load), 9);
    expect(queuedFraction).toBeCloseTo(load, 9);
  });

  it("with unit buffers are the loss system, and conserve the flow with any: E[L] = 1/(lambda (1 - B)) - 1/mu", () => {
    const systems = fc.record({
      servers: fc.integer({ min: 1, max: 8 }),
      buffer: fc.integer({ min: 1, max: 4 }),
      arrivalRate: fc.double({ min: 0.05, max: 3, noNaN: true }),
      serviceRate: fc.double({ min: 0.2, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(systems, ({ servers, buffer, arrivalRate, serviceRate }) => {
        const { idleMoments, blockedFraction } = new QueuedServers(servers, buffer).at(arrivalRate, serviceRate);
        expect(idleMoments[1]).toBeCloseTo(1 / (arrivalRate * (1 - blockedFraction)) - 1 / serviceRate, 7);
        if (buffer > 1) return;
        const expected = idlePeriodRawMoments({ servers, arrivalRate, serviceRate }, 4);
        for (const [k, moment] of expected.entries()) expect(idleMoments[k + 1] / moment).toBeCloseTo(1, 7);
      }),
      { numRuns: 60 },
    );
  });
});
