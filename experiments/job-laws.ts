import { type ProcessSource, processForms, processNamed } from "../model/arrivals/index.js";
import { JOB_SIZES, jobSizeLawNamed } from "../model/job-sizes/index.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import { allOutside, type Prediction } from "../theory/prediction.js";
import type { ParameterDefinitions } from "./parameters.js";
import type { Experiment } from "./scenario.js";

/** What jobs are like, in the scenarios in which they need not be Poisson and exponential. */
export const jobParameters = {
  arrivals: {
    description: "arrival process, of the rate that other parameters set; a trace is repeated",
    unit: "",
    default: "poisson",
    range: processForms(),
    parse: processNamed,
  },
  sizes: {
    description: "law of the job sizes, scaled to mean 1: what the mean job takes at rate 1 is the time unit",
    unit: "",
    default: "exponential",
    range: JOB_SIZES,
    parse: jobSizeLawNamed,
  },
} as const satisfies ParameterDefinitions;

export interface JobLaws {
  readonly arrivals: ProcessSource;
  readonly sizes: JobSizeLaw;
}

/**
 * The same experiment with jobs of other laws. Theorems about Poisson arrivals and exponential sizes are then outside their assumptions, and
 * queues take as much longer to forget their past as sizes vary more.
 *
 * @param anyway which claims hold whatever the laws are; none if left out
 */
export function withJobLaws(
  experiment: Experiment,
  { arrivals, sizes }: JobLaws,
  anyway?: (quantity: string, claim: Prediction) => boolean,
): Experiment {
  const isPoisson = arrivals.text === "poisson";
  const why = [
    ...(isPoisson ? [] : [`the arrivals are ${arrivals.text}, not poisson`]),
    ...(sizes.name === "exponential" ? [] : [`the sizes are ${sizes.name}, not exponential`]),
  ].join("; ");
  if (why === "") return experiment;
  const { isQueueChain: _, sojournTail: __, ...others } = experiment;
  const slower = slowerBy(sizes);
  const { warmUpTime, measuringTime, relaxationTime, system, parameters } = others;
  return {
    ...others,
    parameters: { ...parameters, ...(isPoisson ? {} : { arrivals: arrivals.text }), sizes: sizes.name },
    system: { ...system, arrivals, sizes },
    warmUpTime: slower * warmUpTime,
    measuringTime: slower * measuringTime,
    ...(relaxationTime === undefined ? {} : { relaxationTime: slower * relaxationTime }),
    predict: (conditions) => allOutside(experiment.predict(conditions), why, anyway),
  };
}

/** How many times longer than with exponential sizes queues remember, at least 1: as their mean remaining size is larger. */
export function slowerBy({ squaredVariation }: JobSizeLaw): number {
  return Math.max(1, (1 + squaredVariation) / 2);
}
