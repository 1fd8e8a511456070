/**
 * The confidence that each of several intervals needs for all of them to hold together with `familyConfidence`.
 * Bonferroni's correction, which needs no independence: quantities of one run are dependent.
 */
export function perQuantityConfidence(familyConfidence: number, quantities: number): number {
  return 1 - (1 - familyConfidence) / quantities;
}

/** A lower bound for the joint confidence of several intervals that each hold with `confidence`. */
export function jointConfidence(confidence: number, quantities: number): number {
  return 1 - (1 - confidence) * quantities;
}
