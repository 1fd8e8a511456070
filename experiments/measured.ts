import { confidenceInterval, type Estimate, studentQuantile } from "../model/statistics/interval.js";
import { independentTrials, proportionInterval } from "../model/statistics/proportion.js";
import { rareMeanInterval } from "../model/statistics/rare-events.js";
import type { ModelTime } from "../model/units.js";
import type { Measured } from "./scenario.js";

/**
 * Fewest relaxation times for an interval: a shorter run has too few independent segments to estimate the error of an
 * average.
 */
export const LEAST_RELAXATION_TIMES = 6;

/** Ratio of the relaxation time to the measured time, at most 1. */
export function memoryOf(relaxationTime: ModelTime, measuredTime: ModelTime): number {
  return measuredTime === 0 ? 1 : Math.min(1, relaxationTime / measuredTime);
}

/**
 * A mean with Student's t interval.
 *
 * @param memory ratio of relaxation time to measured time; 0 if epochs are independent
 */
export function meanOf(estimate: Estimate, memory = 0): Measured {
  const interval = (confidence: number) => confidenceInterval(estimate, confidence);
  return longEnough({ value: estimate.value, interval }, memory);
}

/**
 * A fraction, with an interval that is also valid for rare events.
 *
 * @param trials what the observations are worth at most, in independent trials; Infinity if only their variation tells
 * @param memory as for a mean
 */
export function fractionOf(estimate: Estimate, trials: number, memory = 0): Measured {
  const interval = (confidence: number) => proportionInterval(estimate, trials, confidence);
  const measured = longEnough({ value: estimate.value, interval }, memory);
  const worth = Math.min(trials, independentTrials(estimate));
  return worth > 0 && Number.isFinite(worth) ? { ...measured, trials: worth } : measured;
}

/**
 * A mean of what is never negative, and 0 most of the time.
 *
 * @param visit the part of the mean that one visit to where it is not 0 adds at most, on average; > 0
 * @param memory as for a mean
 */
export function rareMeanOf(estimate: Estimate, visit: number, memory = 0): Measured {
  const { value, standardError, degreesOfFreedom } = estimate;
  const isKnown = Number.isFinite(standardError) && visit > 0 && (standardError > 0 || value === 0);
  if (!isKnown) return meanOf(estimate, memory);
  const interval = (confidence: number) => {
    const p = (1 + confidence) / 2;
    const squares = (standardError * (studentQuantile(p, degreesOfFreedom) / studentQuantile(p, Infinity))) ** 2;
    return rareMeanInterval(
      { time: value, squares, longest: Math.max(visit, value > 0 ? squares / value : 0) },
      1,
      confidence,
    );
  };
  return longEnough({ value, interval }, memory);
}

/** The measured value, without an interval if the relaxation time is too large a part of the measured time. */
export function longEnough(measured: Measured, memory: number): Measured {
  if (memory <= 1 / LEAST_RELAXATION_TIMES) return measured;
  return {
    value: measured.value,
    interval: () => ({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }),
  };
}
