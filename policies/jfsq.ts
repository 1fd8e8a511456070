import { family } from "../model/family.js";
import { uniformIndex } from "../model/random.js";
import { QueuesByRate } from "./indexes/queues-by-rate.js";
import { ShortestByRate } from "./indexes/shortest-by-rate.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";
import { type Ties, tieOptions } from "./ties.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a fastest server among those with the fewest jobs (Join the Fastest Shortest Queue)",
  guide: {
    stable: "if the servers together can do all the work",
    theory: "exact in small fleets; bounds and limits of Liu and Ying (2025)",
    use: "servers are of different speeds and the dispatcher knows all queues; loads are moderate",
    avoid:
      "loads are high and speeds very unequal: a long queue at a fast server is better than a short one at a slow server; see sed",
    amongEquals: "jsq",
    products: "-",
  },
  family: family("jfsq", tieOptions, ({ ties }) => jfsq(ties)),
};

/**
 * Join the Fastest Shortest Queue: a fastest server among those with the shortest queue, with ties broken at random or by
 * server number (Liu and Ying 2025, section 2).
 */
function jfsq(ties: Ties): PolicyFactory {
  return (fleet, random) => {
    const order =
      ties === "uniform" ? new QueuesByRate(fleet) : new ShortestByRate(fleet, (server) => fleet.rate(server));
    fleet.keep(order);
    return {
      name: "jfsq",
      knows: ["queue-lengths", "rates"],
      information: queueLengthInformation(fleet),
      choose() {
        const { candidates } = order;
        if (candidates === 0) return NO_SERVER;
        return order.candidateAt(ties === "uniform" && candidates > 1 ? uniformIndex(random, candidates) : 0);
      },
    };
  };
}
