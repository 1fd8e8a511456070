import { uniformIndex } from "../../model/random.js";
import { NO_INFORMATION, NO_SERVER, type PolicyFactory } from "./policy.js";

/** A uniformly random server, whatever it holds. */
export const random: PolicyFactory = (fleet, stream) => ({
  name: "random",
  information: NO_INFORMATION,
  choose: () => (fleet.members.size === 0 ? NO_SERVER : fleet.members.at(uniformIndex(stream, fleet.members.size))),
});
