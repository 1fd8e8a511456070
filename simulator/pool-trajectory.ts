import { parseLoadProfile } from "../model/load-profile.js";
import type { ModelTime } from "../model/units.js";
import { parseUtilities } from "../model/utility-functions.js";
import { parseBeta, utilityPolicy } from "../scenarios/utility-policy.js";
import type { Task } from "./parallel/task.js";
import { PoolChain } from "./pool-chain.js";

/** A run of server pools that is looked at from time to time, by what can be written down. */
export interface PoolTrajectoryInput {
  /** As `parseUtilities` reads it. */
  readonly utilities: string;
  /** Pools of each class. */
  readonly pools: readonly number[];
  /** As `parseLoadProfile` reads it. */
  readonly load: string;
  readonly policy: string;
  readonly beta: string;
  /** Tasks in the system at time 0, per pool. */
  readonly before: number;
  /** Time before time 0 in which the load is what it is at time 0, for the start to be forgotten. */
  readonly settling: ModelTime;
  /** When to look, rising. */
  readonly times: readonly ModelTime[];
  /** Levels to look at: class from 0, level from 1. */
  readonly levels: readonly (readonly [i: number, j: number])[];
  readonly seed: string;
}

/** What was seen at each of the times. */
export interface PoolTrajectory {
  readonly utility: number[];
  /** Tasks per pool. */
  readonly tasks: number[];
  /** r of a policy that learns it, 0 for others. */
  readonly rank: number[];
  /** q(i, j) of each level, by level and then by time. */
  readonly occupancy: number[][];
}

/** Runs pools and looks at them. The seed alone decides when tasks come and end. */
export function runPoolTrajectory(input: PoolTrajectoryInput): PoolTrajectory {
  const { pools, settling, levels, seed } = input;
  const utilities = parseUtilities(input.utilities);
  const total = pools.reduce((sum, count) => sum + count, 0);
  const load = parseLoadProfile(input.load);
  const chain = new PoolChain({
    classes: utilities.map((utility, i) => ({ utility, pools: pools[i] })),
    arrivalRate: (now) => total * load.at(Math.max(0, now - settling)),
    peakArrivalRate: total * load.peak,
    policy: utilityPolicy(input.policy, utilities, parseBeta(input.beta)),
    initialTasks: Math.round(total * input.before),
    seed,
  });
  const seen: PoolTrajectory = { utility: [], tasks: [], rank: [], occupancy: levels.map(() => []) };
  for (const time of input.times) {
    chain.run(settling + time);
    seen.utility.push(chain.utility());
    seen.tasks.push(chain.tasks / total);
    seen.rank.push(chain.policy.learned ?? 0);
    for (const [k, [i, j]] of levels.entries()) seen.occupancy[k].push(chain.occupancy(i, j));
  }
  return seen;
}

/** `runPoolTrajectory` for any core. */
export const poolTrajectory: Task<PoolTrajectoryInput, PoolTrajectory> = {
  module: import.meta.url,
  name: "poolTrajectory",
  run: runPoolTrajectory,
};
