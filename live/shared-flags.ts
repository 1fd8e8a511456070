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

/** What is asked of a run with several dispatchers. */
interface Wanted {
  readonly dispatchers: number;
  readonly control?: true | undefined;
  readonly record?: string | undefined;
}

/** Throws UserError if the scenario's jobs cannot be shared out among so many dispatchers, or these cannot do what is asked. */
export function checkDispatchers({ scenario, system }: Experiment, { dispatchers, control, record }: Wanted): void {
  if (dispatchers === 1) return;
  const refuse = (why: string): never => {
    throw new UserError(`--dispatchers ${dispatchers}: ${why}`);
  };
  if (system.graph === undefined) refuse(`${scenario.name} has no task types to share out; use spatial-graphs`);
  else if (dispatchers > system.graph.taskTypes)
    refuse(`there are only ${system.graph.taskTypes} task types to share out`);
  if (control === true) refuse("a run of several dispatchers cannot be changed while it goes on; leave --control out");
  if (record !== undefined) refuse("only one dispatcher's events can be recorded; leave --record out");
}
