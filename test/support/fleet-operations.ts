import fc from "fast-check";
import { Fleet } from "../../policies/indexes/fleet.js";
import { NO_SERVER } from "../../policies/policy.js";

/** What happens to a fleet. */
export type Operation = { readonly kind: "join" | "leave" | "route" | "assign" | "end"; readonly pick: number };

export const operations = fc.array(
  fc.record<Operation>({
    kind: fc.constantFrom("join", "leave", "route", "route", "route", "assign", "end", "end", "end"),
    pick: fc.nat(1000),
  }),
  { minLength: 50, maxLength: 250 },
);

/** Rates of servers, some of them equal. */
export const RATES = [0.3, 1, 1, 1.8, 0.5, 0.7, 1.3, 0.5, 2.1];

/** A fleet of servers of these rates. */
export function fleetOf(servers: number): Fleet {
  const fleet = new Fleet();
  for (let i = 0; i < servers; i++) fleet.join({ buffer: Number.POSITIVE_INFINITY, rate: RATES[i % RATES.length] });
  return fleet;
}

/** The members of a fleet, in order of their numbers. */
export function membersOf(fleet: Fleet): number[] {
  return Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i)).sort((a, b) => a - b);
}

/** The members with the least key. */
export function leastBy(fleet: Fleet, key: (server: number) => number): number[] {
  const members = membersOf(fleet);
  const least = Math.min(...members.map(key));
  return members.filter((server) => key(server) === least);
}

/** Does it; a server joins with one of `RATES`, and a job is routed to the server chosen. */
export function perform(fleet: Fleet, { kind, pick }: Operation, choose: () => number): void {
  const { members } = fleet;
  const any = members.size === 0 ? NO_SERVER : members.at(pick % members.size);
  if (kind === "join") fleet.join({ buffer: Number.POSITIVE_INFINITY, rate: RATES[pick % RATES.length] });
  else if (any === NO_SERVER) return;
  else if (kind === "leave" && members.size > 1) fleet.leave(any);
  else if (kind === "assign") fleet.assigned(any);
  else if (kind === "end" && fleet.queueLength(any) > 0) fleet.ended(any);
  else if (kind === "route") fleet.assigned(choose());
}
