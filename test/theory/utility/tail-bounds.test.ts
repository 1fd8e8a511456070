import { describe, expect, it } from "vitest";
import { CoordinateRanking } from "../../../model/coordinate-ranking.js";
import { parseUtilities } from "../../../model/utility-functions.js";
import { poolTrajectory } from "../../../simulator/pool-trajectory.js";
import { jlmuTailBound, sltaRankBound } from "../../../theory/utility/tail-bounds.js";

const UTILITIES = "log-share:20/log-share:30";
const classes = { utilities: parseUtilities(UTILITIES), fractions: [0.5, 0.5] };
const COUNTS = [2, 2];
const LOAD = 2;
const SAMPLES = 4000;
const ranking = new CoordinateRanking(classes.utilities);
const RANKS = Array.from({ length: 16 }, (_, k) => k + 1);
const LEVELS = Array.from({ length: 60 }, (_, k) => [ranking.classAt(k + 1), ranking.levelAt(k + 1)] as const);

/** f_k and the fraction of r > k of four pools, as means over samples five service times apart. */
function sampled(policy: string): { beyond: number[]; above: number[] } {
  const times = Array.from({ length: SAMPLES }, (_, i) => 20 + 5 * i);
  const seen = poolTrajectory.run({
    ...{ utilities: UTILITIES, pools: COUNTS, load: String(LOAD), policy, beta: "n^-0.45" },
    ...{ start: { meanJobs: LOAD }, settling: 0, times, levels: LEVELS, seed: `tails-${policy}` },
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const occupancy = seen.occupancy.map(mean);
  return {
    beyond: RANKS.map((rank) => occupancy.slice(rank).reduce((sum, part) => sum + part, 0)),
    above: RANKS.map((rank) => mean(seen.rank.map((r) => (r > rank ? 1 : 0)))),
  };
}

describe("bounds of tasks beyond a coordinate (Goldsztajn, Borst and van Leeuwaarden 2023)", () => {
  const system = { classes, pools: 4, load: LOAD };

  it("hold under JLMU (Proposition 8), nearly with equality where one class has room left", () => {
    const { beyond } = sampled("jlmu");
    for (const [i, rank] of RANKS.entries()) {
      const { proved, stated } = jlmuTailBound(system, rank);
      expect(proved).toBeLessThanOrEqual(stated);
      expect(beyond[i]).toBeLessThan(proved + 0.01);
    }
    // Room for 0.5 tasks a pool: nearly always full, and E[f] = E[S] - 0.5 a pool.
    expect(beyond[0]).toBeGreaterThan(LOAD - 0.55);
    expect(jlmuTailBound(system, 16).stated).toBeLessThan(1e-5);
  });

  it("hold under SLTA (Proposition 9): rho P(r > k), and P(r > k)", () => {
    const { beyond, above } = sampled("slta");
    for (const [i, rank] of RANKS.entries()) {
      expect(beyond[i]).toBeLessThan(LOAD * above[i] + 0.02);
      expect(above[i]).toBeLessThan(sltaRankBound(system, rank, 4 ** -0.45) + 0.02);
    }
    expect(sltaRankBound(system, 1, 0.5)).toBe(1);
    expect(sltaRankBound({ ...system, pools: 400 }, 40, 400 ** -0.45)).toBeLessThan(1e-9);
  });
});
