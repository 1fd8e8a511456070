import { UserError } from "../model/errors.js";
import { family } from "../model/family.js";
import { whole, withFallback } from "../model/options.js";
import { uniformIndex } from "../model/random.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { IndexSet } from "./indexes/index-set.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

/** The class number, counted from 1. */
export const classOptions = { number: withFallback(whole(1), 1) };

export const definition: PolicyDefinition = {
  fleet: "pools",
  summary: "a random pool of one class, numbered from 1",
  guide: {
    stable: "always: pools serve all tasks at once",
    theory: "exact: Poisson pools",
    use: "as the conservative yardstick of jlmu",
    avoid: "other classes are of use, too",
    products: "-",
  },
  family: family("class", classOptions, ({ number }) => ({ utilities }) => {
    if (number > utilities.length)
      throw new UserError(`policy class:${number}: the classes are numbered 1 to ${utilities.length}`);
    return fixedClass(number - 1);
  }),
};

/**
 * Sends every job to a uniformly random server of one class: the conservative policy that outperforms the greedy one in
 * Goldsztajn, Borst and van Leeuwaarden (2023), section 9.3.
 */
export function fixedClass(serverClass: number): PolicyFactory {
  return (fleet, random) => {
    const servers = new ServersOfClass(fleet, serverClass);
    fleet.keep(servers);
    return {
      name: "class",
      knows: ["classes"],
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
