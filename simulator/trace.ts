import type { PolicyFactory } from "../dispatcher/policies/policy.js";

/** A hash of a sequence of integers, by two multiplicative mixes of 32 bits that feed each other. Two sequences that differ anywhere have others. */
export class TraceHash {
  private first = 0x243f6a88;
  private second = 0x13198a2e;

  add(value: number): void {
    this.first = Math.imul(this.first ^ value, 0x85ebca6b);
    this.first ^= (this.first >>> 15) ^ this.second;
    this.second = Math.imul(this.second ^ value, 0xc2b2ae35);
    this.second ^= (this.second >>> 13) ^ this.first;
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    return [this.first, this.second].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/**
 * The same policy, every decision of which goes into a hash: the server, the type of the job, the jobs there, and how many jobs
 * had ended by then. It works in every engine, and one that is not traced does not pay for it.
 */
export function traced(policy: PolicyFactory, hash: TraceHash): PolicyFactory {
  return (fleet, random) => {
    const made = policy(fleet, random);
    const choose = made.choose.bind(made);
    made.choose = (taskType) => {
      const server = choose(taskType);
      for (const part of [server, taskType, server < 0 ? -1 : fleet.queueLength(server), fleet.departures])
        hash.add(part);
      return server;
    };
    return made;
  };
}
