import { slowerBy } from "../experiments/job-laws.js";
import { jobSizeLawNamed } from "../model/job-sizes/index.js";
import type { ModelTime } from "../model/units.js";
import { parseUtilities } from "../model/utility-functions.js";
import { poolPolicyNamed } from "../policies/index.js";
import { parseBeta } from "../scenarios/utility/policy.js";
import { optimalAssignment, optimalUtility, type PoolClasses } from "../theory/utility/optimal-assignment.js";
import type { Task } from "./parallel/task.js";
import { PoolChain, type PoolStatistics } from "./pool-chain.js";

/** Serialisable description of a run of server pools, divided into windows. */
export interface PoolWindowsInput {
  /** As `parseUtilities` parses it. */
  readonly utilities: string;
  /** Pools of each class. */
  readonly pools: readonly number[];
  /** rho: tasks per pool. */
  readonly load: number;
  readonly policy: string;
  readonly beta: string;
  /** The law of service times, as `jobSizeLawNamed` parses it; exponential if left out. */
  readonly sizes?: string;
  readonly windows: number;
  readonly windowTime: ModelTime;
  readonly seed: string;
}

/** Time averages over one window. */
export interface PoolWindow {
  readonly meanUtility: number;
  /** Tasks per pool. */
  readonly meanTasks: number;
  /** Time average of u*(S/n), the optimal utility for the present number of tasks. */
  readonly meanOptimum: number;
  readonly messagesPerTask: number;
  /** Fraction of time in which a learning policy has rank r*; 0 for other policies. */
  readonly timeAtOptimum: number;
}

/** The effect of the initial state decays as e^-t where service times are exponential, and more slowly as they vary more. */
const WARM_UP: ModelTime = 12;

/** Runs pools that start with their mean number of tasks. Arrivals and service times depend only on the seed. */
export function runPoolWindows(input: PoolWindowsInput): PoolWindow[] {
  const { pools, load, windows, windowTime, seed } = input;
  const utilities = parseUtilities(input.utilities);
  const sizes = input.sizes === undefined ? undefined : jobSizeLawNamed(input.sizes);
  const total = pools.reduce((sum, count) => sum + count, 0);
  const classes: PoolClasses = { utilities, fractions: pools.map((count) => count / total) };
  const chain = new PoolChain({
    classes: utilities.map((utility, i) => ({ utility, pools: pools[i] })),
    arrivalRate: () => total * load,
    peakArrivalRate: total * load,
    policy: poolPolicyNamed(input.policy, { utilities, beta: parseBeta(input.beta).at }),
    ...(sizes === undefined ? {} : { sizes }),
    initialTasks: Math.round(total * load),
    seed,
  });
  const warmUpTime = WARM_UP * (sizes === undefined ? 1 : slowerBy(sizes));
  const { rank } = optimalAssignment(classes, load);
  const optima: number[] = [];
  const optimum = (tasks: number): number => (optima[tasks] ??= optimalUtility(classes, tasks / total));
  chain.run(warmUpTime);
  return Array.from({ length: windows }, (_, window) => {
    chain.restartStatistics();
    chain.run(warmUpTime + (window + 1) * windowTime);
    return averages(chain.statistics(), total, rank, optimum);
  });
}

function averages(seen: PoolStatistics, pools: number, rank: number, optimum: (tasks: number) => number): PoolWindow {
  let meanTasks = 0;
  let meanOptimum = 0;
  seen.taskLaw.forEach((part, tasks) => {
    if (part === 0) return;
    meanTasks += (part * tasks) / pools;
    meanOptimum += part * optimum(tasks);
  });
  const { meanUtility, messagesPerTask, rankLaw } = seen;
  return { meanUtility, meanTasks, meanOptimum, messagesPerTask, timeAtOptimum: rankLaw[rank] ?? 0 };
}

/** `runPoolWindows` as a task for worker threads. */
export const poolWindows: Task<PoolWindowsInput, PoolWindow[]> = {
  module: import.meta.url,
  name: "poolWindows",
  run: runPoolWindows,
};
