/**
 * The confidence that each of several intervals needs for all of them to hold together with `familyConfidence`.
 * Bonferroni's, which needs no independence: quantities of one run depend on each other.
 */
export function perQuantityConfidence(familyConfidence: number, quantities: number): number {
  return 1 - (1 - familyConfidence) / quantities;
}

/** The least confidence with which several intervals hold together, each of which holds with `confidence`. */
export function jointConfidence(confidence: number, quantities: number): number {
  return 1 - (1 - confidence) * quantities;
}
