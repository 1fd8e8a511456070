import { exponential, type RandomStream, uniformIndex } from "../../../model/random.js";
import type { LossSystem } from "../../../theory/rate-scaling/idle-period.js";
import { denseSolve } from "../../support/dense-solve.js";

/**
 * Moments of the idle period of server 0 from the full generator on the 2^n sets of busy servers (bit v: server v is busy),
 * without any use of symmetry: index k holds E[L^k].
 */
export function idleMomentsByBruteForce({ servers, arrivalRate, serviceRate }: LossSystem, count: number): number[] {
  const size = 2 ** servers;
  const generator = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let state = 0; state < size; state++) {
    const idle = [...Array(servers).keys()].filter((v) => ((state >> v) & 1) === 0);
    for (let v = 0; v < servers; v++) {
      const isIdle = idle.includes(v);
      const rate = isIdle ? (arrivalRate * servers) / idle.length : serviceRate;
      generator[state][state ^ (1 << v)] += rate;
      generator[state][state] -= rate;
    }
  }
  const transposed = generator.map((_, i) => generator.map((row) => row[i]));
  transposed[0] = new Array<number>(size).fill(1);
  const stationary = denseSolve(transposed, [1, ...new Array<number>(size - 1).fill(0)]);
  const whileIdle = [...Array(size).keys()].filter((state) => (state & 1) === 0);
  const start = whileIdle.map((state) => stationary[state | 1]);
  const total = start.reduce((a, b) => a + b, 0);
  const negated = whileIdle.map((i) => whileIdle.map((j) => -generator[i][j]));
  const moments = [1];
  let solution = whileIdle.map(() => 1);
  for (let k = 1; k <= count; k++) {
    solution = denseSolve(negated, solution).map((x) => k * x);
    moments.push(solution.reduce((sum, x, i) => sum + (x * start[i]) / total, 0));
  }
  return moments;
}

/** What one simulated batch of the loss system saw. */
export interface LossBatch {
  readonly idlePeriods: readonly number[];
  readonly meanIdleTime: number;
  readonly blocked: number;
}

/**
 * Simulates the loss system at fixed equal rates, one server after each completion being out of reach for `delay()`, and
 * returns one entry a batch of arrivals, the first batch cut off as warm-up.
 */
export function simulateLossSystem(
  system: LossSystem,
  delay: () => number,
  random: RandomStream,
  batches: number,
  arrivalsPerBatch: number,
): LossBatch[] {
  const { servers, arrivalRate, serviceRate } = system;
  const completion = new Array<number>(servers).fill(0);
  const reachable = new Array<number>(servers).fill(0);
  const results: LossBatch[] = [];
  let now = 0;
  for (let batch = 0; batch <= batches; batch++) {
    const idlePeriods: number[] = [];
    let blocked = 0;
    let integral = 0;
    let time = 0;
    for (let arrival = 0; arrival < arrivalsPerBatch; arrival++) {
      now += exponential(random, 1 / (servers * arrivalRate));
      const free = [...reachable.keys()].filter((v) => reachable[v] <= now);
      if (free.length === 0) {
        blocked++;
        continue;
      }
      const v = free[uniformIndex(random, free.length)];
      const idle = now - completion[v];
      const service = exponential(random, 1 / serviceRate);
      idlePeriods.push(idle);
      integral += idle * idle * 0.5 + idle * service;
      time += idle + service;
      completion[v] = now + service;
      reachable[v] = completion[v] + delay();
    }
    results.push({ idlePeriods, meanIdleTime: integral / time, blocked: blocked / arrivalsPerBatch });
  }
  return results.slice(1);
}

/** Mean and standard error of independent batch values. */
export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
