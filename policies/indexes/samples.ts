import { type RandomStream, uniformIndex } from "../../model/random.js";
import type { IndexSet } from "./index-set.js";

/** Servers sampled at random for one job, with or without replacement. */
export class Samples {
  readonly servers: Int32Array;

  /** @param choices d >= 1 */
  constructor(
    private readonly choices: number,
    private readonly replacement: boolean,
    private readonly members: IndexSet,
    private readonly random: RandomStream,
  ) {
    this.servers = new Int32Array(choices);
  }

  /** Draws d servers, all of them if they are distinct and fewer. Returns how many, 0 if there is no server. */
  draw(): number {
    const { members, random, servers, replacement } = this;
    if (members.size === 0) return 0;
    const wanted = replacement ? this.choices : Math.min(this.choices, members.size);
    for (let count = 0; count < wanted; ) {
      const server = members.at(uniformIndex(random, members.size));
      if (replacement || !this.has(server, count)) servers[count++] = server;
    }
    return wanted;
  }

  private has(server: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.servers[i] === server) return true;
    return false;
  }
}
