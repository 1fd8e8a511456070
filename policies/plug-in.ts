import { messageOf, UserError } from "../model/errors.js";
import type { RandomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import type { Fleet } from "./indexes/fleet.js";
import {
  type Job,
  KNOWLEDGE,
  type Knowledge,
  NO_INFORMATION,
  NO_SERVER,
  type Policy,
  type PolicyFactory,
  type PolicyInformation,
  type Probes,
  queueLengthInformation,
} from "./policy.js";

/** A policy of a user's own. */
export interface PlugIn {
  /** What it may know; nothing if left out. */
  readonly knows?: readonly Knowledge[];
  /** The number of a member of the fleet, or -1 if there is none. The job is the same object for every job. */
  choose(job: Job, now: ModelTime): number;
  /** A job is done; for a policy that knows `latencies`. */
  completed?(server: number, latency: ModelTime, now: ModelTime): void;
  /** For a policy that knows `probes`: the servers to be probed once the job last routed is on its way. */
  readonly probes?: Probes;
  /** A server that was probed had so many jobs, and such a latency with them lately; 0 if it cannot tell. */
  answered?(server: number, jobs: number, latency: ModelTime, now: ModelTime): void;
  /** What it costs; follows from what it knows if left out, except where it asks servers. */
  readonly information?: PolicyInformation;
}

/** What a module exports by default to be a policy: makes one for a fleet, with all its randomness from the stream. */
export type PlugInFactory = (fleet: Fleet, random: RandomStream) => PlugIn;

/** The plug-ins that this process has loaded, by how they are written in a setting. */
export const plugIns = new Map<string, PolicyFactory>();

/**
 * The policy of a plug-in, with its mistakes reported as the user's.
 *
 * @param text how it is written in a setting, for messages
 * @param name for results and metrics
 * @returns a factory that throws UserError if the plug-in is not of the form of `PlugIn`, throws, or chooses no member
 */
export function policyOfPlugIn(text: string, name: string, make: PlugInFactory): PolicyFactory {
  return (fleet, random) => new GuardedPlugIn(text, name, make, fleet, random);
}

/** Calls a plug-in without allocating anything per job. */
class GuardedPlugIn implements Policy {
  readonly knows: readonly Knowledge[];
  readonly information: PolicyInformation;
  readonly probes?: Probes;
  private readonly plugIn: PlugIn;

  constructor(
    private readonly text: string,
    readonly name: string,
    make: PlugInFactory,
    private readonly fleet: Fleet,
    random: RandomStream,
  ) {
    try {
      this.plugIn = make(fleet, random);
    } catch (error) {
      throw this.mistake(error);
    }
    if (typeof this.plugIn?.choose !== "function")
      throw new UserError(`policy ${text}: its factory must return an object with a method choose(job, now)`);
    this.knows = this.plugIn.knows ?? [];
    const unknown = this.knows.find((what) => !Object.hasOwn(KNOWLEDGE, what));
    if (unknown !== undefined)
      throw new UserError(`policy ${text}: knows "${unknown}": use ${Object.keys(KNOWLEDGE).join(", ")}`);
    if (this.knows.includes("latencies") && this.plugIn.completed === undefined)
      throw new UserError(`policy ${text}: knows "latencies", but has no method completed(server, latency, now)`);
    const { probes } = this.plugIn;
    if (this.knows.includes("probes") && (probes === undefined || this.plugIn.answered === undefined))
      throw new UserError(
        `policy ${text}: knows "probes", but has no probes { servers, count } or no method answered(server, jobs, latency, now)`,
      );
    if (probes !== undefined) this.probes = probes;
    this.information = this.plugIn.information ?? informationOf(this.knows, fleet);
  }

  choose(job: Job, now: ModelTime): number {
    let server: number;
    try {
      server = this.plugIn.choose(job, now);
    } catch (error) {
      throw this.mistake(error);
    }
    if (server !== NO_SERVER && !this.fleet.members.has(server))
      throw new UserError(`policy ${this.text}: chose ${server}, which is no server that takes jobs`);
    if (this.probes !== undefined) this.checkProbes(this.probes);
    return server;
  }

  answered(server: number, jobs: number, latency: ModelTime, now: ModelTime): void {
    try {
      this.plugIn.answered?.(server, jobs, latency, now);
    } catch (error) {
      throw this.mistake(error);
    }
  }

  private checkProbes({ servers, count }: Probes): void {
    for (let i = 0; i < count; i++)
      if (!this.fleet.members.has(servers[i]))
        throw new UserError(`policy ${this.text}: probes ${servers[i]}, which is no server that takes jobs`);
  }

  completed(server: number, latency: ModelTime, now: ModelTime): void {
    try {
      this.plugIn.completed?.(server, latency, now);
    } catch (error) {
      throw this.mistake(error);
    }
  }

  private mistake(error: unknown): UserError {
    return new UserError(`policy ${this.text}${lineOf(error)}: ${messageOf(error)}`);
  }
}

/** Where an error was thrown; "" if it does not say. */
function lineOf(error: unknown): string {
  const line = error instanceof Error ? /\.[cm]?js(?:\?[^:\s]*)?:(\d+):\d+/.exec(error.stack ?? "")?.[1] : undefined;
  return line === undefined ? "" : `, line ${line}`;
}

function informationOf(knows: readonly Knowledge[], fleet: Fleet): PolicyInformation {
  if (knows.includes("queue-lengths") || knows.includes("latencies")) return queueLengthInformation(fleet);
  if (!knows.includes("idle-servers")) return NO_INFORMATION;
  return {
    get messages() {
      return fleet.idlings;
    },
    bitsPerServer: 1,
  };
}
