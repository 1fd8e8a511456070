import type { Law } from "../law.js";
import type { RandomStream } from "../random.js";
import { constantJobSizes } from "./constant.js";
import { gammaJobSizes } from "./gamma.js";
import type { JobSizeLaw } from "./job-size-law.js";

/** Jobs that are alike. */
export interface JobType {
  /** How many of all jobs are of this type, relative to the others. */
  readonly share: number;
  /** Of their sizes, relative to those of the other types. */
  readonly mean: number;
  readonly squaredVariation: number;
}

/**
 * Sizes of jobs of several types, together of unit mean. Those of a type have a gamma distribution, or are constant where they do not vary: it
 * is determined by its mean and variation, and exponential for a squared variation of 1.
 *
 * @param types at least one; shares and means > 0
 */
export function jobSizesOfTypes(types: readonly JobType[]): JobSizeLaw {
  const total = types.reduce((sum, { share }) => sum + share, 0);
  const mean = types.reduce((sum, one) => sum + one.share * one.mean, 0) / total;
  const parts = types.map(({ share, mean: ownMean, squaredVariation }) => ({
    probability: share / total,
    mean: ownMean / mean,
    law: squaredVariation === 0 ? constantJobSizes : gammaJobSizes(squaredVariation),
  }));
  const ofAll = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, part) => sum + part.probability * of(part), 0);
  return {
    name: `types:${types.map(({ share, mean: own, squaredVariation }) => `${share}x${own}x${squaredVariation}`).join("+")}`,
    mean: 1,
    squaredVariation: ofAll((part) => part.mean ** 2 * (1 + part.law.squaredVariation)) - 1,
    distribution: (x) => ofAll((part) => part.law.distribution(x / part.mean)),
    ...(parts.length === 1 ? {} : { types: parts.map(lawOf) }),
    sequence(random: RandomStream) {
      const sequences = parts.map(({ law }) => law.sequence(random));
      let type = 0;
      return {
        get type() {
          return type;
        },
        next() {
          let left = random();
          type = 0;
          while (type < parts.length - 1 && left >= parts[type].probability) left -= parts[type++].probability;
          return parts[type].mean * sequences[type].next();
        },
      };
    },
  };
}

function lawOf({ mean, law }: { readonly mean: number; readonly law: JobSizeLaw }): Law {
  const { squaredVariation, distribution } = law;
  return { mean, squaredVariation, distribution: (x) => distribution(x / mean) };
}
