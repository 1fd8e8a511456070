import { uniformIndex } from "../../model/random.js";
import { QueuesByRate } from "../queues-by-rate.js";
import { ShortestByRate } from "../shortest-by-rate.js";
import { NO_SERVER, type PolicyFactory, queueLengthInformation } from "./policy.js";
import type { Ties } from "./ties.js";

/**
 * Join the Fastest Shortest Queue: the shortest queue; of these the fastest server; of these one at random, or by another
 * rule (Liu and Ying, Zero-Waiting Load Balancing with Heterogeneous Servers in Heavy Traffic, section 2).
 */
export function jfsq(ties: Ties): PolicyFactory {
  return (fleet, random) => {
    const order =
      ties === "uniform" ? new QueuesByRate(fleet) : new ShortestByRate(fleet, (server) => fleet.rate(server));
    fleet.keep(order);
    return {
      name: "jfsq",
      information: queueLengthInformation(fleet),
      choose() {
        const { candidates } = order;
        if (candidates === 0) return NO_SERVER;
        return order.candidateAt(ties === "uniform" && candidates > 1 ? uniformIndex(random, candidates) : 0);
      },
    };
  };
}
