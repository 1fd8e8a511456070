import { family } from "../model/family.js";
import { uniformIndex } from "../model/random.js";
import { ShortestByRate } from "./indexes/shortest-by-rate.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";
import { type Ties, tieOptions } from "./ties.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a server with the fewest jobs (Join the Shortest Queue)",
  guide: {
    stable: "if the servers together can do all the work",
    theory: "exact in small fleets; the heavy-traffic limits of Hurtado-Lange and Maguluri (2020); pooled bounds",
    use: "servers are alike and the dispatcher knows all queues",
    avoid: "servers are of different speeds",
    products: "nginx `least_conn`, HAProxy `leastconn`, all with equal weights",
    configuration: {
      nginx: "least_conn;",
      HAProxy: "balance leastconn",
    },
  },
  family: family("jsq", tieOptions, ({ ties }) => jsq(ties)),
};

/** Join the Shortest Queue: a random server among those with the fewest jobs, or the one with the lowest number. */
function jsq(ties: Ties): PolicyFactory {
  return ties === "uniform" ? uniform : lowestNumber;
}

const uniform: PolicyFactory = (fleet, random) => {
  const { byQueueLength } = fleet;
  return {
    name: "jsq",
    knows: ["queue-lengths"],
    information: queueLengthInformation(fleet),
    choose() {
      const candidates = byQueueLength.shortestCount;
      return candidates === 0 ? NO_SERVER : byQueueLength.shortestAt(uniformIndex(random, candidates));
    },
  };
};

const lowestNumber: PolicyFactory = (fleet) => {
  const order = new ShortestByRate(fleet, () => 1);
  fleet.keep(order);
  return {
    name: "jsq",
    knows: ["queue-lengths"],
    information: queueLengthInformation(fleet),
    choose: () => (order.candidates === 0 ? NO_SERVER : order.candidateAt(0)),
  };
};
