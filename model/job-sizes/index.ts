import { readTracedJobs } from "../arrivals/repeated-trace.js";
import { UserError } from "../errors.js";
import { type Family, family, formsOf, type Option, readMember } from "../family.js";
import { MOST_JOB_TYPES } from "../job-label.js";
import { anyText, notNegative, number, positive, withFallback } from "../options.js";
import { linesOf, type RecordForm, Records, readColumn } from "../records.js";
import { boundedParetoJobSizes } from "./bounded-pareto.js";
import { constantJobSizes } from "./constant.js";
import { empiricalJobSizes, repeatedJobSizes } from "./empirical.js";
import { exponentialJobSizes } from "./exponential.js";
import { gammaJobSizes } from "./gamma.js";
import { BALANCED, hyperexponentialJobSizes } from "./hyperexponential.js";
import type { JobSizeLaw } from "./job-size-law.js";
import { lognormalJobSizes } from "./lognormal.js";
import { type JobType, jobSizesOfTypes } from "./types.js";
import { weibullJobSizes } from "./weibull.js";

/** Of types of jobs. */
const TYPES: Option<readonly JobType[]> = {
  range: "each SHARE and MEAN > 0, each SQUARED_VARIATION >= 0",
  form: "SHARExMEANxSQUARED_VARIATION+...",
  read: (text) => {
    const types = text.split("+");
    if (types.length > MOST_JOB_TYPES) throw new UserError(`${types.length} types of jobs, at most ${MOST_JOB_TYPES}`);
    return types.map((type) => {
      const [share, mean, squaredVariation, ...more] = type.split("x");
      if (squaredVariation === undefined || more.length > 0)
        throw new UserError(`"${type}" has not these three numbers`);
      return {
        share: positive.read(share),
        mean: positive.read(mean),
        squaredVariation: notNegative.read(squaredVariation),
      };
    });
  },
};

const FILE_FORM: RecordForm = { header: /^(job[\s_-]?)?sizes?$/i, form: "one size a line, a number >= 0" };

/**
 * The job size distributions, all of unit mean: the unit of time is what a job of mean size takes at rate 1. `empirical` draws from the
 * sizes in a file, in whatever unit, whose content follows its name on the next line; `trace` takes those of a trace in their order.
 */
export const jobSizeFamilies: readonly Family<JobSizeLaw>[] = [
  family("exponential", {}, () => exponentialJobSizes),
  family("constant", {}, () => constantJobSizes),
  family("gamma", { squaredVariation: positive }, ({ squaredVariation }) => gammaJobSizes(squaredVariation)),
  family(
    "hyperexponential",
    {
      squaredVariation: number("a number >= 1", (value) => value >= 1),
      shortShare: withFallback(
        number("a number > 0 and < 1", (value) => value > 0 && value < 1),
        BALANCED,
      ),
    },
    ({ squaredVariation, shortShare }) => hyperexponentialJobSizes(squaredVariation, shortShare),
  ),
  family("lognormal", { squaredVariation: positive }, ({ squaredVariation }) => lognormalJobSizes(squaredVariation)),
  family("bounded-pareto", { shape: positive, span: number("a number > 1", (value) => value > 1) }, ({ shape, span }) =>
    boundedParetoJobSizes(shape, span),
  ),
  family("weibull", { shape: number("a number >= 0.1", (value) => value >= 0.1) }, ({ shape }) =>
    weibullJobSizes(shape),
  ),
  family("types", { types: TYPES }, ({ types }) => jobSizesOfTypes(types)),
  family("empirical", { file: anyText("FILE") }, ({ file }) => {
    const [path] = file.split("\n", 1);
    const records = new Records(path, linesOf(file.slice(path.length + 1)), FILE_FORM);
    return empiricalJobSizes(`empirical:${path}`, readColumn(records, "size", notNegative));
  }),
  family("trace", { file: anyText("FILE") }, ({ file }) => {
    const [path] = file.split("\n", 1);
    const { sizes } = readTracedJobs(file);
    if (sizes === undefined) throw new UserError(`trace ${path} has no sizes: its lines are to be TIME,SIZE`);
    return repeatedJobSizes(`trace:${path}`, sizes);
  }),
];

/** The syntax of job size distributions. */
export const JOB_SIZES = formsOf(jobSizeFamilies);

/** Parses a job size distribution, e.g. `lognormal:4`. Throws UserError naming the valid forms or the range of the arguments. */
export function jobSizeLawNamed(text: string): JobSizeLaw {
  return readMember("job sizes", jobSizeFamilies, text);
}
