import type { SystemModel } from "../../experiments/scenario.js";
import { areAsFarAway } from "../../live/processes/node-places.js";
import { generatorFlags, nodeFlags } from "../../live/processes/process-flags.js";

/** How long server numbers stay reserved for a process that has not connected yet. */
const RESERVED_SECONDS = 30;

/** Assigns processes that ask to join their place in the fleet: free server numbers, and the corresponding flags. */
export class Admissions {
  private readonly reserved = new Map<number, number>();

  /**
   * @param common flags of every process: seed and time unit
   * @param present numbers of the servers in the fleet
   */
  constructor(
    private readonly system: SystemModel,
    private readonly common: readonly string[],
    private readonly present: () => ReadonlySet<number>,
  ) {}

  /**
   * The flags of a process of this role; undefined if there is no place for it.
   *
   * @param servers number of servers of a server node, numbered consecutively; those of one node are equally far from the dispatchers
   */
  forRole(role: string, servers: number, nowSeconds: number): string[] | undefined {
    if (role === "load-generator") return [...generatorFlags(this.system), ...this.common];
    return role === "server-node" ? this.forNode(servers, nowSeconds) : undefined;
  }

  private forNode(servers: number, nowSeconds: number): string[] | undefined {
    if (!Number.isSafeInteger(servers) || servers < 1) return undefined;
    const present = this.present();
    const isFree = (number: number): boolean =>
      !present.has(number) && (this.reserved.get(number) ?? Number.NEGATIVE_INFINITY) <= nowSeconds;
    for (let first = 0; first + servers <= this.system.servers; first++) {
      const numbers = Array.from({ length: servers }, (_, k) => first + k);
      if (!numbers.every(isFree) || !areAsFarAway(this.system, { first, count: servers })) continue;
      for (const number of numbers) this.reserved.set(number, nowSeconds + RESERVED_SECONDS);
      return ["--name", `server-node-${first}`, ...nodeFlags(this.system, first, servers), ...this.common];
    }
    return undefined;
  }
}
