import { uniformIndex } from "../../model/random.js";
import { NO_SERVER, type PolicyFactory } from "./policy.js";

/** Join the Shortest Queue: a uniformly random server among those that hold the fewest jobs. */
export const jsq: PolicyFactory = ({ byQueueLength }, random) => ({
  name: "jsq",
  choose() {
    const candidates = byQueueLength.shortestCount;
    return candidates === 0 ? NO_SERVER : byQueueLength.shortestAt(uniformIndex(random, candidates));
  },
});
