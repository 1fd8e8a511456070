import { oneOf, type ParameterDefinition, wholeNumber } from "../experiments/parameters.js";
import { VIEWS, type Views } from "../experiments/scenario.js";
import { parseSeconds } from "../live/units.js";
import { fleet } from "../scenarios/fleet/index.js";

/** How a fleet is run: the keys of a fleet file that are no parameters of the scenario, but flags of commands (`--time-unit`). */
export const runDefinitions = {
  timeUnit: {
    description:
      "wall-clock length of one unit of model time, in which a server of speed 1 serves the mean job; a live run may take longer than the real fleet",
    unit: "",
    default: "50ms",
    range: "a number and ms, s, m or h",
    parse: parseSeconds,
  },
  dispatchers: {
    description: "number of dispatchers, among which jobs are divided at random, or on a graph by their task types",
    unit: "dispatchers",
    default: "1",
    range: "whole number >= 1",
    parse: wholeNumber(1),
  },
  views: {
    description:
      "with several dispatchers: told (servers tell them of their queues) or local (each counts its own jobs only)",
    unit: "",
    default: "told",
    range: VIEWS.join(" | "),
    parse: oneOf(...VIEWS),
  },
  seed: {
    description: "seed of all random numbers",
    unit: "",
    default: "1",
    range: "any text",
    parse: (text: string): string => text,
  },
} as const satisfies Readonly<Record<string, ParameterDefinition<unknown>>>;

/** What a fleet file may say of a run; undefined where it says nothing. Times are in seconds. */
export interface RunValues {
  readonly timeUnit?: number;
  readonly dispatchers?: number;
  readonly views?: Views;
  readonly seed?: string;
}

/** The default of `jobs`. */
export const AS_SIZES = "as-sizes";

const jobs: ParameterDefinition<string> = {
  description: "types of jobs, instead of sizes: how many jobs are of each, their mean size and its squared variation",
  unit: "",
  default: AS_SIZES,
  range: `a list of share, mean and scv; or ${AS_SIZES}`,
  parse: oneOf(AS_SIZES),
};

const { timeUnit, ...others } = runDefinitions;

/** Every key of a fleet file, in the order in which one is written. */
export const fleetKeys: Readonly<Record<string, ParameterDefinition<unknown>>> = {
  timeUnit,
  ...fleet.parameters,
  jobs,
  ...others,
};
