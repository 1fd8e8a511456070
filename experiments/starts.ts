import { UserError } from "../model/errors.js";
import { rangeOf } from "../model/family.js";
import { randomStream } from "../model/random.js";
import { initialQueueLengths, parseStart, requireRoom, type Start, serversInTurn, starts } from "../model/start.js";
import type { ModelTime, Rate } from "../model/units.js";
import { placed } from "../policies/placed.js";
import { fixedClearingTime } from "../theory/rate-scaling/backlog-clearing.js";
import type { ParameterDefinition } from "./parameters.js";
import { joinsShortest } from "./routing.js";
import type { Experiment, SystemModel } from "./scenario.js";

/** The start of a system, as all scenarios take it. @param families those that have a meaning there */
export function startParameter(families = starts): ParameterDefinition<Start> {
  return {
    description:
      "jobs at the start: a backlog is sent by the policy at time 0, so many jobs for each server; otherwise FRACTION 1, 2, ... of the servers have " +
      "at least 1, 2, ... jobs",
    unit: "jobs",
    default: "empty",
    range: rangeOf(families),
    parse: parseStart(families),
  };
}

/** The system with its jobs at time 0. Throws UserError if these do not fit into the buffers, or the policy sends copies. */
export function startedWith(
  start: Start,
  system: SystemModel,
  { seed, classSizes = [system.servers] }: { readonly seed: string; readonly classSizes?: readonly number[] },
): SystemModel {
  const buffers = (system.serversByClass ?? [system.server]).map(({ buffer }) => buffer);
  requireRoom(start, Math.min(...buffers));
  const lengths = initialQueueLengths(start, classSizes, randomStream(seed, "start"));
  if (lengths === undefined) return { ...system, backlog: start.meanJobs * system.servers };
  const servers = serversInTurn(lengths);
  return { ...system, backlog: servers.length, policy: placed(system.policy, servers), isPlaced: true };
}

/** Servers of fixed rates, as far as their start is concerned. */
export interface ClearedBy {
  readonly policy: string;
  readonly rates: readonly Rate[];
  /** Per server; the greatest, if it varies. */
  readonly arrivalRate: Rate;
  readonly buffer: number;
}

/** Policies under which a server with the longest queue gets no more than an equal share of the jobs. */
const EVEN: ReadonlySet<string> = new Set([
  ...["jsq", "jsq-d", "jfsq", "jfsq-d", "sed", "sed-d", "least-connections", "least-work", "ll-d"],
  ...["random", "round-robin"],
]);

/** A buffer of b jobs has forgotten its start after so many times b^2 service times: that is a few relaxation times, at any load. */
export const FORGETTING = 4;

/**
 * Until the jobs of the start are served, but for fluctuations that a few relaxation times cover, or finite buffers have forgotten them;
 * Infinity if no time is known.
 */
export function clearingTime({ mostJobs }: Start, { policy, rates, arrivalRate, buffer }: ClearedBy): ModelTime {
  const most = Math.min(mostJobs, buffer);
  // A job in service is forgotten with its service.
  if (most <= 1) return 0;
  const slowest = rates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY);
  const forgotten = (FORGETTING * buffer ** 2) / slowest;
  if (policy === "jiq") return Math.min(forgotten, fixedClearingTime(rates, arrivalRate, most));
  if (!EVEN.has(policy.split(":", 1)[0])) return forgotten;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  // The longest queue falls at the rate of its server as long as jobs go elsewhere, and then as fast as all queues together.
  const pace = joinsShortest({ policy }) ? Math.min(slowest, mean - arrivalRate) : slowest - arrivalRate;
  return Math.min(forgotten, fixedClearingTime([arrivalRate + pace], arrivalRate, most));
}

/** The experiment with a warm-up that lasts until its start is cleared as well. */
export function coveringStart(experiment: Experiment, { mostJobs }: Start, clearing: ModelTime): Experiment {
  if (mostJobs === 0) return experiment;
  if (!Number.isFinite(clearing)) return { ...experiment, whyNeverSettled: whyUncovered(mostJobs) };
  return { ...experiment, warmUpTime: Math.ceil(experiment.warmUpTime + clearing) };
}

/** Why a run from such a start has no verdict. */
export function whyUncovered(mostJobs: number): string {
  return `no warm-up is known that covers a start with ${mostJobs} jobs at a server`;
}

/** Throws UserError unless the start is empty. @param why a system starts empty, in words */
export function requireEmpty({ mostJobs }: Start, why: string): void {
  if (mostJobs > 0) throw new UserError(`start: ${why}`);
}
