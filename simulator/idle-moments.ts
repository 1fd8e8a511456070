import type { ModelTime } from "../model/units.js";
import { policyNamed } from "../policies/index.js";
import { Chain } from "./chain.js";
import type { Task } from "./parallel/task.js";

/** Servers of unit rate at the load 1 - n^-alpha, in continuous time. */
export interface IdleMomentsInput {
  readonly servers: number;
  readonly alpha: number;
  readonly policy: string;
  readonly seed: string;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
}

export interface IdleMoments {
  /** E[(sum q) I]/E[I], with I the number of idle servers: the jobs in the system, as idle servers see them. */
  readonly jobsSeenByIdle: number;
  /** Jobs that wait, per server, averaged over time: of use where the run lasts many relaxation times of the total queue. */
  readonly waitingJobs: number;
  /** Fraction of the jobs sent to a busy server. */
  readonly waitingProbability: number;
}

/** Looks at the state per time unit. */
const LOOKS = 4;

/**
 * Estimates what idle servers see of the queues, from a start with one job at each server, near which idle servers are. The drift of (sum q)^2
 * is 0, and E[I] = n^(1 - alpha), so that it determines the mean total queue with far less noise than averaging that itself:
 *
 *   n^-alpha E[sum q] = 1 + n^-alpha (E[(sum q) I]/E[I] - 1).
 *
 * It settles as soon as queues differ as they do in the stationary state, long before their sum does.
 *
 * @throws UserError if the policy is unknown
 */
export function idleMomentsOf(input: IdleMomentsInput): IdleMoments {
  const { servers, alpha, policy, seed, warmUpTime, measuringTime } = input;
  const chain = new Chain({
    ...{ servers, arrivalRate: 1 - servers ** -alpha, serviceRate: 1, buffer: Number.POSITIVE_INFINITY, seed },
    policy: policyNamed(policy),
    initialQueueLengths: new Uint8Array(servers).fill(1),
  });
  chain.run(Math.round(warmUpTime * chain.eventRate));
  chain.restartStatistics();
  const stride = Math.max(1, Math.round(chain.eventRate / LOOKS));
  let jobsTimesIdle = 0;
  let allIdle = 0;
  for (let events = 0; events < measuringTime * chain.eventRate; events += stride) {
    chain.run(stride);
    const idle = servers - chain.observer.count(1);
    if (idle === 0) continue;
    jobsTimesIdle += chain.jobs * idle;
    allIdle += idle;
  }
  const { meanQueueLength, queueTail, waited, offered } = chain.statistics();
  const waitingJobs = meanQueueLength - (queueTail[1] ?? 0);
  return { jobsSeenByIdle: jobsTimesIdle / allIdle, waitingJobs, waitingProbability: waited / offered };
}

/** `idleMomentsOf` as a task for worker threads. */
export const idleMoments: Task<IdleMomentsInput, IdleMoments> = {
  module: import.meta.url,
  name: "idleMoments",
  run: idleMomentsOf,
};
