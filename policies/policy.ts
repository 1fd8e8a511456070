import { UserError } from "../model/errors.js";
import type { Family } from "../model/family.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import type { News } from "../model/news.js";
import type { RandomStream } from "../model/random.js";
import type { Standing } from "../model/standing.js";
import type { ModelTime, Work } from "../model/units.js";
import type { Utility } from "../model/utility-functions.js";
import { Fleet } from "./indexes/fleet.js";

/** Returned by `choose` if there is no server to choose. */
export const NO_SERVER = -1;

/** The communication and memory cost of a policy, besides the jobs themselves. */
export interface PolicyInformation {
  /** Messages between dispatcher and servers that the policy has needed so far. */
  readonly messages: number;
  /** Bits that the dispatcher stores per server. */
  readonly bitsPerServer: number;
}

/** Cost of a policy that uses no information. */
export const NO_INFORMATION: PolicyInformation = { messages: 0, bitsPerServer: 0 };

/** Cost of a policy that knows all queue lengths: servers report every departure. */
export function queueLengthInformation(fleet: Fleet): PolicyInformation {
  return {
    get messages() {
      return fleet.departures;
    },
    get bitsPerServer() {
      return Math.ceil(Math.log2(1 + fleet.longestQueue));
    },
  };
}

/** Cost of a policy that queries servers: a query and a reply for each; nothing is stored. */
export class Questions implements PolicyInformation {
  messages = 0;
  readonly bitsPerServer = 0;

  ask(servers: number): void {
    this.messages += 2 * servers;
  }
}

/** What a policy may know besides which servers there are, in words. */
export const KNOWLEDGE = {
  "idle-servers": "which servers are idle",
  "queue-lengths": "how many jobs each server has",
  answers: "how many jobs the servers have that it asks",
  rates: "the rates that servers announce, or the weights that an operator gives them",
  classes: "the class of each server",
  standings: "where servers stand relative to a threshold, as they report it",
  "job-type": "the type of a job: its neighbourhood in a graph, or its affinity key",
  "job-size": "the size of a job before it is served",
  latencies: "how long each job took, when it is done",
  probes:
    "what servers answer that it probes: how many jobs they have, of all dispatchers, and how long these lately took",
  time: "the time",
} as const;
export type Knowledge = keyof typeof KNOWLEDGE;

/** A job to be routed. The same object stands for every job: a policy copies what it wants to keep. */
export interface Job {
  /** Selects its neighbourhood in a compatibility graph, and is its affinity key; 0 if there is only one type. */
  readonly type: number;
  /** The work that it brings; NaN for a policy that does not declare `job-size`. */
  readonly size: Work;
}

/** A job of the only type, whose size nobody knows. */
export const ANY_JOB: Job = { type: 0, size: Number.NaN };

/** The servers that each get a copy of the job last routed. When the first copy is done, the others are cancelled. */
export interface Copies {
  /** The first `count`, all different. */
  readonly servers: Int32Array;
  readonly count: number;
  /** Whether each copy has a size of its own, or all have that of the job. */
  readonly sizes: "independent" | "identical";
}

/** The servers to be probed once the job last routed is on its way. */
export interface Probes {
  /** The first `count`, members of the fleet. */
  readonly servers: Int32Array;
  readonly count: number;
}

/** Where the thresholds of a policy are, and who is below them. */
export interface Thresholds {
  /** The threshold of each class of servers, in jobs. */
  readonly byClass: readonly number[];
  /** Servers below the threshold of their class. */
  readonly green: number;
  /** Servers of the class to be filled next that are not above its threshold. */
  readonly yellow: number;
}

/** A routing policy. It chooses a server for each job; a job sent to a full server is blocked. */
export interface Policy {
  readonly name: string;
  /** What it may know. Engines serve this, and nothing else of a job. */
  readonly knows: readonly Knowledge[];
  /** The server for the next job, or NO_SERVER. Allocates nothing. */
  choose(job: Job, now: ModelTime): number;
  readonly information: PolicyInformation;
  /** What it must be told of servers that other dispatchers send jobs to; by what it knows if left out. */
  readonly news?: News;
  /**
   * A job is done. Only policies that know `latencies` hear of it.
   *
   * @param latency from the job's arrival at the dispatcher until this heard of its completion
   */
  completed?(server: number, latency: ModelTime, now: ModelTime): void;
  /** Set, with `answered`, by policies that know `probes`. Each probe and each answer is a message of its own. */
  readonly probes?: Probes;
  /**
   * A server has answered a probe, at once or later, and as it was when it answered. Only policies that know `probes` hear of it.
   *
   * @param jobs at the server, whoever sent them
   * @param latency that jobs which found so many there lately had at the server; 0 if it has none to go by
   */
  answered?(server: number, jobs: number, latency: ModelTime, now: ModelTime): void;
  /** Set if each job goes to several servers, of which `choose` returns the first. Only in virtual time. */
  readonly copies?: Copies;
  /** The learned parameter of a learning policy: the rank r of SLTA. */
  readonly learned?: number;
  /** What a policy that sends jobs by thresholds has come to. */
  readonly thresholds?: Thresholds;
  /**
   * A server reports its standing relative to the threshold of its class. Only policies that set thresholds (`Fleet`) accept
   * such reports.
   *
   * @param threshold the latest that the server had received
   * @param sentSince whether the server has been sent jobs that it had not yet accepted when it reported
   */
  reported?(server: number, standing: Standing, threshold: number, sentSince: boolean): void;
}

/** Creates a policy for a fleet; all its randomness comes from the stream. */
export type PolicyFactory = (fleet: Fleet, random: RandomStream) => Policy;

/** What a policy must be told of servers that other dispatchers send jobs to. */
export function newsFor({ news, knows }: Policy): News {
  return news ?? (knows.includes("queue-lengths") || knows.includes("answers") ? "queue-lengths" : "none");
}

/** Whether a policy knows nothing of single jobs and times, so that the queue lengths are a Markov chain. */
export function knowsQueuesOnly(policy: PolicyFactory): boolean {
  const { knows } = specimenOf(policy);
  return !knows.some((what) => OF_SINGLE_JOBS.includes(what));
}

/** Whether a policy sends each job to several servers. */
export function sendsCopies(policy: PolicyFactory): boolean {
  return specimenOf(policy).copies !== undefined;
}

/** The policy. Throws UserError if it sends copies of jobs, which no dispatcher passes on and no server cancels. */
export function toOneServer(policy: Policy): Policy {
  if (policy.copies === undefined) return policy;
  throw new UserError(
    `policy ${policy.name} sends copies of a job to several servers and cancels them, which is only possible in virtual time and with ` +
      "one dispatcher: use `equipoise simulate fleet`",
  );
}

/** Refuses, as `toOneServer` does, before anything is started. */
export function requireOneServer(policy: PolicyFactory): void {
  toOneServer(specimenOf(policy));
}

function specimenOf(policy: PolicyFactory): Policy {
  return policy(new Fleet(), () => 0);
}

const OF_SINGLE_JOBS: readonly Knowledge[] = ["job-type", "job-size", "latencies", "probes", "time"];

/** Parameters of a policy for server pools. */
export interface PoolSetting {
  /** Utility of each class of pools, in the order of the classes. */
  readonly utilities: readonly Utility[];
  /** beta_n > 0, by which a learning policy detects that its thresholds are too high. */
  beta(pools: number): number;
  /** r_n at time 0 of a learning policy, >= 1; 1 if left out. */
  readonly initialRank?: number;
}

/** What helps a user to choose a policy, as docs/policies.md shows it. */
export interface PolicyGuide {
  /** Where queues do not grow for ever although buffers are infinite. */
  readonly stable: string;
  /** What theory knows of it. */
  readonly theory: string;
  /** When to use it. */
  readonly use: string;
  /** When not to. */
  readonly avoid: string;
  /** The policy that it is, with default options, where all servers are equally fast; left out where it is none. */
  readonly amongEquals?: string;
  /** What nginx, HAProxy, Envoy, gRPC and others call it; "-" if none has it. */
  readonly products: string;
  /** The lines of a product's configuration that switch it on, with its default options; left out where none has it. */
  readonly configuration?: Configuration;
  /** Those with other options, by the options as they are written after the name. */
  readonly configurations?: Readonly<Record<string, Configuration>>;
}

/** By product; a weight stands for the speed of its server. */
export type Configuration = Readonly<Partial<Record<"nginx" | "HAProxy" | "Envoy", string>>>;

/** A policy as its file declares it: its syntax, a one-line summary, advice, and the fleets it applies to. */
export type PolicyDefinition = { readonly summary: string; readonly guide: PolicyGuide } & (
  | { readonly fleet: "any"; readonly family: Family<PolicyFactory> }
  /** Any fleet, in virtual time only. */
  | { readonly fleet: "simulated"; readonly family: Family<PolicyFactory> }
  | { readonly fleet: "pools"; readonly family: Family<(setting: PoolSetting) => PolicyFactory> }
  | { readonly fleet: "graph"; readonly family: Family<(graph: CompatibilityGraph) => PolicyFactory> }
);
