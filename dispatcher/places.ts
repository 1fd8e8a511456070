import { generatorFlags, nodeFlags } from "../live/process-flags.js";
import type { SystemModel } from "../scenarios/scenario.js";

/** A place that was given and is not yet taken stays reserved for so long. */
const RESERVED_SECONDS = 30;

/** Gives processes that ask to join their places in the fleet: numbers that no other server has, and what goes with them. */
export class Places {
  private readonly reserved = new Map<number, number>();

  /**
   * @param common flags that every process is given: seed and time unit
   * @param present numbers of the servers that are in the fleet
   */
  constructor(
    private readonly system: SystemModel,
    private readonly common: readonly string[],
    private readonly present: () => ReadonlySet<number>,
  ) {}

  /**
   * The flags of a process of this role; undefined where there is no place for it.
   *
   * @param servers of a server node, numbered in a row
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
      if (!numbers.every(isFree)) continue;
      for (const number of numbers) this.reserved.set(number, nowSeconds + RESERVED_SECONDS);
      return ["--name", `server-node-${first}`, ...nodeFlags(this.system, first, servers), ...this.common];
    }
    return undefined;
  }
}
