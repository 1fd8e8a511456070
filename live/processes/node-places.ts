import type { SystemModel } from "../../experiments/scenario.js";
import { UserError } from "../../model/errors.js";
import { delayBetween, formatMessageDelay } from "../../model/message-delay.js";

/** The servers of a node, numbered consecutively. */
export interface NodePlace {
  readonly first: number;
  readonly count: number;
}

/** The delays of messages between a server and every dispatcher, by the dispatchers' numbers, in the syntax of MESSAGE_DELAYS. */
export function delaysOfServer(system: SystemModel, server: number): readonly string[] {
  const { dispatchers } = system.division ?? { dispatchers: 1 };
  return Array.from({ length: dispatchers }, (_, number) => formatMessageDelay(delayBetween(system, number, server)));
}

/** Whether servers may be in one node, whose messages are all delayed alike. */
export function areAsFarAway(system: SystemModel, { first, count }: NodePlace): boolean {
  if (system.delayBetween === undefined) return true;
  const distance = (server: number): string => delaysOfServer(system, server).join();
  return Array.from({ length: count - 1 }, (_, k) => first + 1 + k).every(
    (server) => distance(server) === distance(first),
  );
}

/**
 * Spreads the servers of a system over nodes, as evenly as the distances of servers from dispatchers allow: a node has servers that are
 * equally far away.
 *
 * @param processes number of nodes
 * @throws UserError if that is too few
 */
export function nodePlaces(system: SystemModel, processes: number): readonly NodePlace[] {
  const groups = groupsOf(system);
  const nodes = Math.min(processes, system.servers);
  if (nodes < groups.length)
    throw new UserError(
      `--processes ${processes}: servers are at ${groups.length} different distances from the dispatchers, one after the other, and a process holds all its messages back alike; give at least ${groups.length}`,
    );
  const counts = groups.map(() => 1);
  for (let left = nodes - groups.length; left > 0; left--) {
    const fullest = groups.reduce(
      (most, { count }, i) => (count / counts[i] > groups[most].count / counts[most] ? i : most),
      0,
    );
    counts[fullest]++;
  }
  return groups.flatMap((group, i) => spread(group, counts[i]));
}

/** Consecutive servers that are equally far away, as many as there are each time. */
function groupsOf(system: SystemModel): NodePlace[] {
  if (system.delayBetween === undefined) return [{ first: 0, count: system.servers }];
  const groups: NodePlace[] = [];
  for (let first = 0; first < system.servers; ) {
    let count = 1;
    while (first + count < system.servers && areAsFarAway(system, { first: first + count - 1, count: 2 })) count++;
    groups.push({ first, count });
    first += count;
  }
  return groups;
}

function spread({ first, count }: NodePlace, nodes: number): NodePlace[] {
  return Array.from({ length: nodes }, (_, i) => {
    const before = Math.floor((i * count) / nodes);
    return { first: first + before, count: Math.floor(((i + 1) * count) / nodes) - before };
  });
}
