import { uniformIndex } from "../../model/random.js";
import { NO_SERVER, type PolicyFactory } from "./policy.js";

/**
 * Join the Idle Queue: a uniformly random idle server; if there is none, a uniformly random server. With unit buffers that
 * one is full, so the job is dropped, as in Rutten, Zubeldia and Mukherjee (2023), section 2.
 */
export const jiq: PolicyFactory = (fleet, random) => ({
  name: "jiq",
  // A server says when it has become idle, and one bit remembers it.
  information: {
    get messages() {
      return fleet.idlings;
    },
    bitsPerServer: 1,
  },
  choose() {
    const candidates = fleet.idle.size > 0 ? fleet.idle : fleet.members;
    return candidates.size === 0 ? NO_SERVER : candidates.at(uniformIndex(random, candidates.size));
  },
});
