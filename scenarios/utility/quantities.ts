import {
  FRACTION,
  type NamesOf,
  NOT_NEGATIVE,
  type QuantityDeclarations,
  type QuantityDefinition,
  quantitiesAt,
} from "../../experiments/quantities.js";

/** A level of a class whose occupancy is measured: class from 0, level from 1. */
export interface Level {
  readonly i: number;
  readonly j: number;
}

const ofTasks = {
  mean_utility: {
    description: "mean utility per pool",
    unit: "",
    role: "headline",
  },
  total_tasks: {
    description: "tasks in all pools together",
    unit: "tasks",
    range: NOT_NEGATIVE,
    role: "headline",
  },
  total_tasks_dispersion: {
    description: "variance of the number of tasks over its mean: 1 for a Poisson law",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.1,
  },
} as const satisfies QuantityDeclarations;

const ofRank = {
  mean_rank: { description: "mean of r_n, the rank that slta has learned", unit: "", range: NOT_NEGATIVE, floor: 1 },
  rank_distance: { description: "mean distance of r_n from r*", unit: "", range: NOT_NEGATIVE, floor: 0.5 },
} as const satisfies QuantityDeclarations;

export type Occupancy = `occupancy_${number}_${number}`;

/** The name of the quantity q(i, j), classes counted from 1 as in the paper. */
export function occupancyName({ i, j }: Level): Occupancy {
  return `occupancy_${i + 1}_${j}`;
}

function occupancy(level: Level): QuantityDefinition<Occupancy> {
  return {
    name: occupancyName(level),
    description: `fraction of pools that are of class ${level.i + 1} and have at least ${level.j} tasks`,
    unit: "",
    range: FRACTION,
    role: "other",
    floor: 0.01,
  };
}

export type UtilityQuantity = NamesOf<typeof utilityQuantities>;

/** What is measured under a load that does not change. */
export function utilityQuantities(levels: readonly Level[], policy: string) {
  return [
    ...quantitiesAt(ofTasks, undefined),
    ...levels.map(occupancy),
    ...(policy === "slta" ? quantitiesAt(ofRank, undefined) : []),
  ];
}

/** The values that floors are fractions of, where the load changes. */
interface ExpectedAtPeak {
  /** At most, in all pools together. */
  readonly tasks: number;
  /** At the start, at the optimum, per pool. */
  readonly utility: number;
}

const underChange = {
  total_tasks_excess: {
    description: "tasks in all pools, minus their mean under the load up to each moment",
    unit: "tasks",
    role: "headline",
    floor: ({ tasks }) => 0.05 * tasks,
  },
  utility_loss: {
    description: "E[u*(S/n)] for the load at each moment, minus the utility per pool",
    unit: "",
    role: "headline",
    floor: ({ utility }) => 0.05 * Math.abs(utility),
  },
} as const satisfies QuantityDeclarations<ExpectedAtPeak>;

const ofRankUnderChange = {
  rank_distance: {
    description: "mean distance of r_n from r* for the load at each moment",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 1,
  },
} as const satisfies QuantityDeclarations;

export type TrackingQuantity = NamesOf<typeof trackingQuantities>;

/** What is measured under a load that changes. */
export function trackingQuantities(expected: ExpectedAtPeak, policy: string) {
  return [
    ...quantitiesAt(underChange, expected),
    ...(policy === "slta" ? quantitiesAt(ofRankUnderChange, expected) : []),
  ];
}
