import { type Paper, STEP } from "./paper.js";

export const jsqHeavyTraffic: Paper = {
  reference: "Hurtado-Lange and Maguluri (2020)",
  files: /jsq-heavy-traffic|heavy-traffic\/jsq|nondegenerate-slowdown|exponential-distance|slotted/,
  statements: {
    "Table 1": { says: "the regimes of alpha, and who studied them" },
    "Theorem 1": { says: "n^-alpha times the number of jobs converges to an exponential law for alpha > 2" },
    "Remark 1": { says: "with the power of two choices, for alpha > 5/2; the proof is left out" },
    "Lemma 1": { says: "the unused service of a slot is n^(1 - alpha) in the mean, exactly" },
    "Proposition 1": {
      says: "state space collapse: E||q_perp||^r is of order n^r; its constant does not hold as printed",
    },
    "Theorem 2": { says: "the moment generating function converges, too" },
    "Corollary 1": { says: "the mean converges" },
    "Lemma 2": { says: "the moment generating function exists", without: STEP },
    "Lemma 3": { says: "what differs from a single queue is of order o(n^(1 - 2 alpha))", without: STEP },
    "Definition 1": { says: "the Wasserstein distance" },
    "Theorem 3": {
      says: "the Wasserstein distance to the limit is of order n^(2 - alpha) log n; its constant is vacuous",
    },
    "Lemma 4": { says: "Stein's equation bounds the distance", without: STEP },
    "Lemma 5": { says: "moments from a drift", without: STEP },
    "Theorem 4": { says: "Foster and Lyapunov's criterion", without: STEP },
    "Lemma 6": { says: "an identity for unused service", without: STEP },
  },
};
