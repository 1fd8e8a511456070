import { exponential, type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import { scenarioNamed } from "../../scenarios/index.js";
import type { Task } from "../parallel/task.js";
import { Cluster } from "./cluster.js";
import { Mischief } from "./faults.js";
import { harm, needlessLoss, unrest, violation } from "./invariants.js";
import { VirtualTime } from "./virtual-process.js";

/** How a trial went. */
export interface TrialResult {
  readonly seed: string;
  /** What went wrong; undefined if nothing did. */
  readonly failure: string | undefined;
  /** How often each fault was done. */
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly jobs: { sent: number; completed: number; blocked: number; lost: number; resent: number; retried: number };
  /** What the processes said. */
  readonly log: readonly string[];
}

const SENDING_SECONDS = 12;
const MISCHIEF_SECONDS = 10;
/** So long after the last fault, everything is as if there had been none. */
const QUIET_SECONDS = 600;
const MOST_EVENTS = 2_000_000;

/**
 * One trial: a small system, drawn from the seed, in which many things go wrong, and then no more. Every invariant is
 * checked after every event; in the end every job has ended, and the dispatcher sees what is true.
 */
export function faultTrial(seed: string): TrialResult {
  const random = randomStream(seed, "faults");
  const time = new VirtualTime();
  const cluster = drawCluster(seed, random, time);
  const gentle = random() < 0.4;
  const mischief = new Mischief(cluster, random, gentle);
  // Gentle faults come one at a time, and the next when all processes have found each other again.
  const leastPause = gentle ? cluster.leaseSeconds : 0;
  const meanPause = 0.05 + random();
  const misbehave = (): void => {
    mischief.happen();
    const next = leastPause + exponential(random, meanPause);
    if (time.now + next < MISCHIEF_SECONDS) time.after(next, misbehave);
  };
  time.after(leastPause + exponential(random, meanPause), misbehave);
  time.after(MISCHIEF_SECONDS, () => mischief.heal());
  let events = 0;
  let failure: string | undefined;
  try {
    for (; failure === undefined; events++) {
      time.next();
      failure = violation(cluster);
      if (time.now < SENDING_SECONDS && events < MOST_EVENTS) continue;
      const restless = unrest(cluster);
      if (restless === undefined) {
        failure ??= (gentle ? harm(cluster) : undefined) ?? needlessLoss(cluster);
        break;
      }
      if (time.now > QUIET_SECONDS || events > MOST_EVENTS) failure ??= `no rest by ${time.now} s: ${restless}`;
    }
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return { seed, failure, events, faults: Object.fromEntries(mischief.done), jobs: jobsOf(cluster), log: cluster.said };
}

/** The same as a task for worker threads. */
export const faultTrials: Task<string, TrialResult> = { module: import.meta.url, name: "faultTrials", run: faultTrial };

function drawCluster(seed: string, random: RandomStream, time: VirtualTime): Cluster {
  const one = <T>(...values: readonly T[]): T => values[uniformIndex(random, values.length)];
  const servers = 1 + uniformIndex(random, 8);
  const settings = {
    servers: String(servers),
    ...one(
      { buffer: "1", arrivalRate: "0.8" },
      { buffer: "2", arrivalRate: "1.5" },
      { buffer: "infinite", arrivalRate: "0.3" },
    ),
    policy: one("jiq", "jsq", "jsq-d", "random", "round-robin"),
    initialRates: "uniform:0.5,2",
    rateControl: one("idle-time", "fixed"),
  };
  const experiment = scenarioNamed("rate-scaling").configure(settings, seed);
  return new Cluster(
    {
      experiment,
      nodes: 1 + uniformIndex(random, servers),
      generators: one(1, 1, 2),
      onLoss: one("requeue", "requeue", "lose"),
      timeUnitSeconds: one(0.05, 0.5),
      heartbeatSeconds: 0.5,
      sendingSeconds: SENDING_SECONDS,
      seed,
    },
    time,
  );
}

function jobsOf({ generators, dispatcher }: Cluster): TrialResult["jobs"] {
  const jobs = { sent: 0, completed: 0, blocked: 0, lost: 0, resent: 0, retried: 0 };
  for (const { occupant } of generators) {
    jobs.sent += occupant.totals.sent;
    jobs.completed += occupant.totals.completed;
    jobs.blocked += occupant.totals.blocked;
    jobs.lost += occupant.totals.lost;
    jobs.resent += occupant.totals.resent;
  }
  jobs.retried = dispatcher.occupant.dispatcher.totals.retried;
  return jobs;
}
