import type { ArrivalProcess } from "../../model/arrivals/arrival-process.js";
import { processNamed } from "../../model/arrivals/index.js";
import { randomStream } from "../../model/random.js";
import { censored, logLikelihoodBelow } from "./censored-sample.js";
import type { LawWithQuantiles } from "./empirical-law.js";
import { likeliestGamma } from "./gamma-fit.js";
import { CLOSE, greatestDeviation, type QuantilePair, quantilePairs } from "./goodness.js";
import { likeliestBursts } from "./markov-modulated-fit.js";
import { SumVariation } from "./sum-variation.js";

/** Interarrival times, scaled to a mean of 1. */
export interface Gaps {
  readonly count: number;
  /** The part of the mean below which stamps cannot tell them apart. */
  readonly limit: number;
  readonly law: LawWithQuantiles;
  readonly variation: SumVariation;
  /** Runs of neighbours, from all over the log. */
  readonly runs: readonly Float64Array[];
}

/** A family of arrival processes, and how well it does. */
export interface ArrivalCandidate {
  /** As scenario fleet takes it. */
  readonly name: string;
  /** How much likelier the log is than under a Poisson process: the logarithm of the ratio. */
  readonly gain: number;
  readonly criterion: number;
  readonly quantiles: readonly QuantilePair[];
  readonly deviation: number;
  /** The greatest deviation of the variation of sums of neighbours, from that of the log, relative to it. */
  readonly sumDeviation: number;
}

export interface ArrivalChoice {
  readonly chosen: ArrivalCandidate | undefined;
  /** Best first. */
  readonly candidates: readonly ArrivalCandidate[];
}

/** Deviation of the variation of sums that is close: it is a variance, which is itself known to some percent only. */
const CLOSE_SUMS = 0.15;
/** Standard errors of a variance of so many sums that are chance. */
const CHANCE = 3;
/** Shorter than this part of the mean, no density is trusted. */
const LEAST_LIMIT = 1e-4;
/** Arrivals of a process, by which the variation of its sums is worked out. */
const SIMULATED_GAPS = 400_000;

/**
 * Chooses an arrival process: of those whose interarrival times have the quantiles of the log's within 5 %, and whose sums of neighbours vary as
 * the log's do, the one of the best likelihood, by the Bayesian information criterion.
 */
export function chooseArrivals(gaps: Gaps, seed: string): ArrivalChoice {
  const values = gaps.runs.reduce((sum, { length }) => sum + length, 0);
  const candidates = fits(gaps).map(({ name, gain, parameters }): ArrivalCandidate => {
    const fitted = processNamed(name).at(1, randomStream(seed, `fitted arrivals ${name}`));
    const quantiles = fitted.gaps === undefined ? [] : quantilePairs(gaps.law, gaps.count, fitted.gaps);
    return {
      ...{ name, gain, quantiles },
      criterion: parameters * Math.log(values) - 2 * gain,
      deviation: quantiles.length === 0 ? 0 : greatestDeviation(quantiles, gaps.limit),
      sumDeviation: sumDeviation(gaps, fitted),
    };
  });
  const inOrder = candidates.toSorted((a, b) => a.criterion - b.criterion);
  const chosen = inOrder.find(({ deviation, sumDeviation: sums }) => deviation <= CLOSE && sums <= CLOSE_SUMS);
  return { chosen, candidates: inOrder };
}

interface Fit {
  readonly name: string;
  /** Of the logarithm of the likelihood of the runs, over a Poisson process. */
  readonly gain: number;
  readonly parameters: number;
}

function fits({ runs, limit }: Gaps): Fit[] {
  const sample = censored(Float64Array.from(runs.flatMap((run) => [...run])), Math.max(limit, LEAST_LIMIT));
  const poisson = logLikelihoodBelow(sample, -Math.expm1(-sample.limit)) - sample.sum;
  const { squaredVariation, logLikelihood } = likeliestGamma(sample);
  // Where ticks are longer than most gaps, nothing but sums of many is known.
  if (limit > 1) return [{ name: "poisson", gain: 0, parameters: 0 }];
  const { bursts, gain } = likeliestBursts(runs);
  const written = [bursts.intensity, bursts.share, bursts.cycle].map(digits);
  return [
    { name: "poisson", gain: 0, parameters: 0 },
    { name: `gamma:${digits(squaredVariation)}`, gain: logLikelihood - poisson, parameters: 1 },
    { name: `markov-modulated:${written.join(",")}`, gain, parameters: 3 },
  ];
}

/** What is beyond chance counts, relative to the log's own. */
function sumDeviation({ count, limit, variation }: Gaps, fitted: ArrivalProcess): number {
  const simulated = new SumVariation();
  for (let i = 0, time = 0; i < SIMULATED_GAPS; i++) {
    const next = fitted.next(time);
    simulated.add(next - time);
    time = next;
  }
  const indexes = simulated.indexes();
  const deviations = variation.indexes().map(({ neighbours, index }, scale) => {
    if (scale >= indexes.length || neighbours < limit) return 0;
    // The variance of a variance of n independent normal values is 2/n of its square.
    const chance = CHANCE * Math.sqrt((2 * neighbours) / count + (2 * neighbours) / SIMULATED_GAPS);
    return Math.max(0, Math.abs(indexes[scale].index / index - 1) - chance);
  });
  return Math.max(0, ...deviations);
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}
