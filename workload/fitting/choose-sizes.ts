import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import type { RandomStream } from "../../model/random.js";
import type { LawWithQuantiles } from "./empirical-law.js";
import { bootstrapPValue, CLOSE, greatestDeviation, type QuantilePair, quantilePairs } from "./goodness.js";
import { type SizeFit, type SizeSample, sizeFamilies, sizeSample } from "./size-fits.js";
import { type Range, sojournP99, sojournP99ByChance } from "./sojourn-p99.js";

/** A family of laws of sizes, and how well it does. */
export interface SizeCandidate {
  readonly law: JobSizeLaw;
  readonly logLikelihood: number | undefined;
  /** Bayesian information criterion: the lower, the better the likelihood is for so many parameters. */
  readonly criterion: number;
  readonly quantiles: readonly QuantilePair[];
  readonly deviation: number;
  /** The p99 of the sojourn time in M/G/1 with this law, relative to that with the empirical law, minus 1; undefined where it was not asked for. */
  readonly p99Deviation: number | undefined;
  /** Where the p99 of the empirical law lies in 95 of 100 logs of this length, if this is the law; undefined where it did not matter. */
  readonly p99ByChance: Range | undefined;
  /** Of a Kolmogorov-Smirnov test; undefined where it was not asked for. */
  readonly pValue: number | undefined;
}

export interface SizeChoice {
  /** The family that takes the place of the sizes themselves; undefined if none is near enough. */
  readonly chosen: SizeCandidate | undefined;
  /** Best first. */
  readonly candidates: readonly SizeCandidate[];
  /** The p99 of the sojourn time in M/G/1 with the empirical law, in mean service times. */
  readonly p99: number | undefined;
}

/** All sizes of a log. */
export interface ObservedSizes {
  /** Scaled to unit mean. */
  readonly law: LawWithQuantiles;
  readonly count: number;
  /** The part of the mean below which stamps cannot tell sizes apart. */
  readonly limit: number;
  readonly load: number;
}

/** A load at which queues show differences between laws, where the log's own is not known or hardly makes jobs wait. */
const LEAST_LOAD = 0.3;
const MOST_LOAD = 0.95;

/**
 * Chooses a law for job sizes: of the families whose quantiles up to p99.9 and whose p99 in a queue are within 5 % of the empirical law's, the
 * one of the best likelihood, by the Bayesian information criterion (Schwarz 1978). The p99 is that of M/G/1 at the load of the log, worked out
 * exactly, so that no noise of a simulation stands between the two. The empirical law itself has a p99 that chance moves by much more than 5 %
 * where few jobs decide it: a law also does if the empirical one's is among those of logs of its own sizes.
 *
 * @param sample of sizes, at random
 */
export function chooseSizes(
  sample: Float64Array,
  { law: empirical, count, limit, load }: ObservedSizes,
  random: RandomStream,
): SizeChoice {
  const prepared = sizeSample(sample, limit);
  const queueLoad = Math.min(MOST_LOAD, Math.max(LEAST_LOAD, load));
  const p99 = sojournP99(empirical, queueLoad);
  const fitted = Object.entries(sizeFamilies).flatMap(([family, fit]) => {
    const found = fit(prepared);
    if (found === undefined) return [];
    const quantiles = quantilePairs(empirical, count, found.law);
    return [
      {
        family,
        found,
        quantiles,
        deviation: greatestDeviation(quantiles, limit),
        criterion: criterionOf(found, sample),
      },
    ];
  });
  const inOrder = fitted.toSorted((a, b) => a.criterion - b.criterion || a.deviation - b.deviation);
  let chosen: SizeCandidate | undefined;
  const candidates = inOrder.map(({ family, found, quantiles, deviation, criterion }): SizeCandidate => {
    const isTried = deviation <= CLOSE && chosen === undefined;
    const p99Deviation = isTried ? deviationOf(sojournP99(found.law, queueLoad), p99) : undefined;
    const isClose = p99Deviation !== undefined && Math.abs(p99Deviation) <= CLOSE;
    const p99ByChance =
      p99Deviation === undefined || isClose ? undefined : sojournP99ByChance(found.law, count, queueLoad, random);
    const isChosen = isClose || isWithin(p99, p99ByChance);
    const pValue = isChosen ? testOf(family, found.law, prepared, random) : undefined;
    const { law, logLikelihood } = found;
    const candidate = { law, logLikelihood, criterion, quantiles, deviation, p99Deviation, p99ByChance, pValue };
    if (isChosen) chosen = candidate;
    return candidate;
  });
  return { chosen, candidates, p99 };
}

/** A law without a density is either right or far off: its quantiles decide. */
function criterionOf({ logLikelihood, parameters }: SizeFit, { length }: Float64Array): number {
  if (logLikelihood === undefined) return Number.NEGATIVE_INFINITY;
  return parameters * Math.log(length) - 2 * logLikelihood;
}

function deviationOf(value: number | undefined, from: number | undefined): number | undefined {
  return value === undefined || from === undefined ? undefined : value / from - 1;
}

function isWithin(value: number | undefined, range: Range | undefined): boolean {
  return value !== undefined && range !== undefined && value >= range.low && value <= range.high;
}

function testOf(
  family: string,
  law: JobSizeLaw,
  { values, limit }: SizeSample,
  random: RandomStream,
): number | undefined {
  const { [family]: fit } = sizeFamilies;
  const sizes = law.sequence(random);
  return bootstrapPValue(
    values,
    {
      fit: (tested) => fit(sizeSample(tested, limit))?.law,
      draw: (length) => Float64Array.from({ length }, () => sizes.next()),
    },
    random,
  );
}
