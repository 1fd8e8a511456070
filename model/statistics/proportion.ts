import { type Estimate, type Interval, studentQuantile } from "./interval.js";
import { clopperPearson } from "./rare-events.js";

/** Any fraction at all. */
const EVERY_FRACTION: Interval = { low: 0, high: 1 };

/** How many independent trials would be as uncertain as the estimate of a fraction; Infinity if it never varied. */
export function independentTrials({ value, standardError }: Estimate): number {
  return standardError > 0 ? (value * (1 - value)) / standardError ** 2 : Number.POSITIVE_INFINITY;
}

/**
 * An interval for a fraction, even of rare events: that of Clopper and Pearson (1934), with the number of independent trials that would be
 * as uncertain as the estimate, or fewer by as much as Student's law is wider than the normal law. Without any event nothing
 * varied, and it ends where the rule of three does, by the trials given.
 *
 * @param trials what the observations are worth at most, in independent trials; Infinity if only their variation tells
 */
export function proportionInterval(estimate: Estimate, trials: number, confidence: number): Interval {
  const fraction = Math.min(1, Math.max(0, estimate.value));
  const normal = studentQuantile((1 + confidence) / 2, Number.POSITIVE_INFINITY);
  const student = studentQuantile((1 + confidence) / 2, estimate.degreesOfFreedom);
  const independent = Math.min(trials, independentTrials(estimate) * (normal / student) ** 2);
  if (!(independent > 0 && Number.isFinite(independent))) return EVERY_FRACTION;
  return clopperPearson(fraction * independent, independent, confidence);
}

/**
 * What the observations of events are worth at most in independent trials, where each event implies the one before it. Of one that was
 * hardly seen it is not known for how long it lasts; it is taken to last for as long as the most persistent of those before it.
 *
 * @param estimates of the fractions of time that the events take, the most frequent first
 * @param looks what is known beforehand of the number of independent looks; Infinity for nothing
 * @returns one for each event, and one for any other that implies the last
 */
export function nestedTrials(estimates: readonly Estimate[], looks: number): number[] {
  let most = Number.POSITIVE_INFINITY;
  return [undefined, ...estimates].map((before, event) => {
    if (before !== undefined) most = Math.min(most, independentTrials(before));
    const own = event < estimates.length ? independentTrials(estimates[event]) : Number.POSITIVE_INFINITY;
    return Number.isFinite(most) || Number.isFinite(own) ? most : looks;
  });
}
