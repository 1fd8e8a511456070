import { family } from "../model/family.js";
import { number, whole, withFallback } from "../model/options.js";
import type { Rate } from "../model/units.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { HashRing } from "./indexes/hash-ring.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";

const options = {
  bound: withFallback(
    number("a number > 1", (value) => value > 1),
    1.25,
  ),
  points: withFallback(whole(1, 10_000), 16),
};

export const definition: PolicyDefinition = {
  fleet: "any",
  summary:
    "the server of the job's key on a hash ring, or the next one that has few enough jobs (consistent hashing with bounded loads)",
  guide: {
    stable: "if the servers together can do all the work, as bounds are shares of the jobs present",
    theory: "simulated only",
    use: "servers have caches, and the same keys should go to the same servers",
    avoid: "jobs of a key gain nothing at their server",
    products:
      "nginx `hash ... consistent` and gRPC `ring_hash`, without bounds; HAProxy `hash-type consistent` with `hash-balance-factor`, Envoy `RING_HASH` with `hash_balance_factor`",
    configuration: {
      HAProxy: "balance hdr(KEY) / hash-type consistent / hash-balance-factor 125",
      Envoy: "lb_policy: RING_HASH / common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 125 } }",
    },
  },
  family: family("consistent-hash", options, ({ bound, points }) => consistentHash(bound, points)),
};

/**
 * Every key has its server, and few keys change it when a server joins or leaves; but no server gets a job that would have more
 * than `bound` times its share of all jobs: the next on the ring gets it. Shares are in proportion to rates. O(1 / (bound - 1)^2)
 * servers are looked at on average, whatever n; the ring is made anew after servers have joined or left.
 *
 * Source: Mirrokni, Thorup and Zadimoghaddam (2018), Consistent hashing with bounded loads; HAProxy's `hash-balance-factor`, and
 * Envoy's `RING_HASH` with `hash_balance_factor`. The key of a job is its type.
 *
 * @param bound c > 1, the most jobs of a server, in shares
 * @param points of a server of mean rate on the ring; 16 as in HAProxy
 */
function consistentHash(bound: number, points: number): PolicyFactory {
  return (fleet) => {
    const servers = new ServersOnRing(fleet, bound, points);
    fleet.keep(servers);
    return {
      name: "consistent-hash",
      knows: ["job-type", "queue-lengths", "rates"],
      information: queueLengthInformation(fleet),
      choose: ({ type }) => servers.serverOf(type),
    };
  };
}

class ServersOnRing implements FleetIndex {
  private ring: HashRing | undefined;
  private jobs = 0;
  private totalRate: Rate = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly bound: number,
    private readonly pointsPerServer: number,
  ) {}

  serverOf(key: number): number {
    const { fleet } = this;
    if (fleet.members.size === 0) return NO_SERVER;
    const ring = this.ring ?? this.newRing();
    const jobsPerRate = (this.bound * (this.jobs + 1)) / this.totalRate;
    // Not all servers can be at their bounds, as these exceed the number of jobs in total.
    for (let point = ring.pointOf(key); ; point = point + 1 === ring.size ? 0 : point + 1) {
      const server = ring.serverAt(point);
      if (fleet.queueLength(server) < Math.ceil(jobsPerRate * fleet.rate(server))) return server;
    }
  }

  added(_server: number, queueLength: number): void {
    this.ring = undefined;
    this.jobs += queueLength;
  }

  removed(_server: number, queueLength: number): void {
    this.ring = undefined;
    this.jobs -= queueLength;
  }

  rose(): void {
    this.jobs++;
  }

  fell(): void {
    this.jobs--;
  }

  private newRing(): HashRing {
    const { fleet } = this;
    this.totalRate = 0;
    for (let i = 0; i < fleet.members.size; i++) this.totalRate += fleet.rate(fleet.members.at(i));
    this.ring = new HashRing(fleet, this.pointsPerServer);
    return this.ring;
  }
}
