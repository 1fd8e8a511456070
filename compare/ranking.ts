import type { ConfidenceSequence } from "../model/statistics/confidence-sequence.js";
import { studentSequenceHalfWidth } from "../model/statistics/student-sequence.js";

/** One of those that are compared: a value from each replication, in order, and the value of all replications together. */
export interface Contender {
  readonly pooled: number;
  readonly values: readonly number[];
}

/** How contenders are compared. Less is better. */
export interface RankingRule {
  /** Relative difference that does not matter, > 0. */
  readonly within: number;
  /** Difference that does not matter either, however small the values are; >= 0. */
  readonly floor: number;
  /** The chance that one comparison of two is ever wrong; see `perComparison`. */
  readonly sequence: ConfidenceSequence;
}

export interface Ranking {
  /** The contender with the least value, as an index. */
  readonly leader: number;
  /** Those that are certainly not the best. */
  readonly eliminated: readonly number[];
  /** Whether no two of the others are certainly further apart than does not matter, as is certain of all of them. */
  readonly isDecided: boolean;
}

/**
 * Comparisons of a pair that a selection relies on: that one is better; that the other is worse by no more than does not matter, in relation
 * to it or by itself. The latter is the first, moved.
 */
const COMPARISONS = 2;

/**
 * The chance of an error that each comparison may have, for all selections of the best of `contenders` to be right together: the true
 * best takes part in one pair with each of the others, and no other pair can make a selection wrong.
 */
export function perComparison(missing: number, selections: number, contenders: number): number {
  return missing / (selections * COMPARISONS * Math.max(1, contenders - 1));
}

/**
 * Who is best, as far as it is known from replications on common random numbers. Sound at every look: a contender is eliminated when
 * the confidence sequence of its paired difference to another lies above 0, and what remains is decided when of each two the
 * sequence of first - (1 + within) second lies below 0, both ways. With the probability that the rule leaves, the true best is never
 * eliminated, at any look, and all that remain when it is decided are within `within` of it.
 *
 * @param contenders still in the race, with as many values each
 *
 * Source: elimination by paired comparisons as in Paulson (1964) and Kim and Nelson (2001), with confidence sequences in place of their
 * continuation regions, so that neither a variance nor the number of replications is needed beforehand. The centre of a sequence is the value of the
 * pooled replications, as in sectioning (Asmussen and Glynn 2007, III.5; Nakayama 2014): that of a percentile is less biased than the
 * average of short runs.
 */
export function rank(contenders: readonly Contender[], rule: RankingRule): Ranking {
  const all = [...contenders.keys()];
  const leader = all.reduce((best, one) => (contenders[one].pooled < contenders[best].pooled ? one : best), 0);
  const eliminated = all.filter((one) => all.some((other) => exceeds(contenders[one], contenders[other], rule)));
  const left = all.filter((one) => !eliminated.includes(one));
  const isDecided = left.every((one) =>
    left.every((other) => one === other || isNear(contenders[one], contenders[other], rule)),
  );
  return { leader, eliminated, isDecided };
}

/** Whether the mean of `one` is certainly above that of `other`. */
function exceeds(one: Contender, other: Contender, { sequence }: RankingRule): boolean {
  const { value, halfWidth } = contrast(one, other, 1, sequence);
  return value - halfWidth > 0;
}

/** Whether the mean of `one` is certainly at most 1 + within times that of `other`, or at most `floor` above it. */
function isNear(one: Contender, other: Contender, { within, floor, sequence }: RankingRule): boolean {
  const relative = contrast(one, other, 1 + within, sequence);
  const absolute = contrast(one, other, 1, sequence);
  return relative.value + relative.halfWidth <= 0 || absolute.value + absolute.halfWidth <= floor;
}

/** A difference of two contenders, and half the width of its confidence sequence. */
export interface Contrast {
  readonly value: number;
  readonly halfWidth: number;
}

/** first - factor second, paired by replication. */
export function contrast(first: Contender, second: Contender, factor: number, sequence: ConfidenceSequence): Contrast {
  const paired = pairs(first, second, factor);
  return {
    value: first.pooled - factor * second.pooled,
    halfWidth: studentSequenceHalfWidth(sequence, paired.length, deviationOf(paired)),
  };
}

function pairs(first: Contender, second: Contender, factor: number): number[] {
  return first.values.map((value, i) => value - factor * second.values[i]);
}

/** Expectations end here. */
const MOST_EXPECTED = 100_000;

/** About how many replications it takes until one of two is eliminated, or they are known to be near. */
export function replicationsToDecide(
  one: Contender,
  other: Contender,
  { within, floor, sequence }: RankingRule,
): number {
  const enough = (first: Contender, second: Contender, factor: number, distance: (value: number) => number): number => {
    const { value } = contrast(first, second, factor, sequence);
    const deviation = deviationOf(pairs(first, second, factor));
    let count = 4;
    while (count < MOST_EXPECTED && studentSequenceHalfWidth(sequence, count, deviation) > distance(value))
      count *= 1.2;
    return Math.ceil(count);
  };
  const near = (first: Contender, second: Contender): number =>
    Math.min(
      enough(first, second, 1 + within, (value) => -value),
      enough(first, second, 1, (value) => floor - value),
    );
  return Math.min(enough(one, other, 1, Math.abs), Math.max(near(one, other), near(other, one)));
}

/** The standard deviation of values, of n - 1 degrees of freedom; 0 for a single one. */
export function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
