import { family } from "../model/family.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "each server in turn, regardless of queue lengths",
  guide: {
    stable: "if every server can do an equal share of the work",
    theory: "none here; less waiting than at random",
    use: "jobs and servers are alike",
    avoid: "sizes of jobs or speeds of servers vary",
    products: "nginx's default, HAProxy `roundrobin`, Envoy `ROUND_ROBIN`, gRPC `round_robin`",
    configuration: {
      nginx: "no line: it is the default",
      HAProxy: "balance roundrobin",
      Envoy: "lb_policy: ROUND_ROBIN",
    },
  },
  family: family("round-robin", {}, () => roundRobin),
};

/** Each server in turn, regardless of queue lengths. */
const roundRobin: PolicyFactory = (fleet) => {
  let turn = 0;
  return {
    name: "round-robin",
    knows: [],
    information: NO_INFORMATION,
    choose() {
      if (fleet.members.size === 0) return NO_SERVER;
      turn = turn < fleet.members.size ? turn : 0;
      return fleet.members.at(turn++);
    },
  };
};
