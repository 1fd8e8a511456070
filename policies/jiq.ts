import { family } from "../model/family.js";
import { withFallback, word } from "../model/options.js";
import { uniformIndex } from "../model/random.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

/** The options of JIQ: which dispatchers an idle server gives its token to, where several share it. */
export const jiqOptions = { tokens: withFallback(word("one", "all"), "one") };

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a random idle server, or any server if none is idle (Join the Idle Queue)",
  guide: {
    stable: "if every server can do an equal share; with unequal ones also at some higher loads, unknown which",
    theory: "exact in small fleets; of many dispatchers in the limit; with unit buffers a closed form for any rates",
    use: "messages are dear and loads moderate: servers speak only when they become idle",
    avoid: "loads are so high that hardly any server is idle: then it is random",
    products: "-",
  },
  family: family("jiq", jiqOptions, ({ tokens }) => jiq(tokens === "one" ? "idle-to-one" : "idle-to-all")),
};

/**
 * Join the Idle Queue: a uniformly random idle server; if there is none, a uniformly random server. With unit buffers that
 * server is full, so the job is blocked, as in Rutten, Zubeldia and Mukherjee (2023), section 2.
 *
 * Of several dispatchers, each knows the idle servers whose tokens it has: a server that becomes idle gives one to a random
 * dispatcher, as in Lu, Xie, Kliot, Geller, Larus and Greenberg (2011), or to all of them, and withdraws it when it gets a job
 * from another.
 */
function jiq(news: "idle-to-one" | "idle-to-all"): PolicyFactory {
  return (fleet, random) => ({
    name: "jiq",
    knows: ["idle-servers"],
    news,
    // A server sends a message when it becomes idle; one bit stores it.
    information: {
      get messages() {
        return fleet.idlings;
      },
      bitsPerServer: 1,
    },
    choose() {
      const candidates = fleet.idle.size > 0 ? fleet.idle : fleet.members;
      return candidates.size === 0 ? NO_SERVER : candidates.at(uniformIndex(random, candidates.size));
    },
  });
}
