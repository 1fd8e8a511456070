import { family } from "../model/family.js";
import type { Rate } from "../model/units.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { serversByRate } from "./indexes/rate-groups.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "each server in turn, as often as it is fast, turns spread evenly (nginx's smooth weighted round robin)",
  guide: {
    stable: "if the servers together can do all the work, as each gets its share",
    theory: "none here; less waiting than weighted-random",
    use: "speeds are known and nothing else",
    avoid: "queues are known",
    amongEquals: "round-robin",
    products:
      "nginx's default with `weight`, HAProxy `roundrobin` and Envoy `ROUND_ROBIN` with weights; gRPC `weighted_round_robin`, where servers report their weights",
    configuration: {
      nginx: "server HOST:PORT weight=WEIGHT; (no other line: it is the default)",
      HAProxy: "balance roundrobin / server NAME HOST:PORT weight WEIGHT",
      Envoy: "lb_policy: ROUND_ROBIN / load_balancing_weight: WEIGHT",
    },
  },
  family: family("weighted-round-robin", {}, () => weightedRoundRobin),
};

/**
 * Smooth weighted round robin: for every job each server's credit grows by its weight, and the one with the most credit gets
 * the job and pays the sum of all weights. The weight of a server is its rate. O(number of different weights) per job.
 *
 * Source: nginx, ngx_http_upstream_round_robin.c. Servers with the most credit take turns in any order, and when a server
 * joins or leaves all start anew, as after a reload.
 */
const weightedRoundRobin: PolicyFactory = (fleet) => {
  const turns = new WeightedTurns(fleet);
  fleet.keep(turns);
  return {
    name: "weighted-round-robin",
    knows: ["rates"],
    information: NO_INFORMATION,
    choose: () => turns.next(),
  };
};

/** Servers of one weight: they pay one after the other, so that those who have not yet paid in this round are ahead. */
interface Group {
  readonly weight: Rate;
  readonly servers: readonly number[];
  /** Credit of those who have not yet paid in this round; the others have less by the sum of all weights. */
  credit: number;
  /** How many have paid. */
  paid: number;
}

class WeightedTurns implements FleetIndex {
  private groups: Group[] = [];
  private totalWeight = 0;
  private stale = true;

  constructor(private readonly fleet: Fleet) {}

  next(): number {
    if (this.stale) this.begin();
    const { groups } = this;
    if (groups.length === 0) return NO_SERVER;
    let richest = groups[0];
    for (let i = 0; i < groups.length; i++) {
      groups[i].credit += groups[i].weight;
      if (groups[i].credit > richest.credit) richest = groups[i];
    }
    const server = richest.servers[richest.paid++];
    if (richest.paid === richest.servers.length) {
      richest.paid = 0;
      richest.credit -= this.totalWeight;
    }
    return server;
  }

  added(): void {
    this.stale = true;
  }

  removed(): void {
    this.stale = true;
  }

  rose(): void {}

  fell(): void {}

  private begin(): void {
    this.groups = serversByRate(this.fleet).map(([weight, servers]) => ({ weight, servers, credit: 0, paid: 0 }));
    this.totalWeight = this.groups.reduce((sum, { weight, servers }) => sum + weight * servers.length, 0);
    this.stale = false;
  }
}
