import { IndexedHeap } from "../../model/indexed-heap.js";
import { uniformIndex } from "../../model/random.js";
import type { Utility } from "../../model/utility-functions.js";
import type { Fleet, FleetIndex } from "../fleet.js";
import { QueueLevels } from "../queue-levels.js";
import { NO_SERVER, type PolicyFactory, queueLengthInformation } from "./policy.js";

/**
 * Join the Largest Marginal Utility: a uniformly random server among those with the best-ranked coordinates, that is, with
 * the largest marginal utility, ties by dictionary order: the smaller class first.
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
      information: queueLengthInformation(fleet),
      choose() {
        const best = ranked.best;
        return best.shortestCount === 0 ? NO_SERVER : best.shortestAt(uniformIndex(random, best.shortestCount));
      },
    };
  };
}

/**
 * The servers of each class by their jobs, and the classes by the marginal utility of those that hold the fewest, which are
 * the best of a class since utilities are concave. O(log classes) an event.
 */
class ClassesByMarginalUtility implements FleetIndex {
  private readonly levels: QueueLevels[];
  /** Classes by the marginal utility, negated: smallest first, equal ones in dictionary order. */
  private readonly heap: IndexedHeap;
  /** For each class, the marginal utility, negated, by the number of jobs: worked out once. */
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
