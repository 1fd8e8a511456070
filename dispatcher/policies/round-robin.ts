import { NO_INFORMATION, NO_SERVER, type PolicyFactory } from "./policy.js";

/** Each server in turn, whatever it holds. */
export const roundRobin: PolicyFactory = (fleet) => {
  let turn = 0;
  return {
    name: "round-robin",
    information: NO_INFORMATION,
    choose() {
      if (fleet.members.size === 0) return NO_SERVER;
      turn = turn < fleet.members.size ? turn : 0;
      return fleet.members.at(turn++);
    },
  };
};
