import { family } from "../model/family.js";
import { uniformIndex } from "../model/random.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a uniformly random server, regardless of queue lengths",
  guide: {
    stable: "if every server can do an equal share of the work",
    theory: "exact: every server is a queue of its own, M/M/1 or M/G/1",
    use: "as the yardstick that every other policy must beat",
    avoid: "anything at all is known of the servers",
    products: "nginx `random`, HAProxy `random(1)`, Envoy `RANDOM`",
    configuration: {
      nginx: "random;",
      HAProxy: "balance random(1)",
      Envoy: "lb_policy: RANDOM",
    },
  },
  family: family("random", {}, () => random),
};

/** A uniformly random server, regardless of queue lengths. */
const random: PolicyFactory = (fleet, stream) => ({
  name: "random",
  knows: [],
  information: NO_INFORMATION,
  choose: () => (fleet.members.size === 0 ? NO_SERVER : fleet.members.at(uniformIndex(stream, fleet.members.size))),
});
