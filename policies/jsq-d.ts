import { family } from "../model/family.js";
import { whole, withFallback, yesOrNo } from "../model/options.js";
import { uniformIndex } from "../model/random.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, Questions } from "./policy.js";

export interface JsqDOptions {
  /** d >= 1, the number of servers sampled. */
  readonly choices: number;
  /**
   * Whether servers are sampled with replacement, as in Rutten and Mukherjee (2023), section 2, and in the mean-field drift lambda (q_{i-1}^d - q_i^d) at finite N; or distinct, as in
   * Hurtado-Lange and Maguluri (2020), Remark 1, and in practical load balancers. The many-server limit is the same.
   */
  readonly replacement: boolean;
}

/** Largest d: the time per job is proportional to it. */
export const MOST_CHOICES = 10_000;

/** The options of JSQ(d). */
export const jsqDOptions = { d: withFallback(whole(1, MOST_CHOICES), 2), replacement: withFallback(yesOrNo, false) };

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "a server with the fewest jobs among d sampled at random (JSQ(d), the power of d choices)",
  guide: {
    stable:
      "if no set of servers is given more than it can do, where it is given the jobs of which all samples fall into it",
    theory:
      "exact in small fleets; mean field with its 1/n correction, also over time (figure fleet/rush-hour); limits",
    use: "the fleet is too large to know all queues, or several dispatchers would herd",
    avoid: "one dispatcher knows all queues anyway",
    products:
      "nginx `random two least_conn`, HAProxy `random(2)`, Envoy `LEAST_REQUEST` with equal weights, gRPC `least_request`",
    configuration: {
      nginx: "random two least_conn;",
      HAProxy: "balance random(2)",
      Envoy: "lb_policy: LEAST_REQUEST",
    },
  },
  family: family("jsq-d", jsqDOptions, ({ d: choices, replacement }) => jsqD({ choices, replacement })),
};

/**
 * Join the shortest of d randomly sampled queues, or of all queues if there are fewer than d. Ties go to the server sampled
 * first: every order of the samples is equally likely, so this is a uniformly random one of those tied.
 */
function jsqD({ choices, replacement }: JsqDOptions): PolicyFactory {
  return replacement ? drawnWithReplacement(choices) : drawnDistinct(choices);
}

function drawnWithReplacement(choices: number): PolicyFactory {
  return (fleet, random) => {
    const { members } = fleet;
    const information = new Questions();
    return {
      name: "jsq-d",
      knows: ["answers"],
      information,
      choose() {
        if (members.size === 0) return NO_SERVER;
        information.ask(choices);
        let shortest = members.at(uniformIndex(random, members.size));
        let length = fleet.queueLength(shortest);
        for (let draws = 1; draws < choices; draws++) {
          const server = members.at(uniformIndex(random, members.size));
          if (fleet.queueLength(server) < length) {
            shortest = server;
            length = fleet.queueLength(server);
          }
        }
        return shortest;
      },
    };
  };
}

function drawnDistinct(choices: number): PolicyFactory {
  return (fleet, random) => {
    const drawn = new Int32Array(choices);
    const information = new Questions();
    return {
      name: "jsq-d",
      knows: ["answers"],
      information,
      choose() {
        const { members } = fleet;
        if (members.size === 0) return NO_SERVER;
        const wanted = Math.min(choices, members.size);
        information.ask(wanted);
        let shortest = members.at(uniformIndex(random, members.size));
        drawn[0] = shortest;
        for (let count = 1; count < wanted; ) {
          const server = members.at(uniformIndex(random, members.size));
          if (isAmong(server, drawn, count)) continue;
          drawn[count++] = server;
          if (fleet.queueLength(server) < fleet.queueLength(shortest)) shortest = server;
        }
        return shortest;
      },
    };
  };
}

function isAmong(server: number, servers: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (servers[i] === server) return true;
  return false;
}
