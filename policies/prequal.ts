import { family } from "../model/family.js";
import { notNegative, number, positive, whole, withFallback } from "../model/options.js";
import { type RandomStream, uniformIndex } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import type { Fleet } from "./indexes/fleet.js";
import { LatenciesByQueue } from "./indexes/latencies-by-queue.js";
import { ProbePool } from "./indexes/probe-pool.js";
import { RecentQuantile } from "./indexes/recent-quantile.js";
import { type Job, NO_SERVER, type Policy, type PolicyDefinition, type PolicyInformation } from "./policy.js";

const options = {
  probes: withFallback(positive, 3),
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
    use: "fleets are large, shared with other work, and judged by their tails",
    avoid: "fleets are small: the pool then has old answers of all servers",
    products: "Google's Prequal, which YouTube runs",
  },
  family: family("prequal", options, (values) => (fleet, random) => new Prequal(values, fleet, random)),
};

/** An answer is used so often that the pool stays full, and this much more, as recommended. */
const SURPLUS = 1;
const MOST_USES = 1000;

/**
 * Servers are probed at random, some for every job, and their answers kept in a pool for later jobs. A job goes to a cold server of
 * the pool, of least latency; if all are hot, to the one with the fewest jobs. With fewer than two answers it goes to a random one.
 * O(pool + probes) per job.
 *
 * Source: Wydrowski, Kleinberg, Rumble and Archer (2024), Load is not what you should balance: introducing Prequal, NSDI 24,
 * with its parameters; an answer lasts 1 s there, 20 default time units here. Deviations: a probe is answered at once, by
 * what the dispatcher knows of the server, and counts as two messages; the servers probed for a job need not be distinct; a
 * server's latency is a moving mean over jobs that found as many jobs there, not their median.
 */
class Prequal implements Policy {
  readonly name = "prequal";
  readonly knows = ["answers", "latencies", "time"] as const;
  private readonly latencies = new LatenciesByQueue();
  private readonly pool: ProbePool;
  private readonly jobsProbed = new RecentQuantile();
  private probesDue = 0;
  private removalsDue = 0;
  private removesWorst = false;
  private probes = 0;

  constructor(
    private readonly options: PrequalOptions,
    private readonly fleet: Fleet,
    private readonly random: RandomStream,
  ) {
    this.pool = new ProbePool(options.pool);
    fleet.keep(this.latencies);
    fleet.keep(this.pool);
  }

  get information(): PolicyInformation {
    const { pool } = this.options;
    // A server, its jobs, a latency, a time and a number of uses for each answer.
    const bits = pool * (32 + 32 + 64 + 64 + 32);
    return { messages: 2 * this.probes, bitsPerServer: bits / Math.max(1, this.fleet.members.size) };
  }

  choose(_job: Job, now: ModelTime): number {
    const { members } = this.fleet;
    const { pool } = this;
    if (members.size === 0) return NO_SERVER;
    pool.expire(now - this.options.age);
    const threshold = this.jobsProbed.at(this.options.hot);
    const server = pool.size < 2 ? members.at(uniformIndex(this.random, members.size)) : pool.use(pool.best(threshold));
    this.removeAnswers(threshold);
    this.probe(now);
    return server;
  }

  completed(server: number, latency: ModelTime): void {
    this.latencies.observe(server, latency);
  }

  /** Removes the worst and the oldest answer in turn, so that the pool consists neither of bad servers nor of old answers. */
  private removeAnswers(threshold: number): void {
    for (this.removalsDue += this.options.remove; this.removalsDue >= 1; this.removalsDue--) {
      this.removesWorst = !this.removesWorst;
      if (this.removesWorst) this.pool.removeWorst(threshold);
      else this.pool.removeOldest();
    }
  }

  private probe(now: ModelTime): void {
    const { fleet, random, pool } = this;
    for (this.probesDue += this.options.probes; this.probesDue >= 1; this.probesDue--) {
      const server = fleet.members.at(uniformIndex(random, fleet.members.size));
      const jobs = fleet.queueLength(server);
      this.probes++;
      this.jobsProbed.add(jobs);
      pool.add(server, jobs, this.latencies.of(server, jobs), now, this.uses());
    }
  }

  /** How often an answer may be used, a whole number at random, of the mean by which answers come as fast as they go. */
  private uses(): number {
    const { probes, remove, pool } = this.options;
    const surplus = (1 - pool / Math.max(pool, this.fleet.members.size)) * probes - remove;
    const mean = surplus > 0 ? Math.min(MOST_USES, Math.max(1, (1 + SURPLUS) / surplus)) : MOST_USES;
    return Math.floor(mean + this.random());
  }
}
