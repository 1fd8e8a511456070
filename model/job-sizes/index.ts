import { type Family, readMember } from "../family.js";
import { boundedParetoJobSizes } from "./bounded-pareto.js";
import { constantJobSizes } from "./constant.js";
import { exponentialJobSizes } from "./exponential.js";
import { hyperexponentialJobSizes } from "./hyperexponential.js";
import type { JobSizeLaw } from "./job-size-law.js";
import { lognormalJobSizes } from "./lognormal.js";
import { weibullJobSizes } from "./weibull.js";

const families: readonly Family<JobSizeLaw>[] = [
  { form: "exponential", range: "", allows: () => true, make: () => exponentialJobSizes },
  { form: "constant", range: "", allows: () => true, make: () => constantJobSizes },
  {
    form: "hyperexponential:SQUARED_VARIATION",
    range: "SQUARED_VARIATION >= 1",
    allows: (squaredVariation) => squaredVariation >= 1,
    make: hyperexponentialJobSizes,
  },
  {
    form: "lognormal:SQUARED_VARIATION",
    range: "SQUARED_VARIATION > 0",
    allows: (squaredVariation) => squaredVariation > 0,
    make: lognormalJobSizes,
  },
  {
    form: "bounded-pareto:SHAPE,SPAN",
    range: "SHAPE > 0 and SPAN > 1",
    allows: (shape, span) => shape > 0 && span > 1,
    make: boundedParetoJobSizes,
  },
  { form: "weibull:SHAPE", range: "SHAPE >= 0.1", allows: (shape) => shape >= 0.1, make: weibullJobSizes },
];

/** How every law is written. */
export const JOB_SIZE_FORMS: readonly string[] = families.map(({ form }) => form);

/** Reads a law of job sizes, e.g. `lognormal:4`. Throws UserError naming the forms there are or the range of the arguments. */
export function jobSizeLawNamed(text: string): JobSizeLaw {
  return readMember("job sizes", families, text);
}
