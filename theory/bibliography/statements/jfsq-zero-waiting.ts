import { DRAWING, type Paper, STEP } from "./paper.js";

export const jfsqZeroWaiting: Paper = {
  reference: "Liu and Ying (2025)",
  files: /jfsq/,
  statements: {
    "Figure 1": { says: "the system", without: DRAWING },
    "Assumption 1": { says: "how large n must be below Halfin-Whitt" },
    "Assumption 2": { says: "how large n must be from Halfin-Whitt on" },
    "Theorem 1": {
      says: "bounds of the waiting time and of the probability to wait, that vanish",
      without:
        "both are also solved exactly up to 20 000 states: 198 equal servers with buffers of 2; beyond, real runs are predicted by simulation",
    },
    "Theorem 2": {
      says: "bounds of the moments of what the mean queue exceeds a threshold by",
      without: "runs measure the moments r = 1 and 2; the bounds are there for any r",
    },
    "Figure 2": { says: "the order of the proofs", without: DRAWING },
    "Lemma 1": { says: "of the N_1 fastest servers hardly any is idle" },
    "Figure 3": { says: "which servers are busy", without: DRAWING },
    "Lemma 2": { says: "of the N_2 fastest servers few are idle" },
    "Figure 4": { says: "the states that are likely, schematically" },
    "Lemma 3": { says: "state space collapse below Halfin-Whitt" },
    "Lemma 4": { says: "state space collapse from Halfin-Whitt on" },
    "Lemma 5": { says: "a tail bound from a drift", without: STEP },
    "Lemma 6": { says: "a bound of the solution of Stein's equation near the threshold", without: STEP },
    "Lemma 7": { says: "a bound of its second derivative", without: STEP },
  },
};
