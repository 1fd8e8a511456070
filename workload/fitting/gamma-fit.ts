import gammaln from "@stdlib/math-base-special-gammaln";
import gammaDistribution from "@stdlib/stats-base-dists-gamma-cdf";
import { type CensoredSample, logLikelihoodBelow } from "./censored-sample.js";
import { maximumWithin } from "./maximum.js";

/** Squared variations that are searched, as logarithms. */
const LEAST = Math.log(1e-4);
const MOST = Math.log(1e3);

/** The likeliest gamma law of unit mean: shape and rate are k, the squared variation is 1/k. */
export function likeliestGamma(sample: CensoredSample): {
  readonly squaredVariation: number;
  readonly logLikelihood: number;
} {
  const { limit, above, sum, sumOfLogs } = sample;
  const likelihood = (k: number): number =>
    above.length * (k * Math.log(k) - gammaln(k)) +
    (k - 1) * sumOfLogs -
    k * sum +
    logLikelihoodBelow(sample, gammaDistribution(limit, k, k));
  const squaredVariation = Math.exp(maximumWithin(LEAST, MOST, (log) => likelihood(Math.exp(-log))));
  return { squaredVariation, logLikelihood: likelihood(1 / squaredVariation) };
}
