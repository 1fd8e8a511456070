import { type Paper, STEP } from "./paper.js";

const LIMIT = "a bound for n so large that it says nothing of a fleet that runs; the fraction of blocked jobs shows it";

export const rateScaling: Paper = {
  reference: "Rutten, Zubeldia and Mukherjee (2023)",
  files: /rate-scaling|rate-control|rate-rule|idle-time-rule|cost-functions|random-idle-server/,
  statements: {
    "Assumption 2.1": { says: "costs g and h under which the rates converge" },
    "Remark 2.2": { says: "g = 1/(1 + x) and h = beta x^3 satisfy it" },
    "Theorem 2.3": { says: "mu* > lambda, and equal rates mu* cost least as n grows" },
    "Remark 2.4": { says: "with larger buffers, a job that starts from the queue ends an idle period of length 0" },
    "Remark 2.5": { says: "rates stay in [0, mu+]" },
    "Theorem 2.6": {
      says: "as steps become small, rates follow an ordinary differential equation",
      without:
        "a trajectory is no quantity of a run, which begins to measure when the start is forgotten: figures judge it, and a test holds its " +
        "distance to m^(-1/2); for finite n the drift is known at equal rates only",
    },
    "Remark 2.7": { says: "its solution may not be unique", without: "a caution about the proof" },
    "Remark 2.8": {
      says: "rates stay in [mu-, mu+], for the mean idle time is at most 1/lambda (misprinted as lambda)",
    },
    "Theorem 2.9": { says: "at fixed rates all servers have the same mean idle time (1 - c)/lambda as n grows" },
    "Lemma 2.10": { says: "the greatest difference of two rates vanishes" },
    "Theorem 2.11": { says: "the greatest distance of a rate from mu* vanishes" },
    "Figure 1": { says: "steady rates against the number of servers" },
    "Figure 2": { says: "steady rates against the step and the arrival rate" },
    "Figure 3": { says: "rates and greatest queue over time, unit buffers, from empty" },
    "Figure 4": {
      says: "the same with infinite buffers",
      without: "no theorem covers them: what is predicted is derived here, at unequal fixed rates bounds only",
    },
    "Figure 5": { says: "the same from a backlog" },
    "Lemma 4.1": { says: "measures of the state are relatively compact", without: STEP },
    "Lemma 4.2": { says: "hardly any server is idle in overload", without: LIMIT },
    "Lemma 4.3": { says: "so idle times vanish in overload", without: LIMIT },
    "Remark 4.4": { says: "a measure of idle times is absolutely continuous", without: STEP },
    "Lemma 4.5": { says: "some servers stay idle in the fluid limit", without: STEP },
    "Lemma 4.6": { says: "more busy servers at the start stay more", without: STEP },
    "Lemma 4.7": { says: "two starts come together", without: STEP },
    "Lemma 4.8": { says: "some servers are always idle below full load", without: LIMIT },
    "Lemma 4.9": { says: "the fraction of busy servers concentrates about c", without: LIMIT },
    "Lemma 4.10": { says: "the mean number of idle servers seen by an arrival", without: LIMIT },
    "Lemma 4.11": { says: "the fluid limit converges", without: STEP },
    "Lemma A.1": { says: "three balances of a server at fixed rates, at any n" },
    "Lemma A.2": { says: "an inequality of ratios", without: STEP },
    "Claim A.3": { says: "a bound that the fluid limit keeps", without: STEP },
  },
};
