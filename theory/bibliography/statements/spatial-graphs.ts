import { type Paper, STEP } from "./paper.js";

export const spatialGraphs: Paper = {
  reference: "Rutten and Mukherjee (2023)",
  files: /spatial|power-of-d|graphs|jsq-d-graph/,
  statements: {
    "Figure 1": { says: "an Erdos-Renyi graph and a geometric one" },
    "Remark 1": {
      says: "rho(G) < 1 is one of the ways to share out the jobs stably",
      without: "said in theory/power-of-d/stability.ts",
    },
    "Theorem 3.1": {
      says: "the squared distance of the occupancy to q* is bounded by the regularity of the graph",
      without:
        "its constants contain those of the exponential convergence of (3.5), which are not explicit: the levels are measured, nothing is judged by the bound",
    },
    "Corollary 3.2": { says: "so it vanishes on graphs that become regular and dense" },
    "Remark 2": {
      says: "in every l_p distance, too",
      without: "the levels themselves are measured, and so every distance",
    },
    "Definition 3.3": { says: "random bipartite geometric graphs" },
    "Corollary 3.4": { says: "the distance vanishes on geometric graphs of mean degrees above log N" },
    "Remark 3": {
      says: "for all N large enough: a graph drawn may be unstable",
      without: "decided for every graph before it runs",
    },
    "Definition 3.5": { says: "regular bipartite graphs" },
    "Corollary 3.6": { says: "the distance vanishes on regular graphs of growing degree" },
    "Definition 3.7": { says: "stochastic order", without: STEP },
    "Theorem 3.8": {
      says: "the distance of two starts in order shrinks in a time that does not depend on N",
      without:
        "the constants of its proof are predicted and too weak to judge by: at rho 0.8, d = 2 within 0.1 jobs a server from time 1.3e10 on; " +
        "how long a start is remembered is measured",
    },
    "Proposition 3.9": { says: "queues that start in order stay in order, with common samples" },
    "Theorem 3.10": {
      says: "the distance of the occupancy to the ODE (3.5) over time, at any N",
      without:
        "its bound, with the constants of its proof, exceeds 1 within 0.14 time units unless gamma(G) is below 1e-4: nothing is judged by it",
    },
    "Corollary 3.11": { says: "which vanishes from independent queues" },
    "Remark 4": { says: "how it compares with earlier results", without: "about other papers" },
    "Proposition 4.1": { says: "rho(G) < 1 is enough for a steady state" },
    "Lemma 4.2": { says: "the drift of the number of servers with i jobs" },
    "Corollary 4.3": { says: "E[q_i] <= rho(G)^i" },
    "Lemma 4.4": { says: "a monotone property of JSQ(d)", without: STEP },
    "Lemma 4.5": { says: "martingales of the local occupancy", without: STEP },
    "Figure 2": { says: "mean queue against N, by graph and degree" },
    "Figure 3": { says: "occupancy over time" },
    "Figure 4": { says: "tails of the queue" },
    "Lemma C.1": { says: "JSQ(d) is Lipschitz", without: STEP },
    "Lemma C.2": { says: "the martingales are small", without: STEP },
  },
};
