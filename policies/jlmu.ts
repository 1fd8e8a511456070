import { family } from "../model/family.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { uniformIndex } from "../model/random.js";
import type { Utility } from "../model/utility-functions.js";
import type { Fleet, FleetIndex } from "./indexes/fleet.js";
import { QueueLevels } from "./indexes/queue-levels.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, queueLengthInformation } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "pools",
  summary: "a pool where one more task adds the most utility (Join the Largest Marginal Utility)",
  guide: {
    stable: "always: pools serve all tasks at once",
    theory: "fluid limit, and at finite sizes",
    use: "utility falls with the number of tasks in a pool, and all are known",
    avoid: "messages are dear; see slta",
    products: "-",
  },
  family: family(
    "jlmu",
    {},
    () =>
      ({ utilities }) =>
        jlmu(utilities),
  ),
};

/**
 * Join the Largest Marginal Utility: a uniformly random server among those with the best-ranked coordinates, that is, the
 * largest marginal utility, with ties in lexicographic order: lower class first.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), section 3.1.
 *
 * @param utilities of each class of servers, in the order of the classes
 */
export function jlmu(utilities: readonly Utility[]): PolicyFactory {
  return (fleet, random) => {
    const ranked = new ClassesByMarginalUtility(fleet, utilities);
    fleet.keep(ranked);
    return {
      name: "jlmu",
      knows: ["queue-lengths", "classes"],
      information: queueLengthInformation(fleet),
      choose() {
        const best = ranked.best;
        return best.shortestCount === 0 ? NO_SERVER : best.shortestAt(uniformIndex(random, best.shortestCount));
      },
    };
  };
}

/**
 * Servers of each class by number of jobs, and classes by the marginal utility of their least loaded servers, which are the
 * best of the class since utilities are concave. O(log classes) per event.
 */
class ClassesByMarginalUtility implements FleetIndex {
  private readonly levels: QueueLevels[];
  /** Classes by negated marginal utility: smallest first, ties in lexicographic order. */
  private readonly heap: IndexedHeap;
  /** The negated marginal utility, by class and number of jobs; computed once. */
  private readonly keys: number[][];

  constructor(
    private readonly fleet: Fleet,
    private readonly utilities: readonly Utility[],
  ) {
    this.levels = utilities.map(() => new QueueLevels());
    this.heap = new IndexedHeap(utilities.length);
    this.keys = utilities.map(() => []);
  }

  /** The servers of the class with the best coordinates. */
  get best(): QueueLevels {
    return this.levels[this.heap.first];
  }

  added(server: number, queueLength: number): void {
    const serverClass = this.fleet.serverClass(server);
    this.levels[serverClass].add(server, queueLength);
    this.rank(serverClass);
  }

  removed(server: number, queueLength: number): void {
    const serverClass = this.fleet.serverClass(server);
    this.levels[serverClass].remove(server, queueLength);
    this.rank(serverClass);
  }

  rose(server: number, before: number): void {
    const serverClass = this.fleet.serverClass(server);
    const levels = this.levels[serverClass];
    const shortest = levels.shortest;
    levels.rise(server, before);
    if (levels.shortest !== shortest) this.rank(serverClass);
  }

  fell(server: number, before: number): void {
    const serverClass = this.fleet.serverClass(server);
    const levels = this.levels[serverClass];
    const shortest = levels.shortest;
    levels.fall(server, before);
    if (levels.shortest !== shortest) this.rank(serverClass);
  }

  private rank(serverClass: number): void {
    const { shortest, shortestCount } = this.levels[serverClass];
    const keys = this.keys[serverClass];
    while (keys.length <= shortest) keys.push(-this.utilities[serverClass].marginal(keys.length));
    this.heap.set(serverClass, shortestCount === 0 ? Number.POSITIVE_INFINITY : keys[shortest]);
  }
}
