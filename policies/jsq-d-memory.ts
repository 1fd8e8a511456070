import { family } from "../model/family.js";
import { whole, withFallback } from "../model/options.js";
import { Samples } from "./indexes/samples.js";
import { MOST_CHOICES } from "./jsq-d.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

const options = { d: withFallback(whole(1, MOST_CHOICES), 2), memory: withFallback(whole(1, 100), 1) };

export const definition: PolicyDefinition = {
  fleet: "any",
  summary:
    "a server with the fewest jobs among d sampled at random and the best of those sampled before (JSQ(d) with memory)",
  guide: {
    stable: "unknown; where jsq-d is, as far as simulations go",
    theory: "simulated only",
    use: "as jsq-d, with fewer questions for the same waiting time",
    avoid: "several dispatchers remember the same servers",
    products: "-",
  },
  family: family("jsq-d-memory", options, ({ d, memory }) => jsqDMemory(d, memory)),
};

/**
 * The shortest queue among d distinct servers sampled at random and m remembered ones; then the m shortest of them all are
 * remembered, the job just sent counted. Ties go to those sampled now, in their order. O(d + m) for small m.
 *
 * Source: Shah and Prabhakar (2002), The use of memory in randomized load balancing; Mitzenmacher, Prabhakar and Shah (2002),
 * Load balancing with memory. Remembered servers are asked again, as their queues have changed.
 */
function jsqDMemory(choices: number, memory: number): PolicyFactory {
  return (fleet, random) => {
    const samples = new Samples(choices, false, fleet.members, random);
    const remembered = new Shortest(memory);
    const candidates = new Shortest(memory + 1);
    let asked = 0;
    return {
      name: "jsq-d-memory",
      knows: ["answers"],
      information: {
        get messages() {
          return 2 * asked;
        },
        get bitsPerServer() {
          const servers = Math.max(1, fleet.members.size);
          return (memory * Math.ceil(Math.log2(1 + servers))) / servers;
        },
      },
      choose() {
        candidates.clear();
        const drawn = samples.draw();
        for (let i = 0; i < drawn; i++) candidates.offer(samples.servers[i], fleet.queueLength(samples.servers[i]));
        asked += drawn;
        for (let i = 0; i < remembered.count; i++) {
          const server = remembered.servers[i];
          if (!fleet.members.has(server)) continue;
          asked++;
          candidates.offer(server, fleet.queueLength(server));
        }
        if (candidates.count === 0) return NO_SERVER;
        const chosen = candidates.servers[0];
        remembered.clear();
        for (let i = 1; i < candidates.count; i++) remembered.offer(candidates.servers[i], candidates.lengths[i]);
        remembered.offer(chosen, candidates.lengths[0] + 1);
        return chosen;
      },
    };
  };
}

/** The servers with the shortest queues of those offered, shortest first; earlier ones first among equals. */
class Shortest {
  readonly servers: Int32Array;
  readonly lengths: Int32Array;
  count = 0;

  constructor(private readonly most: number) {
    this.servers = new Int32Array(most);
    this.lengths = new Int32Array(most);
  }

  clear(): void {
    this.count = 0;
  }

  offer(server: number, length: number): void {
    const { servers, lengths } = this;
    for (let i = 0; i < this.count; i++) if (servers[i] === server) return;
    let place = this.count;
    while (place > 0 && lengths[place - 1] > length) place--;
    if (place === this.most) return;
    this.count = Math.min(this.most, this.count + 1);
    for (let i = this.count - 1; i > place; i--) {
      servers[i] = servers[i - 1];
      lengths[i] = lengths[i - 1];
    }
    servers[place] = server;
    lengths[place] = length;
  }
}
