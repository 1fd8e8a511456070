import { family } from "../model/family.js";
import { Samples } from "./indexes/samples.js";
import { WorkLeft } from "./indexes/work-left.js";
import { type JsqDOptions, jsqDOptions } from "./jsq-d.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, Questions } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "the first of d servers sampled at random to have time for the job (late binding, LL(d))",
  guide: {
    stable:
      "if no set of servers is given more than it can do, where it is given the jobs of which all samples fall into it",
    theory: "the limit of many equal servers with its 1/n correction",
    use: "workers fetch their jobs, as in Sparrow: it is what that achieves",
    avoid: "jobs must be sent at once and their sizes are unknown",
    products: "-",
  },
  family: family("ll-d", jsqDOptions, ({ d: choices, replacement }) => llD({ choices, replacement })),
};

/**
 * Late binding: d servers sampled at random queue a request for the job, and the first to come to its request gets it. With
 * first-in-first-out servers that is the one with the least work left among the d, where the job is sent at once; this is how
 * it is done here, which takes the sizes of jobs. Ties go to the server sampled first, so to a random one. O(d).
 *
 * Source: Ousterhout, Wendell, Zaharia and Stoica (2013), Sparrow: distributed, low latency scheduling; Hellemans and Van
 * Houdt (2018), arXiv 1802.05420, for the equivalence.
 */
function llD({ choices, replacement }: JsqDOptions): PolicyFactory {
  return (fleet, random) => {
    const samples = new Samples(choices, replacement, fleet.members, random);
    const work = new WorkLeft(fleet);
    fleet.keep(work);
    const information = new Questions();
    return {
      name: "ll-d",
      knows: ["answers", "job-size", "time", "rates"],
      information,
      choose({ size }, now) {
        work.routing(size, now);
        const drawn = samples.draw();
        information.ask(drawn);
        let best = drawn === 0 ? NO_SERVER : samples.servers[0];
        for (let i = 1; i < drawn; i++) {
          const server = samples.servers[i];
          if (work.waitingTime(server) < work.waitingTime(best)) best = server;
        }
        return best;
      },
    };
  };
}
