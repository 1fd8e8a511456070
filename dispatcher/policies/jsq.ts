import { uniformIndex } from "../../model/random.js";
import { ShortestByRate } from "../shortest-by-rate.js";
import { NO_SERVER, type PolicyFactory, queueLengthInformation } from "./policy.js";
import type { Ties } from "./ties.js";

/** Join the Shortest Queue: of the servers that hold the fewest jobs one at random, or the one with the lowest number. */
export function jsq(ties: Ties): PolicyFactory {
  return ties === "uniform" ? uniform : lowestNumber;
}

const uniform: PolicyFactory = (fleet, random) => {
  const { byQueueLength } = fleet;
  return {
    name: "jsq",
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
    information: queueLengthInformation(fleet),
    choose: () => (order.candidates === 0 ? NO_SERVER : order.candidateAt(0)),
  };
};
