import { describe, expect, it } from "vitest";
import { logShare } from "../../../model/utility-functions.js";
import { slta } from "../../../policies/slta.js";
import { PoolChain } from "../../../simulator/pool-chain.js";
import { optimalAssignment } from "../../../theory/utility/optimal-assignment.js";

const tableOne = { utilities: [logShare(20), logShare(30)], fractions: [0.5, 0.5] };
const LOAD = 9.75;

function chainOf(pools: number, tasksAtStart: number): PoolChain {
  return new PoolChain({
    classes: tableOne.utilities.map((utility) => ({ utility, pools: pools / 2 })),
    arrivalRate: () => LOAD * pools,
    peakArrivalRate: LOAD * pools,
    policy: slta({ utilities: tableOne.utilities, beta: (n) => n ** -0.45 }),
    initialTasks: tasksAtStart * pools,
    seed: "theorem 6",
  });
}

describe("Theorem 6 of Goldsztajn, Borst and van Leeuwaarden (2023)", () => {
  it("is approached by more and more pools: r = r* more of the time, full levels fuller, fewer tasks beyond sigma*", () => {
    const { rank, fullLevels, partialClass, partialLevel } = optimalAssignment(tableOne, LOAD);
    const seen = [50, 200, 800].map((pools) => {
      const chain = chainOf(pools, 0);
      chain.run(10);
      chain.restartStatistics();
      chain.run(130);
      const { rankLaw, occupancy } = chain.statistics();
      const missing = Math.max(...fullLevels.map((level, i) => 0.5 - occupancy[i][level - 1]));
      const beyond = occupancy.flatMap((levels, i) => levels.slice(i === partialClass ? partialLevel : fullLevels[i]));
      return { atBest: rankLaw[rank], missing, beyond: beyond.reduce((sum, part) => sum + part, 0) };
    });
    for (const [few, many] of [
      [seen[0], seen[1]],
      [seen[1], seen[2]],
    ]) {
      expect(many.atBest).toBeGreaterThan(few.atBest);
      expect(many.missing).toBeLessThan(few.missing);
      expect(many.beyond).toBeLessThan(few.beyond);
    }
    expect(seen[2].atBest).toBeGreaterThan(0.9);
  });

  it("bounds the tasks beyond sigma* from a crowded start: they leave and none is sent there (14c)", () => {
    const POOLS = 1000;
    const chain = chainOf(POOLS, 16);
    const { partialClass, partialLevel, fullLevels } = optimalAssignment(tableOne, LOAD);
    const beyond = (): number =>
      [0, 1].reduce((sum, i) => {
        const first = i === partialClass ? partialLevel + 1 : fullLevels[i] + 1;
        return sum + Array.from({ length: 60 }, (_, k) => chain.occupancy(i, first + k)).reduce((s, q) => s + q, 0);
      }, 0);
    expect(beyond()).toBeGreaterThan(5);
    // By then r has come down to r*.
    chain.run(6);
    const tasks = chain.tasks / POOLS;
    for (let since = 0.5; since < 6; since += 0.5) {
      chain.run(6 + since);
      // Of the order of a pool or two are beyond it all the time with finitely many pools.
      expect(beyond()).toBeLessThan(tasks * Math.exp(-since) + 5 / POOLS);
    }
  });
});
