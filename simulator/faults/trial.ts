import { divided } from "../../experiments/division.js";
import type { Experiment } from "../../experiments/scenario.js";
import { exponential, type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import type { ModelTime } from "../../model/units.js";
import { generalPolicies } from "../../policies/index.js";
import { scenarioNamed } from "../../scenarios/index.js";
import type { Task } from "../parallel/task.js";
import { Cluster } from "./cluster.js";
import { Mischief } from "./faults.js";
import { harm, needlessLoss, unrest, violation } from "./invariants.js";
import { VirtualTime } from "./virtual-process.js";

/** The result of a trial. */
export interface TrialResult {
  readonly seed: string;
  /** The failure; undefined if there was none. */
  readonly failure: string | undefined;
  /** Number of faults injected, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly jobs: Readonly<
    Record<"sent" | "completed" | "blocked" | "timedOut" | "lost" | "resent" | "retried", number>
  >;
  /** Log of all processes. */
  readonly log: readonly string[];
}

const SENDING_SECONDS = 12;
const MISCHIEF_SECONDS = 10;
/** Time by which the system must have recovered from all faults. */
const QUIET_SECONDS = 600;
const MOST_EVENTS = 2_000_000;

/**
 * One trial: a small random system with many faults, and then none. Invariants are checked after every event; in the end
 * every job must have ended, and the dispatcher's view must be correct.
 *
 * @param dispatchers how many there are; drawn too if left out
 */
export function faultTrial(seed: string, dispatchers?: number): TrialResult {
  const random = randomStream(seed, "faults");
  const time = new VirtualTime();
  const cluster = drawCluster(seed, random, time, dispatchers);
  const gentle = random() < 0.4;
  const mischief = new Mischief(cluster, random, gentle);
  // Gentle faults come one at a time, with a pause in which all processes reconnect.
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
        failure ??= (gentle ? harm(cluster) : undefined) ?? needlessLoss(cluster, poisonousJobs(cluster));
        break;
      }
      if (time.now > QUIET_SECONDS || events > MOST_EVENTS) failure ??= `not at rest by ${time.now} s: ${restless}`;
    }
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return { seed, failure, events, faults: Object.fromEntries(mischief.done), jobs: jobsOf(cluster), log: cluster.said };
}

/** `faultTrial` as a task for worker threads. */
export const faultTrials: Task<readonly [seed: string, dispatchers: number | undefined], TrialResult> = {
  ...{ module: import.meta.url, name: "faultTrials" },
  run: ([seed, dispatchers]) => faultTrial(seed, dispatchers),
};

function drawCluster(seed: string, random: RandomStream, time: VirtualTime, wanted?: number): Cluster {
  const one = <T>(...values: readonly T[]): T => values[uniformIndex(random, values.length)];
  const servers = 1 + uniformIndex(random, 8);
  const settings = {
    servers: String(servers),
    ...one(
      { buffer: "1", arrivalRate: "0.8" },
      { buffer: "2", arrivalRate: "1.5" },
      { buffer: "infinite", arrivalRate: "0.3" },
    ),
    policy: one(...generalPolicies.map(({ name }) => name)),
    initialRates: "uniform:0.5,2",
    rateControl: one("idle-time", "fixed"),
  };
  const drawn = one(1, 1, 2, 4);
  const dispatchers = wanted ?? drawn;
  const experiment = divided(scenarioNamed("rate-scaling").configure(settings, seed), {
    dispatchers,
    views: one("told", "local"),
  });
  const patience = one(undefined, undefined, { timeout: 3, abandons: false }, { timeout: 3, abandons: true });
  return new Cluster(
    {
      ...{ experiment: withTimeouts(experiment, patience), dispatchers },
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

/** The experiment with clients that give up, of whose jobs the servers know or do not. */
function withTimeouts(
  experiment: Experiment,
  patience?: { readonly timeout: ModelTime; readonly abandons: boolean },
): Experiment {
  if (patience === undefined) return experiment;
  const { system } = experiment;
  const { timeout, abandons } = patience;
  const server = abandons ? { ...system.server, abandonAfter: timeout } : system.server;
  return { ...experiment, system: { ...system, timeout, server } };
}

/** Jobs that dispatchers have lost because servers died on them. */
function poisonousJobs({ said }: Cluster): number {
  return said.filter((line) => line.includes("two servers in a row died")).length;
}

function jobsOf({ generators, dispatchers }: Cluster): TrialResult["jobs"] {
  const jobs = { sent: 0, completed: 0, blocked: 0, timedOut: 0, lost: 0, resent: 0, retried: 0 };
  for (const { occupant } of generators) {
    jobs.sent += occupant.totals.sent;
    jobs.completed += occupant.totals.completed;
    jobs.blocked += occupant.totals.blocked;
    jobs.timedOut += occupant.totals.timedOut;
    jobs.lost += occupant.totals.lost;
    jobs.resent += occupant.totals.resent;
  }
  for (const { occupant } of dispatchers) jobs.retried += occupant.dispatcher.totals.retried;
  return jobs;
}
