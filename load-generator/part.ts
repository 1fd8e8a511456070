import { arrivalsNamed } from "../model/arrivals/index.js";
import type { RateSchedule } from "../model/arrivals/rate-schedule.js";
import { UserError } from "../model/errors.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import type { Rate } from "../model/units.js";

/** Which of several generators this one is, each for an equal part of the load: number 1 to `of`. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

export const WHOLE: Part = { number: 1, of: 1 };

/** Parses `K/N`. Throws UserError. */
export function parsePart(text: string): Part {
  const [, number, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (number === undefined || !(number >= 1 && number <= of))
    throw new UserError("must be K/N with 1 <= K <= N, such as 2/3");
  return { number, of };
}

/** This part of a number of equal things. Those of all parts add up to the number. */
export function sharedOut(count: number, { number, of }: Part): number {
  return Math.floor((number * count) / of) - Math.floor(((number - 1) * count) / of);
}

/** This part of a rate, which may change over time. */
export function partOfRate(rate: Rate | RateSchedule, { of }: Part): Rate | RateSchedule {
  if (typeof rate === "number" || of === 1) return typeof rate === "number" ? rate / of : rate;
  return {
    name: `${rate.name} / ${of}`,
    expectedBy: (time) => rate.expectedBy(time) / of,
    timeOf: (expected) => rate.timeOf(expected * of),
  };
}

/** The name, or the seed, of a part: of the whole it is unchanged. */
export function ofPart(text: string, { number, of }: Part): string {
  return of === 1 ? text : `${text}-${number}`;
}

/**
 * Parts of Poisson arrivals are such arrivals themselves, whenever each begins, and so are the clients of a closed loop. All others would
 * have to be divided job by job from one moment on, which machines do not share.
 *
 * @param arrivals as the flag says; undefined for a closed loop
 * @throws UserError if the load cannot be divided
 */
export function checkDivisible(arrivals: string | undefined, sizes: JobSizeLaw, { of }: Part): void {
  if (of === 1) return;
  if (sizes.isInOrder) throw new UserError(`--part: sizes of ${sizes.name} come in one order; omit --part`);
  if (arrivals === undefined) return;
  const source = arrivalsNamed(arrivals);
  if (source.kind !== "process" || source.text !== "poisson")
    throw new UserError(
      `--part: arrivals ${arrivals} cannot be divided among generators that begin at different moments, only poisson ones can; omit --part`,
    );
}
