import { type ParameterDefinitions, positiveNumber } from "../experiments/parameters.js";
import { notNegative } from "../model/options.js";

/** What a fleet file says of jobs of a type. */
export const jobTypeDefinitions = {
  share: {
    description: "how many of all jobs are of the type, relative to the others",
    unit: "",
    default: "1",
    range: "> 0",
    parse: positiveNumber,
  },
  mean: {
    description: "mean size of jobs of the type, relative to the others",
    unit: "",
    default: "1",
    range: "> 0",
    parse: positiveNumber,
  },
  scv: {
    description: "squared variation of their sizes, which have a gamma law",
    unit: "",
    default: "1",
    range: ">= 0",
    parse: (text: string): number => notNegative.read(text),
  },
} as const satisfies ParameterDefinitions;

/** The text of a type of jobs, as the sizes `types:...` have it. */
export function jobTypeText({ share, mean, scv }: Readonly<Record<string, string>>): string {
  return `${share}x${mean}x${scv}`;
}
