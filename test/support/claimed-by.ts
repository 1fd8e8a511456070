import type { Claim } from "../../theory/prediction.js";

/** The number that is claimed: a value, or a bound. */
export function claimedBy(claim: Claim): number {
  if ("value" in claim) return claim.value;
  return "atMost" in claim ? claim.atMost : claim.atLeast;
}
