import type { Dispatcher } from "../core/dispatcher.js";
import type { NodeConnection } from "./node-roster.js";

/** Sends the servers of a class their new threshold. */
export function passOnThreshold(
  nodes: Iterable<NodeConnection>,
  dispatcher: Dispatcher,
  serverClass: number,
  threshold: number,
): void {
  for (const { servers, session } of nodes) {
    for (const [index, server] of servers.entries())
      if (dispatcher.fleet.serverClass(server) === serverClass)
        session.records().threshold(index, threshold, dispatcher.heard(server));
  }
}

/** Gives the servers of a node that has joined the thresholds of their classes, if they have any. */
export function giveThresholds({ servers, session }: NodeConnection, { fleet }: Dispatcher): void {
  for (const [index, server] of servers.entries()) {
    const threshold = fleet.threshold(fleet.serverClass(server));
    if (threshold !== undefined) session.records().threshold(index, threshold, 0);
  }
}
