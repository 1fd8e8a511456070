import { UserError } from "../model/errors.js";
import { erlangB } from "./erlang-b.js";

/**
 * The probability that a job has to wait in M/M/n with one common queue: that all servers are busy.
 *
 * @param servers n, an integer >= 1
 * @param offeredLoad arrival rate times mean service time, in erlangs, 0 <= load < n
 * @throws UserError if an argument is out of range
 *
 * Source: Erlang (1917), by C = n B / (n - a (1 - B)).
 */
export function erlangC(servers: number, offeredLoad: number): number {
  const blocking = erlangB(servers, offeredLoad);
  if (!(offeredLoad < servers)) {
    throw new UserError(
      `offered load ${offeredLoad}: must be less than the ${servers} servers, or the queue has no end`,
    );
  }
  return (servers * blocking) / (servers - offeredLoad * (1 - blocking));
}
