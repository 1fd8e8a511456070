import type { PolicyFactory } from "../policies/policy.js";

/** A hash of a sequence of integers, by two coupled 32-bit multiplicative mixes. */
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
 * Wraps a policy so that every decision is hashed: the server, the job's type, the queue length there, and the number of
 * departures so far. It works in every engine, at no cost when not used.
 */
export function traced(policy: PolicyFactory, hash: TraceHash): PolicyFactory {
  return (fleet, random) => {
    const made = policy(fleet, random);
    const choose = made.choose.bind(made);
    made.choose = (job, now) => {
      const server = choose(job, now);
      for (const part of [server, job.type, server < 0 ? -1 : fleet.queueLength(server), fleet.departures])
        hash.add(part);
      return server;
    };
    return made;
  };
}
