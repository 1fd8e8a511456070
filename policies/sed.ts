import { family } from "../model/family.js";
import { uniformIndex } from "../model/random.js";
import type { Rate } from "../model/units.js";
import { LeastKey, type QueueKey } from "./indexes/least-key.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a server that would be done with the job first if all jobs were of mean size (Shortest Expected Delay)",
  guide: {
    stable: "if the servers together can do all the work",
    theory: "simulated only, unless the fleet is small",
    use: "servers are of different speeds, which are known, and so are their queues",
    avoid: "speeds are guessed, or change; at high loads slow servers stand idle that least-connections would use",
    amongEquals: "jsq",
    products: "LVS `sed`",
  },
  family: family("sed", {}, () => leastOf("sed", expectedDelay)),
};

/**
 * (queue + 1) / rate: the mean time until a job that joins this server is done, if sizes are exponential of mean 1. Rounded to seven digits, so
 * that 6 / 1.8 and 1 / 0.3 are ties.
 */
export function expectedDelay(queueLength: number, rate: Rate): number {
  return Math.fround((queueLength + 1) / rate);
}

/**
 * A server with the least key among all, ties uniform. O(log(number of rates)) per event.
 *
 * Source of `sed`: Whitt (1986), Deciding which queue to join: some counterexamples, Operations Research 34, for the rule; LVS
 * calls it `sed`.
 */
export function leastOf(name: string, key: QueueKey): PolicyFactory {
  return (fleet, random) => {
    const order = new LeastKey(fleet, key);
    fleet.keep(order);
    return {
      name,
      knows: ["queue-lengths", "rates"],
      information: queueLengthInformation(fleet),
      choose() {
        const { candidates } = order;
        return candidates === 0 ? NO_SERVER : order.candidateAt(uniformIndex(random, candidates));
      },
    };
  };
}
