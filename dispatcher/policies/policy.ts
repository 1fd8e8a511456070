import type { RandomStream } from "../../model/random.js";
import type { Standing } from "../../model/standing.js";
import type { Fleet } from "../fleet.js";

/** What `choose` returns when no server can be named at all. */
export const NO_SERVER = -1;

/** What a policy costs in information, besides the jobs themselves. */
export interface PolicyInformation {
  /** Messages between dispatcher and servers so far that the policy needs. */
  readonly messages: number;
  /** Bits that the dispatcher must keep of each server. */
  readonly bitsPerServer: number;
}

/** Of a policy that needs to know nothing. */
export const NO_INFORMATION: PolicyInformation = { messages: 0, bitsPerServer: 0 };

/** Of a policy that must know how many jobs each server holds: every server says when a job of it has ended. */
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

/** Of a policy that asks: a question and an answer for each server asked; nothing is remembered. */
export class Questions implements PolicyInformation {
  messages = 0;
  readonly bitsPerServer = 0;

  ask(servers: number): void {
    this.messages += 2 * servers;
  }
}

/** A routing policy. It names a server for each job; a job sent to a full server is blocked. */
export interface Policy {
  readonly name: string;
  /**
   * The server for the next job, or NO_SERVER. Allocates nothing.
   *
   * @param taskType of the job: which neighbourhood of a compatibility graph may serve it; 0 where there is one type only
   */
  choose(taskType: number): number;
  /** The job last routed has been passed on to its server: what a policy learns from it, it learns now. */
  dispatched?(): void;
  readonly information: PolicyInformation;
  /** What a policy that learns has learned so far: the rank r of SLTA. */
  readonly learned?: number;
  /**
   * A server reports where it stands to the threshold of its class. Only a policy that gives thresholds (`Fleet`) takes such
   * reports.
   *
   * @param threshold the one that the server has been given last
   * @param sentSince whether the server was sent jobs that it had not accepted when it said so
   */
  reported?(server: number, standing: Standing, threshold: number, sentSince: boolean): void;
}

/** Makes a policy over a fleet; all its randomness comes from the stream. */
export type PolicyFactory = (fleet: Fleet, random: RandomStream) => Policy;
