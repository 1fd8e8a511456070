import { family } from "../model/family.js";
import { uniformIndex } from "../model/random.js";
import { QueuesByRate } from "./indexes/queues-by-rate.js";
import { ServerHeap } from "./indexes/server-heap.js";
import { WorkLeft } from "./indexes/work-left.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary:
    "a fastest idle server, else the one that will have done its work first, for which job sizes are seen (Least Work Left)",
  guide: {
    stable: "if the servers together can do all the work",
    theory: "with equal servers the central queue, M/G/n",
    use: "the sizes of jobs are known beforehand, and vary",
    avoid: "sizes are guessed",
    products: "-",
  },
  family: family("least-work", {}, () => leastWork),
};

/**
 * Least Work Left: the server where the job would begin first, by the sizes of the jobs sent to each and the rates announced;
 * among idle servers a fastest one. With equal servers this is the central queue, M/G/n. O(log n) per event.
 *
 * Source: Harchol-Balter, Crovella and Murta (1999), On choosing a task assignment policy for a distributed server system,
 * Journal of Parallel and Distributed Computing 59. Work is counted in time, so that rates may differ.
 */
const leastWork: PolicyFactory = (fleet, random) => {
  const byTime = new ServerHeap();
  const shortest = new QueuesByRate(fleet);
  const work = new WorkLeft(fleet, (server, doneAt) => byTime.set(server, doneAt));
  fleet.keep(shortest);
  fleet.keep(work);
  return {
    name: "least-work",
    knows: ["job-size", "time", "queue-lengths", "rates"],
    // The time at which a server will have done its work is stored for each.
    information: {
      get messages() {
        return fleet.departures;
      },
      bitsPerServer: 64,
    },
    choose({ size }, now) {
      work.routing(size, now);
      if (fleet.members.size === 0) return NO_SERVER;
      if (fleet.idle.size === 0) return byTime.first;
      return shortest.candidateAt(uniformIndex(random, shortest.candidates));
    },
  };
};
