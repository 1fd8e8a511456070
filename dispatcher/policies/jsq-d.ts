import { UserError } from "../../model/errors.js";
import { uniformIndex } from "../../model/random.js";
import { NO_SERVER, type PolicyFactory, Questions } from "./policy.js";

export interface JsqDOptions {
  /** How many servers are asked for their queue lengths, d >= 1. */
  readonly choices: number;
  /**
   * Whether a server may be drawn more than once for one job: with replacement as in Rutten and Mukherjee (Mean-Field
   * Analysis for Load Balancing on Spatial Graphs, section 2) and in the mean-field drift lambda (q_{i-1}^d - q_i^d) at
   * finite N; distinct servers as in Hurtado-Lange and Maguluri (Remark 1) and in balancers in use. The limit for many
   * servers is the same.
   */
  readonly replacement: boolean;
}

/** Reads `CHOICES` or `CHOICES,with-replacement`. Throws UserError naming the part that is wrong. */
export function parseJsqDOptions(text: string): JsqDOptions {
  const match = /^([^,]+)(,with-replacement)?$/.exec(text);
  const choices = Number(match?.[1]);
  if (!Number.isSafeInteger(choices) || choices < 1) {
    throw new UserError(`policy "jsq-d:${text}": use jsq-d:CHOICES or jsq-d:CHOICES,with-replacement, CHOICES >= 1`);
  }
  return { choices, replacement: match?.[2] !== undefined };
}

/**
 * Join the shortest of d randomly drawn queues; of all queues, if there are fewer than d. Ties go to the server drawn
 * first: every order of the draws is equally likely, so that is a uniformly random one of those tied.
 */
export function jsqD({ choices, replacement }: JsqDOptions): PolicyFactory {
  return replacement ? drawnWithReplacement(choices) : drawnDistinct(choices);
}

function drawnWithReplacement(choices: number): PolicyFactory {
  return (fleet, random) => {
    const { members } = fleet;
    const information = new Questions();
    return {
      name: "jsq-d",
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
