import { UserError } from "../model/errors.js";
import { dispatchersOfServers } from "../model/graphs/shares.js";
import type { Experiment } from "../scenarios/scenario.js";

/** The dispatchers that a node's servers hear from: those of all its servers' neighbourhoods, rising. */
export function dispatchersOfNode(experiment: Experiment, dispatchers: number, first: number, count: number): number[] {
  const { graph } = experiment.system;
  if (graph === undefined) return [];
  const owners = dispatchersOfServers(graph, dispatchers).slice(first, first + count);
  return [...new Set(owners.flat())].sort((a, b) => a - b);
}

/** Throws UserError if the scenario's jobs cannot be shared out among so many dispatchers. */
export function checkDispatchers({ scenario, system }: Experiment, dispatchers: number): void {
  if (dispatchers === 1) return;
  if (system.graph === undefined)
    throw new UserError(
      `--dispatchers ${dispatchers}: ${scenario.name} has no task types to share out; use spatial-graphs`,
    );
  if (dispatchers > system.graph.taskTypes)
    throw new UserError(
      `--dispatchers ${dispatchers}: there are only ${system.graph.taskTypes} task types to share out`,
    );
}
