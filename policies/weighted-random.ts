import { AliasTable } from "../model/alias-table.js";
import { family } from "../model/family.js";
import type { RandomStream } from "../model/random.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a random server, as often as it is fast, regardless of queue lengths",
  guide: {
    stable: "if the servers together can do all the work, as each gets its share",
    theory: "exact: every server is a queue of its own, M/M/1 or M/G/1",
    use: "speeds are known and nothing else; many dispatchers that should not be in step",
    avoid: "queues are known",
    amongEquals: "random",
    products: "nginx `random` and HAProxy `random(1)` with weights",
    configuration: {
      nginx: "random; server HOST:PORT weight=WEIGHT;",
      HAProxy: "balance random(1) / server NAME HOST:PORT weight WEIGHT",
    },
  },
  family: family("weighted-random", {}, () => weightedRandom),
};

/**
 * A random server, with probability in proportion to its rate. O(1) per job by the alias method; the table is made anew, in
 * O(n), after servers have joined or left.
 *
 * Source: HAProxy's `random(1)` and Envoy's `RANDOM` with weights. Poisson arrivals stay Poisson at every server.
 */
const weightedRandom: PolicyFactory = (fleet, random) => {
  const servers = new ServersByWeight(fleet);
  fleet.keep(servers);
  return {
    name: "weighted-random",
    knows: ["rates"],
    information: NO_INFORMATION,
    choose: () => servers.draw(random),
  };
};

class ServersByWeight implements FleetIndex {
  private servers = new Int32Array(0);
  private table: AliasTable | undefined;

  constructor(private readonly fleet: Fleet) {}

  draw(random: RandomStream): number {
    if (this.fleet.members.size === 0) return NO_SERVER;
    this.table ??= this.newTable();
    return this.servers[this.table.draw(random)];
  }

  added(): void {
    this.table = undefined;
  }

  removed(): void {
    this.table = undefined;
  }

  rose(): void {}

  fell(): void {}

  private newTable(): AliasTable {
    const { fleet } = this;
    this.servers = Int32Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i));
    return new AliasTable(Float64Array.from(this.servers, (server) => fleet.rate(server)));
  }
}
