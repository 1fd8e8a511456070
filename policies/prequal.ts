import { family } from "../model/family.js";
import { notNegative, number, positive, whole, withFallback } from "../model/options.js";
import { type RandomStream, uniformIndex } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import type { Fleet } from "./indexes/fleet.js";
import { ProbePool } from "./indexes/probe-pool.js";
import { RecentQuantile } from "./indexes/recent-quantile.js";
import { type Job, NO_SERVER, type Policy, type PolicyDefinition, type PolicyInformation } from "./policy.js";

const MOST_PROBES = 1000;

const options = {
  probes: withFallback(
    number(`a number > 0 and <= ${MOST_PROBES}`, (value) => value > 0 && value <= MOST_PROBES),
    3,
  ),
  remove: withFallback(notNegative, 1),
  pool: withFallback(whole(2, 1000), 16),
  hot: withFallback(
    number("a number >= 0 and <= 1", (value) => value >= 0 && value <= 1),
    2 ** -0.25,
  ),
  age: withFallback(positive, 20),
};

interface PrequalOptions {
  /** Probes per job, on average. */
  readonly probes: number;
  /** Answers removed from the pool per job, on average, besides those used up. */
  readonly remove: number;
  /** Most answers in the pool. */
  readonly pool: number;
  /** Servers with more jobs than this fraction of those probed lately are hot. */
  readonly hot: number;
  /** How long an answer may be used. */
  readonly age: ModelTime;
}

export const definition: PolicyDefinition = {
  fleet: "any",
  summary:
    "of servers probed before, one of least latency among those with few jobs, else one with the fewest jobs (Prequal)",
  guide: {
    stable: "unknown",
    theory: "simulated only",
    use: "fleets are large, shared with other work or by many dispatchers, and judged by their tails",
    avoid: "fleets are small: the pool then has old answers of all servers",
    products: "Google's Prequal, which YouTube runs",
  },
  family: family("prequal", options, (values) => (fleet, random) => new Prequal(values, fleet, random)),
};

/** An answer is used so often that the pool stays full, and this much more, as recommended. */
const SURPLUS = 1;
const MOST_USES = 1000;

/**
 * Different servers are probed at random, some for every job, and their answers kept in a pool for later jobs. A job goes to a cold
 * server of the pool, of least latency; if all are hot, to the one with the fewest jobs. With fewer than two answers it goes to a
 * random one. O(pool + probes) per job.
 *
 * Source: Wydrowski, Kleinberg, Rumble and Archer (2024), Load is not what you should balance: introducing Prequal, NSDI 24,
 * with its parameters; an answer lasts 1 s there, 20 default time units here, from when it comes. Deviation: no probe is sent while
 * no jobs come.
 */
class Prequal implements Policy {
  readonly name = "prequal";
  readonly knows = ["probes", "time"] as const;
  readonly probes: { readonly servers: Int32Array; count: number };
  private readonly pool: ProbePool;
  private readonly jobsProbed = new RecentQuantile();
  private probesDue = 0;
  private removalsDue = 0;
  private removesWorst = false;
  private messages = 0;

  constructor(
    private readonly options: PrequalOptions,
    private readonly fleet: Fleet,
    private readonly random: RandomStream,
  ) {
    this.probes = { servers: new Int32Array(Math.ceil(options.probes)), count: 0 };
    this.pool = new ProbePool(options.pool);
    fleet.keep(this.pool);
  }

  get information(): PolicyInformation {
    const { pool } = this.options;
    // A server, its jobs, a latency, a time and a number of uses for each answer.
    const bits = pool * (32 + 32 + 64 + 64 + 32);
    return { messages: this.messages, bitsPerServer: bits / Math.max(1, this.fleet.members.size) };
  }

  choose(_job: Job, now: ModelTime): number {
    const { members } = this.fleet;
    const { pool } = this;
    this.drawProbes();
    if (members.size === 0) return NO_SERVER;
    pool.expire(now - this.options.age);
    const threshold = this.jobsProbed.at(this.options.hot);
    const server = pool.size < 2 ? members.at(uniformIndex(this.random, members.size)) : pool.use(pool.best(threshold));
    this.removeAnswers(threshold);
    return server;
  }

  answered(server: number, jobs: number, latency: ModelTime, now: ModelTime): void {
    this.messages++;
    this.jobsProbed.add(jobs);
    this.pool.add(server, jobs, latency, now, this.uses());
  }

  /** Removes the worst and the oldest answer in turn, so that the pool consists neither of bad servers nor of old answers. */
  private removeAnswers(threshold: number): void {
    for (this.removalsDue += this.options.remove; this.removalsDue >= 1; this.removalsDue--) {
      this.removesWorst = !this.removesWorst;
      if (this.removesWorst) this.pool.removeWorst(threshold);
      else this.pool.removeOldest();
    }
  }

  /** Draws the servers to be probed after this job: all different, and no more than there are. */
  private drawProbes(): void {
    const { random, probes, options } = this;
    const { members } = this.fleet;
    this.probesDue += options.probes;
    const due = Math.floor(this.probesDue);
    this.probesDue -= due;
    const wanted = Math.min(due, members.size);
    for (probes.count = 0; probes.count < wanted; ) {
      const server = members.at(uniformIndex(random, members.size));
      if (!this.isDrawn(server)) probes.servers[probes.count++] = server;
    }
    this.messages += wanted;
  }

  private isDrawn(server: number): boolean {
    const { servers, count } = this.probes;
    for (let i = 0; i < count; i++) if (servers[i] === server) return true;
    return false;
  }

  /** How often an answer may be used, a whole number at random, of the mean by which answers come as fast as they go. */
  private uses(): number {
    const { probes, remove, pool } = this.options;
    const surplus = (1 - pool / Math.max(pool, this.fleet.members.size)) * probes - remove;
    const mean = surplus > 0 ? Math.min(MOST_USES, Math.max(1, (1 + SURPLUS) / surplus)) : MOST_USES;
    return Math.floor(mean + this.random());
  }
}
