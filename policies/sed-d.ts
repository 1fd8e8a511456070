import { family } from "../model/family.js";
import type { Fleet } from "./indexes/fleet.js";
import { Samples } from "./indexes/samples.js";
import { type JsqDOptions, jsqDOptions } from "./jsq-d.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, Questions } from "./policy.js";
import { expectedDelay } from "./sed.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "the server with the shortest expected delay among d sampled at random (SED(d))",
  guide: {
    stable:
      "if no set of servers is given more than it can do, where it is given the jobs of which all samples fall into it",
    theory:
      "mean field of any classes of servers with its 1/n correction, also over time (figure fleet/rush-hour); exact in small fleets of equal servers",
    use: "as jsq-d, with servers of different speeds",
    avoid: "slow servers are so many that all samples may fall among them: check where it is stable",
    amongEquals: "jsq-d",
    products: "-",
  },
  family: family("sed-d", jsqDOptions, ({ d: choices, replacement }) => sedD({ choices, replacement })),
};

/**
 * The shortest expected delay among d servers sampled as by jsq-d; ties go to the one sampled first, so to a random one. O(d).
 *
 * Source: Gardner, Jaleel, Wickeham and Doroudi (2021), Scalable load balancing in the presence of heterogeneous servers,
 * Performance Evaluation 145.
 */
function sedD(options: JsqDOptions): PolicyFactory {
  return bestOfSampled("sed-d", options, (one, other, fleet) => delayAt(one, fleet) < delayAt(other, fleet));
}

function delayAt(server: number, fleet: Fleet): number {
  return expectedDelay(fleet.queueLength(server), fleet.rate(server));
}

/**
 * A policy that sends each job to the best of d servers sampled as by jsq-d, of which it asks how many jobs they have. Ties go to the one
 * sampled first, so to a random one. O(d).
 *
 * @param isBetter whether one server is better than another
 */
export function bestOfSampled(
  name: string,
  { choices, replacement }: JsqDOptions,
  isBetter: (one: number, other: number, fleet: Fleet) => boolean,
): PolicyFactory {
  return (fleet, random) => {
    const samples = new Samples(choices, replacement, fleet.members, random);
    const information = new Questions();
    return {
      name,
      knows: ["answers", "rates"],
      information,
      choose() {
        const drawn = samples.draw();
        information.ask(drawn);
        let best = drawn === 0 ? NO_SERVER : samples.servers[0];
        for (let i = 1; i < drawn; i++) if (isBetter(samples.servers[i], best, fleet)) best = samples.servers[i];
        return best;
      },
    };
  };
}
