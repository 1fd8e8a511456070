import { erlangB } from "../../theory/queues/erlang-b.js";

/**
 * The probability that a job has to wait in M/M/n, that is, that all servers are busy.
 *
 * @param servers n, an integer >= 1
 * @param offeredLoad arrival rate times mean service time, in erlangs, 0 <= load < n
 *
 * Source: Erlang (1917), by C = n B / (n - a (1 - B)).
 */
export function erlangC(servers: number, offeredLoad: number): number {
  const blocking = erlangB(servers, offeredLoad);
  return (servers * blocking) / (servers - offeredLoad * (1 - blocking));
}
