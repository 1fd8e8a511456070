import { UserError } from "../../model/errors.js";

/**
 * The blocking probability of the M/G/n/n loss system: the fraction of Poisson arrivals that find all servers busy. It
 * depends on the service-time distribution only through its mean.
 *
 * @param servers n, an integer >= 0
 * @param offeredLoad arrival rate times mean service time, in erlangs, >= 0
 * @returns a probability; 1 for no servers
 * @throws UserError if an argument is out of range
 *
 * Source: Erlang (1917), by the recursion B(k) = a B(k-1) / (k + a B(k-1)), which is stable and never overflows.
 */
export function erlangB(servers: number, offeredLoad: number): number {
  if (!(Number.isInteger(servers) && servers >= 0)) {
    throw new UserError(`number of servers ${servers}: must be an integer >= 0`);
  }
  if (!(offeredLoad >= 0 && Number.isFinite(offeredLoad))) {
    throw new UserError(`offered load ${offeredLoad}: must be a number >= 0`);
  }
  let blocking = 1;
  for (let k = 1; k <= servers; k++) blocking = (offeredLoad * blocking) / (k + offeredLoad * blocking);
  return blocking;
}
