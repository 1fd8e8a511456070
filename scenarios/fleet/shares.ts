import { FRACTION, type QuantityDefinition, type QuantityRole } from "../../experiments/quantities.js";
import { routedBy, treatsAlike } from "../../experiments/routing.js";
import { exact, type Prediction } from "../../theory/prediction.js";
import type { FleetSystem } from "./system.js";

/** The part of all jobs that a server, or a class of servers, is given. Servers are numbered from 0, classes from 1. */
export type ShareQuantity = `server_share_${number}` | `class_share_${number}`;

/** Servers whose shares are shown one by one; of more, the shares of their classes are. */
const MOST_SHOWN_SINGLY = 20;

/** Groups of servers by whose shares of the jobs a balancer is known. */
export interface ShareGroups {
  readonly names: readonly ShareQuantity[];
  /** The group of a server, as an index into `names`. */
  of(server: number): number;
}

/** The groups of a fleet: none where they could not differ. */
export function shareGroups(
  servers: number,
  classes: { readonly classNames: readonly string[]; classOf(server: number): number },
): ShareGroups {
  if (servers === 1) return { names: [], of: () => 0 };
  if (servers <= MOST_SHOWN_SINGLY)
    return { names: Array.from({ length: servers }, (_, i) => `server_share_${i}` as const), of: (server) => server };
  const { classNames, classOf } = classes;
  return {
    names: classNames.length === 1 ? [] : classNames.map((_, i) => `class_share_${i + 1}` as const),
    of: classOf,
  };
}

/**
 * What is known of the shares without anything about queues: policies that do not look at queues give jobs in proportion to their weights,
 * and servers that are all alike have equal shares under any policy that treats them alike, by symmetry.
 */
export function shareClaims(system: FleetSystem, { names, of }: ShareGroups): [ShareQuantity, Prediction][] {
  const known = serverShares(system);
  if (known === undefined) return [];
  const totals = names.map(() => 0);
  for (const [server, share] of known.shares.entries()) if (names.length > 0) totals[of(server)] += share;
  return names.map((name, group) => [name, exact(totals[group], known.source)]);
}

/** The declarations of the shares: what they are is what a policy is, where they are known. */
export function shareQuantities({ names }: ShareGroups, areKnown: boolean): QuantityDefinition<ShareQuantity>[] {
  const role: QuantityRole = areKnown ? "headline" : "other";
  return names.map((name) => {
    const whose = name.replace("_share_", " ").replace("class ", "servers of class ");
    return { name, role, description: `part of all jobs that ${whose} serves`, unit: "", range: FRACTION, floor: 0 };
  });
}

function serverShares(system: FleetSystem) {
  const { rates, workers, disciplines, buffers, zones, policy, sizes } = system;
  const equal = rates.map(() => 1 / rates.length);
  if ([rates, workers, disciplines, buffers, zones].every(areAllEqual) && treatsAlike(policy))
    return { shares: equal, source: `servers that are all alike, which ${policy} treats alike` };
  // Jobs that are blocked are no part of what a server is given.
  if (buffers.some(Number.isFinite)) return undefined;
  const route = routedBy(policy, rates, sizes.name);
  const source = `${policy} does not look at queues`;
  if (route.kind === "random" || route.kind === "round-robin") return { shares: equal, source };
  if (route.kind !== "weighted") return undefined;
  const total = route.weights.reduce((sum, weight) => sum + weight, 0);
  return { shares: route.weights.map((weight) => weight / total), source };
}

function areAllEqual(values: readonly unknown[]): boolean {
  return values.every((value) => value === values[0]);
}
