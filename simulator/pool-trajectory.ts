import { parseLoadProfile } from "../model/load-profile.js";
import { randomStream } from "../model/random.js";
import { initialQueueLengths, type Start, serversInTurn } from "../model/start.js";
import type { ModelTime } from "../model/units.js";
import { parseUtilities } from "../model/utility-functions.js";
import { poolPolicyNamed } from "../policies/index.js";
import { placed } from "../policies/placed.js";
import { parseBeta } from "../scenarios/utility/policy.js";
import type { Task } from "./parallel/task.js";
import { PoolChain } from "./pool-chain.js";

/** Serialisable description of a run of server pools that is observed at given times. */
export interface PoolTrajectoryInput {
  /** As `parseUtilities` parses it. */
  readonly utilities: string;
  /** Pools of each class. */
  readonly pools: readonly number[];
  /** As `parseLoadProfile` parses it. */
  readonly load: string;
  readonly policy: string;
  readonly beta: string;
  /** Tasks in the system at time 0. */
  readonly start: Pick<Start, "meanJobs" | "tail">;
  /** r at time 0 of a learning policy; 1 if left out. */
  readonly initialRank?: number;
  /** Warm-up before time 0, with the load of time 0. */
  readonly settling: ModelTime;
  /** Observation times, increasing. */
  readonly times: readonly ModelTime[];
  /** The occupancies to observe: class from 0, level from 1. */
  readonly levels: readonly (readonly [i: number, j: number])[];
  readonly seed: string;
}

/** The observations, by time. */
export interface PoolTrajectory {
  readonly utility: number[];
  /** Tasks per pool. */
  readonly tasks: number[];
  /** r of a learning policy, 0 for others. */
  readonly rank: number[];
  /** q(i, j), by level and then by time. */
  readonly occupancy: number[][];
}

/** Runs and observes pools. Arrivals and service times depend only on the seed. */
function runPoolTrajectory(input: PoolTrajectoryInput): PoolTrajectory {
  const { pools, settling, levels, seed, start, initialRank = 1 } = input;
  const utilities = parseUtilities(input.utilities);
  const total = pools.reduce((sum, count) => sum + count, 0);
  const load = parseLoadProfile(input.load);
  const policy = poolPolicyNamed(input.policy, { utilities, beta: parseBeta(input.beta).at, initialRank });
  const lengths = initialQueueLengths(start, pools, randomStream(seed, "start"));
  const inTurn = lengths && serversInTurn(lengths);
  const chain = new PoolChain({
    classes: utilities.map((utility, i) => ({ utility, pools: pools[i] })),
    arrivalRate: (now) => total * load.at(Math.max(0, now - settling)),
    peakArrivalRate: total * load.peak,
    policy: inTurn === undefined ? policy : placed(policy, inTurn),
    initialTasks: inTurn?.length ?? Math.round(total * start.meanJobs),
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

/** `runPoolTrajectory` as a task for worker threads. */
export const poolTrajectory: Task<PoolTrajectoryInput, PoolTrajectory> = {
  module: import.meta.url,
  name: "poolTrajectory",
  run: runPoolTrajectory,
};
