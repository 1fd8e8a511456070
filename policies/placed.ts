import { UserError } from "../model/errors.js";
import type { PolicyFactory } from "./policy.js";

/**
 * A policy for a system that does not start empty: the first jobs go to given servers, one each, and the policy chooses from then on.
 * A fleet that has jobs when the first one comes has started before, under an earlier dispatcher: then the policy chooses at once.
 *
 * @param servers of the first jobs, in turn; a job whose server is not there goes where the policy sends it
 * @throws UserError, when it is created, under a policy that sends copies of jobs
 */
export function placed(policy: PolicyFactory, servers: Int32Array): PolicyFactory {
  return (fleet, random) => {
    const chooser = policy(fleet, random);
    if (servers.length === 0) return chooser;
    if (chooser.copies !== undefined)
      throw new UserError(`start: ${chooser.name} sends each job to several servers; use empty or backlog:JOBS`);
    const { choose } = chooser;
    let next = 0;
    chooser.choose = (job, now) => {
      const isOver = next === 0 && fleet.longestQueue > 0;
      const server = servers[next++];
      // The policy's own method again, so that the start costs nothing once it is over.
      if (isOver || next === servers.length) chooser.choose = choose;
      return isOver || !fleet.members.has(server) ? choose.call(chooser, job, now) : server;
    };
    return chooser;
  };
}
