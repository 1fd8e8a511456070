import { uniformIndex } from "../../model/random.js";
import type { Fleet, FleetIndex } from "../fleet.js";
import { IndexSet } from "../index-set.js";
import { NO_INFORMATION, NO_SERVER, type PolicyFactory } from "./policy.js";

/**
 * Every job to a uniformly random server of one class: the conservative policy that beats the greedy one in Goldsztajn, Borst
 * and van Leeuwaarden (2023), section 9.3.
 */
export function fixedClass(serverClass: number): PolicyFactory {
  return (fleet, random) => {
    const servers = new ServersOfClass(fleet, serverClass);
    fleet.keep(servers);
    return {
      name: "fixed-class",
      information: NO_INFORMATION,
      choose: () =>
        servers.members.size === 0 ? NO_SERVER : servers.members.at(uniformIndex(random, servers.members.size)),
    };
  };
}

class ServersOfClass implements FleetIndex {
  readonly members = new IndexSet();

  constructor(
    private readonly fleet: Fleet,
    private readonly serverClass: number,
  ) {}

  added(server: number): void {
    if (this.fleet.serverClass(server) === this.serverClass) this.members.add(server);
  }

  removed(server: number): void {
    this.members.remove(server);
  }

  rose(): void {}

  fell(): void {}
}
