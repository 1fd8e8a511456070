import gammaln from "@stdlib/math-base-special-gammaln";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import { type CensoredSample, censored, logLikelihoodBelow } from "./censored-sample.js";
import { likeliestGamma } from "./gamma-fit.js";
import { likeliestMixture } from "./hyperexponential-em.js";
import { maximumWithin } from "./maximum.js";

/** A law of a family, as likely to have given the values as any of it. */
export interface SizeFit {
  readonly law: JobSizeLaw;
  /** Of the values; that of a law without a density is undefined. */
  readonly logLikelihood: number | undefined;
  /** Parameters that were fitted. */
  readonly parameters: number;
}

/** Sizes of unit mean. */
export interface SizeSample extends CensoredSample {
  readonly values: Float64Array;
}

/** Finds the likeliest law of a family. Undefined if none of it will do. */
export type FitSizes = (sample: SizeSample) => SizeFit | undefined;

/** Variances of logarithms that are searched, as logarithms. */
const LOG_VARIANCES = [Math.log(1e-4), Math.log(10)] as const;
/** Shapes of Weibull laws that are searched. */
const WEIBULL_SHAPES = [0.1, 20] as const;
/** Shorter than this part of the mean, no density is trusted. */
const LEAST_LIMIT = 1e-4;

/**
 * @param observed sizes >= 0 in any unit, not all of them 0
 * @param limit part of the mean below which sizes cannot be told apart
 */
export function sizeSample(observed: Float64Array, limit: number): SizeSample {
  const mean = observed.reduce((sum, size) => sum + size, 0) / observed.length;
  const values = observed.map((size) => size / mean);
  return { values, ...censored(values, Math.max(limit, LEAST_LIMIT)) };
}

const constant: FitSizes = () => ({ law: jobSizeLawNamed("constant"), logLikelihood: undefined, parameters: 0 });

const exponential: FitSizes = (sample) => ({
  law: jobSizeLawNamed("exponential"),
  logLikelihood: logLikelihoodBelow(sample, -Math.expm1(-sample.limit)) - sample.sum,
  parameters: 0,
});

const gamma: FitSizes = (sample) => {
  const { squaredVariation, logLikelihood } = likeliestGamma(sample);
  return oneParameter(`gamma:${digits(squaredVariation)}`, logLikelihood);
};

/** Of unit mean: logarithms of variance v have the mean -v/2. */
const lognormal: FitSizes = (sample) => {
  const { limit, above, sumOfLogs, sumOfSquaredLogs } = sample;
  const likelihood = (v: number): number => {
    const squares = sumOfSquaredLogs + v * sumOfLogs + (above.length * v * v) / 4;
    const below = lognormalOf(v).distribution(limit);
    const density = -0.5 * above.length * Math.log(2 * Math.PI * v) - squares / (2 * v) - sumOfLogs;
    return density + logLikelihoodBelow(sample, below);
  };
  const variance = Math.exp(maximumWithin(...LOG_VARIANCES, (log) => likelihood(Math.exp(log))));
  return oneParameter(lognormalOf(variance).name, likelihood(variance));
};

function lognormalOf(variance: number): JobSizeLaw {
  return jobSizeLawNamed(`lognormal:${digits(Math.expm1(variance))}`);
}

/** Of unit mean: the scale is 1 / Gamma(1 + 1/k). */
const weibull: FitSizes = (sample) => {
  const { limit, above, logs, sumOfLogs } = sample;
  const likelihood = (k: number): number => {
    const logScale = -gammaln(1 + 1 / k);
    let powers = 0;
    for (const log of logs) powers += Math.exp(k * (log - logScale));
    const density = above.length * (Math.log(k) - k * logScale) + (k - 1) * sumOfLogs - powers;
    return density + logLikelihoodBelow(sample, -Math.expm1(-Math.exp(k * (Math.log(limit) - logScale))));
  };
  const best = maximumWithin(...WEIBULL_SHAPES, likelihood, 1e-5);
  return oneParameter(`weibull:${digits(best)}`, likelihood(best));
};

/** A mixture of two exponential laws: its variation, and the share of the work that is in the short jobs. Their densities have a bound. */
const hyperexponential: FitSizes = (sample) => {
  const { values, above, limit } = sample;
  const squaredVariation = values.reduce((sum, size) => sum + (size - 1) ** 2, 0) / values.length;
  if (squaredVariation <= 1) return undefined;
  const spread = Math.sqrt((squaredVariation - 1) / (squaredVariation + 1));
  const start = { short: (1 + spread) / 2, shortMean: 1 / (1 + spread), longMean: 1 / (1 - spread) };
  const { short, shortMean, longMean } = likeliestMixture(values, start);
  const share = short * shortMean;
  const variation = 2 * (share * shortMean + (1 - share) * longMean) - 1;
  if (!(variation > 1 && share > 0 && share < 1)) return undefined;
  const law = jobSizeLawNamed(`hyperexponential:${digits(variation)}:shortShare=${digits(share)}`);
  const [ofShort, ofLong] = [short / shortMean, (1 - short) / longMean];
  let logLikelihood = logLikelihoodBelow(sample, law.distribution(limit));
  for (const size of above)
    logLikelihood += Math.log(ofShort * Math.exp(-size / shortMean) + ofLong * Math.exp(-size / longMean));
  return { law, logLikelihood, parameters: 2 };
};

/** The families that are fitted. */
export const sizeFamilies: Readonly<Record<string, FitSizes>> = {
  constant,
  exponential,
  gamma,
  weibull,
  lognormal,
  hyperexponential,
};

function oneParameter(name: string, logLikelihood: number): SizeFit {
  return { law: jobSizeLawNamed(name), logLikelihood, parameters: 1 };
}

/** Parameters are written with this precision: no log tells more. */
function digits(value: number): number {
  return Number(value.toPrecision(5));
}
