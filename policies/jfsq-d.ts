import { family } from "../model/family.js";
import { jsqDOptions } from "./jsq-d.js";
import type { PolicyDefinition } from "./policy.js";
import { bestOfSampled } from "./sed-d.js";

/**
 * Of d servers sampled as by jsq-d, a fastest one among those with the fewest jobs; ties go to the one sampled first, so to a random one. O(d).
 *
 * Source: the rule JFSQ of Liu and Ying (2025) among d servers; as such one of the rules of Gardner, Jaleel, Wickeham and Doroudi (2021),
 * Scalable load balancing in the presence of heterogeneous servers, Performance Evaluation 145.
 */
export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a fastest server among those with the fewest jobs of d sampled at random (JFSQ(d))",
  guide: {
    stable:
      "if no set of servers is given more than it can do, where it is given the jobs of which all samples fall into it",
    theory: "mean field of any classes of servers with its 1/n correction, also over time (figure fleet/rush-hour)",
    use: "as jsq-d, with servers of different speeds and at moderate loads",
    avoid:
      "speeds are very unequal: a long queue at a fast server is better than a short one at a slow server; see sed-d",
    amongEquals: "jsq-d",
    products: "-",
  },
  family: family("jfsq-d", jsqDOptions, ({ d: choices, replacement }) =>
    bestOfSampled("jfsq-d", { choices, replacement }, (one, other, fleet) => {
      const difference = fleet.queueLength(one) - fleet.queueLength(other);
      return difference < 0 || (difference === 0 && fleet.rate(one) > fleet.rate(other));
    }),
  ),
};
