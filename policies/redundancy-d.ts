import { family } from "../model/family.js";
import { whole, withFallback, word } from "../model/options.js";
import { Samples } from "./indexes/samples.js";
import { MOST_CHOICES } from "./jsq-d.js";
import { type Copies, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const redundancyOptions = {
  d: withFallback(whole(1, MOST_CHOICES), 2),
  copies: withFallback(word<Copies["sizes"]>("independent", "identical"), "independent"),
};

export const definition: PolicyDefinition = {
  fleet: "simulated",
  summary:
    "copies of the job at d servers sampled at random, of which the first to be done counts and the rest is cancelled",
  guide: {
    stable:
      "with independent exponential sizes if no set of servers is given more than it can do, where it is given the jobs of which all " +
      "samples fall into it; else unknown",
    theory: "exact at any number of equal servers, with independent exponential sizes",
    use: "in virtual time: servers are slow for reasons that have nothing to do with the job, and cancelling is cheap",
    avoid: "copies all take as long as the job: they are then mere load",
    products: "hedged requests of gRPC and Envoy, which send the copy later",
  },
  family: family("redundancy-d", redundancyOptions, ({ d, copies }) => redundancyD(d, copies)),
};

/**
 * Redundancy-d: each job has a copy at each of d distinct servers sampled at random, or at all servers if there are fewer. When the first
 * copy is done, the others are cancelled, also those in service. O(d).
 *
 * Source: Gardner, Harchol-Balter, Scheller-Wolf, Velednitsky and Zbarsky (2017), Redundancy-d: the power of d choices for redundancy,
 * Operations Research 65, where the sizes of copies are independent.
 */
function redundancyD(choices: number, sizes: Copies["sizes"]): PolicyFactory {
  return (fleet, random) => {
    const samples = new Samples(choices, false, fleet.members, random);
    const copies = { servers: samples.servers, count: 0, sizes };
    // For each copy but one, the copy itself, and that it is cancelled.
    const information = { messages: 0, bitsPerServer: 0 };
    return {
      name: "redundancy-d",
      knows: [],
      information,
      copies,
      choose() {
        copies.count = samples.draw();
        if (copies.count === 0) return NO_SERVER;
        information.messages += 2 * (copies.count - 1);
        return copies.servers[0];
      },
    };
  };
}
