import { UserError } from "../model/errors.js";
import type { Rate } from "../model/units.js";
import { fleetStability, type RoutedFleet } from "../theory/stability.js";
import { routedBy } from "./routing.js";
import type { Assumption } from "./scenario.js";

/** A system whose queues certainly grow for ever. */
export class Unstable extends UserError {}

/** How many members a message names at most. */
const NAMED = 5;

/** Servers of fixed rates, and the policy in front of them as `policyNamed` parses it. */
export interface FixedFleet extends Omit<RoutedFleet, "policy"> {
  readonly policy: string;
  /** The rates by which the policy weighs the servers, where servers have several workers; those that they can do if left out. */
  readonly announced?: readonly Rate[];
  /** The name of the law of the sizes; exponential if left out. */
  readonly sizes?: string;
}

/**
 * Refuses a fleet whose queues certainly grow for ever.
 *
 * @returns the condition that they do not, where it is not known whether it holds
 * @throws UserError naming the servers, their load, and the remedies
 */
export function stabilityConditions(fleet: FixedFleet): Assumption[] {
  const { policy, rates, announced = rates, sizes = "exponential" } = fleet;
  const found = fleetStability({ ...fleet, policy: routedBy(policy, announced, sizes) });
  if (found.verdict === "stable") return [];
  if (found.verdict === "unstable") {
    const isAll = found.servers.length === fleet.rates.length;
    const remedy = `lower arrivalRate or set a finite buffer${isAll ? "" : ", or use a policy that spares them, such as jsq"}`;
    throw unstable(found, `under ${fleet.policy}, with infinite buffers`, remedy);
  }
  return [
    {
      condition: "the queues are stable",
      holds: null,
      meaning: found.why,
      consequence: "if the queues grow, there is no steady state, and the run is void",
    },
  ];
}

/** The error of a system without a steady state: whose servers are overloaded, why, and what to do. */
export function unstable(
  { servers, load }: { readonly servers: readonly number[]; readonly load: number },
  cause: string,
  remedy: string,
): Unstable {
  const have = servers.length === 1 ? "has" : "have";
  return new Unstable(`unstable: ${named("server", servers)} ${have} load ${load.toFixed(3)} ${cause}: ${remedy}`);
}

/** The first few of some numbered members, in words. */
export function named(what: string, members: readonly number[]): string {
  const more = members.length > NAMED ? ` and ${members.length - NAMED} more` : "";
  return `${what}${members.length === 1 ? "" : "s"} ${members.slice(0, NAMED).join(", ")}${more}`;
}
