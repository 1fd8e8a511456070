import { UserError } from "../model/errors.js";
import { LOAD_PROFILES, parseLoadProfile } from "../model/load-profile.js";
import { parseUtilities, UTILITY_FAMILIES } from "../model/utility-functions.js";
import { jlmuFiniteSize } from "../theory/jlmu-finite-size.js";
import { type OptimalAssignment, optimalAssignment, type PoolClasses } from "../theory/optimal-assignment.js";
import { MOST_MEMBERS, type ParameterValues, readParameters, wholeNumber } from "./parameters.js";
import type { Assumption, Experiment, QuantityDefinition, Scenario } from "./scenario.js";
import { type Level, occupancyName, UtilityMeasurement } from "./utility-measurement.js";
import { parseBeta, UTILITY_POLICIES, utilityPolicy } from "./utility-policy.js";
import { type UtilitySystem, utilityPredictions } from "./utility-predictions.js";
import { type TrackingSystem, trackingPredictions, trackingQuantities, UtilityTracking } from "./utility-tracking.js";

const definitions = {
  pools: {
    description: "number of server pools, n",
    unit: "",
    default: "10",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  offeredLoad: {
    description:
      "tasks per pool on average, rho: arrival rate per pool times the mean service time of 1; it may change",
    unit: "tasks",
    default: "10",
    range: LOAD_PROFILES,
    parse: parseLoadProfile,
  },
  fractions: {
    description: "fraction of the pools that is of each class, rounded to whole pools",
    unit: "",
    default: "0.5,0.5",
    range: "FRACTION,FRACTION,..., each > 0, summing to 1",
    parse: parseFractions,
  },
  utilities: {
    description: "concave utility of a pool of each class by the number of its tasks",
    unit: "",
    default: "log-share:20/log-share:30",
    range: `UTILITY/UTILITY/...: ${UTILITY_FAMILIES}; or suboptimality:EPSILON for both classes of section 9.3`,
    parse: parseUtilities,
  },
  policy: {
    description: "assignment policy; the theorems are about jlmu and slta",
    unit: "",
    default: "jlmu",
    range: UTILITY_POLICIES,
    parse: (text: string) => text,
  },
  beta: {
    description: "beta_n: slta lowers r when so large a part of the pools has green tokens",
    unit: "",
    default: "n^-0.45",
    range: "n^-EXPONENT, the exponent between 0 and 1/2, or a number > 0",
    parse: parseBeta,
  },
} as const;

type Values = ParameterValues<typeof definitions>;

/** Time until the start is forgotten: it fades by a factor e in each unit; and r has some tens of steps to go. */
const WARM_UP = 25;
const MEASURING = 1500;

/** Utility-maximizing assignment of tasks to server pools. */
export const utility: Scenario = {
  name: "utility",
  title: "Tasks assigned to server pools so as to maximise utility",
  source: "Goldsztajn, Borst and van Leeuwaarden (2023), Utility maximizing load balancing policies",
  summary:
    "Every task of a pool runs at once; a pool is worth a concave function of its tasks. JLMU sends a task where it adds most; " +
    "SLTA learns thresholds and knows two bits of a pool. Both come close to the best that any policy can do (Theorem 2).",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "All pools of a class come to the same number of tasks, or to two neighbouring ones in one class: the optimal assignment " +
      "(4) for the load, in the limit (Theorem 2).",
    "sojourn-times": "A task stays for its service time, however many share its pool: exponential with mean 1.",
  },
  configure(settings): Experiment {
    const values = readParameters(definitions, settings);
    const counts = poolCounts(values);
    const { pools, utilities, offeredLoad, beta } = values;
    const classes: PoolClasses = { utilities, fractions: counts.map((count) => count / pools) };
    const policy = utilityPolicy(values.policy, utilities, beta);
    const best = optimalAssignment(classes, offeredLoad.initial);
    const assumptions = assumptionsOf(values, best);
    const system = systemOf(values, classes, best, assumptions);
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    const starts = counts.map((_, i) => counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
    return {
      scenario: utility,
      parameters: Object.fromEntries(texts),
      system: {
        servers: pools,
        totalArrivalRate: pools * offeredLoad.initial,
        arrivalSchedule: offeredLoad.varies ? offeredLoad.schedule(pools) : undefined,
        backlog: 0,
        policy,
        server: {
          discipline: "pool",
          buffer: Number.POSITIVE_INFINITY,
          rateControl: { kind: "fixed" },
          initialRates: { law: "constant", rate: 1 },
        },
        classNames: utilities.map((_, i) => `class-${i + 1}`),
        classOf: (server) => starts.findIndex((start) => server < start),
      },
      assumptions,
      warmUpTime: WARM_UP,
      measuringTime: MEASURING,
      ...(offeredLoad.varies
        ? followed({ classes, pools, load: offeredLoad, policy: values.policy })
        : inSteadyState(system, best, counts)),
    };
  },
};

type Evidence = Pick<Experiment, "quantities" | "measure" | "predict">;

function inSteadyState(system: UtilitySystem, best: OptimalAssignment, counts: readonly number[]): Evidence {
  return {
    quantities: quantitiesOf(system, best),
    measure: () =>
      new UtilityMeasurement({
        classes: system.classes.utilities.map((u, i) => ({ utility: u, pools: counts[i] })),
        meanTasks: system.pools * system.load,
        levels: system.levels,
        bestRank: best.rank,
      }),
    predict: (conditions) => utilityPredictions(system, conditions),
  };
}

function followed(system: TrackingSystem): Evidence {
  return {
    quantities: trackingQuantities(system),
    measure: () => new UtilityTracking(system),
    predict: (conditions) => trackingPredictions(system, conditions),
  };
}

/** Whole numbers of pools as close to the fractions as their sum allows: largest remainders first. */
function poolCounts({ pools, fractions, utilities }: Values): number[] {
  if (fractions.length !== utilities.length) {
    throw new UserError(`${fractions.length} fractions for ${utilities.length} utilities: give one of each per class`);
  }
  const counts = fractions.map((fraction) => Math.floor(fraction * pools + 1e-9));
  const byRemainder = [...counts.keys()].sort(
    (a, b) => fractions[b] * pools - counts[b] - (fractions[a] * pools - counts[a]) || a - b,
  );
  const missing = pools - counts.reduce((sum, count) => sum + count, 0);
  for (const i of byRemainder.slice(0, missing)) counts[i]++;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new UserError(
      `fractions ${fractions.join(",")} of ${pools} pools leave class ${empty + 1} without any: use more pools`,
    );
  }
  return counts;
}

function parseFractions(text: string): number[] {
  const fractions = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!fractions.every((fraction) => fraction > 0)) throw new UserError("every fraction must be a number > 0");
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (Math.abs(sum - 1) > 1e-6) throw new UserError(`the fractions sum to ${Number(sum.toPrecision(6))}, not to 1`);
  return fractions;
}

function assumptionsOf({ policy, utilities, beta, offeredLoad }: Values, best: OptimalAssignment): Assumption[] {
  const unbounded = utilities.filter(({ boundedMarginals }) => !boundedMarginals).map(({ name }) => name);
  const bounded: Assumption = {
    condition: "bounded marginal utilities (Theorem 2)",
    holds: unbounded.length === 0,
    meaning: unbounded.length === 0 ? "every task adds at least some number" : `${unbounded.join(", ")} is not bounded`,
    consequence:
      "no theorem says that the mean utility comes to the bound; occupancies and the bounds are not affected",
  };
  if (policy !== "slta") return policy === "jlmu" ? [bounded] : [];
  return [
    bounded,
    {
      condition: "fractional load, (8) with < on the left",
      holds: !best.integral,
      meaning: `rho = ${offeredLoad.name} ${best.integral ? "fills whole levels and leaves none in part" : "fills a level in part"}`,
      consequence: "no theorem says that r comes to r* and stays there",
    },
    {
      condition: "beta, (12)",
      holds: beta.outside === undefined,
      meaning: beta.outside ?? `beta = ${beta.name} tends to 0, and more slowly than n^(-1/2)`,
      consequence: "no theorem says that r comes to r* and stays there",
    },
  ];
}

function systemOf(
  { pools, offeredLoad, policy, utilities }: Values,
  classes: PoolClasses,
  best: OptimalAssignment,
  assumptions: readonly Assumption[],
): UtilitySystem {
  const [bounded, ...ofRank] = assumptions;
  const broken = (some: readonly (Assumption | undefined)[]): string | undefined => {
    const first = some.find((assumption) => assumption !== undefined && !assumption.holds);
    return first === undefined ? undefined : `violated: ${first.condition}; ${first.meaning}`;
  };
  const isExample = utilities.length === 2 && utilities[1].name === "piecewise-linear:1@1,0";
  const slope = /^linear:(.*)$/.exec(utilities[0].name);
  return {
    classes,
    pools,
    load: offeredLoad.initial,
    policy,
    levels: best.fullLevels
      .flatMap((full, i): Level[] => [full, full + 1].map((j) => ({ i, j })))
      .filter(({ j }) => j > 0),
    example: isExample && slope !== null && Number(slope[1]) > 0 && Number(slope[1]) < 1 ? Number(slope[1]) : undefined,
    outsideOccupancy: broken(ofRank),
    outsideLearning: broken(ofRank.slice(1)),
    outsideUtility: broken([...ofRank, bounded]),
  };
}

function quantitiesOf(system: UtilitySystem, best: OptimalAssignment): QuantityDefinition[] {
  const { classes, pools, load, policy, levels } = system;
  const tasks = pools * load;
  const finite = jlmuFiniteSize(classes, pools, load).utility;
  const rank: QuantityDefinition[] = [
    { name: "mean_rank", description: "r_n, the rank that slta has learned", unit: "", precision: 1 },
    { name: "rank_distance", description: "mean distance of r_n from r*", unit: "", precision: 0.5 },
  ];
  return [
    {
      name: "mean_utility",
      description: "overall utility per pool",
      unit: "",
      // Half of what there is between the optimum and what is expected of so many pools, or 1 %.
      precision: Math.max(Math.abs(best.utility - finite) / 2, 0.01 * Math.abs(best.utility)),
    },
    {
      name: "total_tasks",
      description: "tasks in all pools together",
      unit: "tasks",
      // What M/M/infinity allows to know of its mean in the time that is measured, with some to spare.
      precision: 0.03 * tasks + 4.5 * Math.sqrt((2 * tasks) / MEASURING),
    },
    {
      name: "total_tasks_dispersion",
      description: "variance of the number of tasks over its mean: 1 for a Poisson law",
      unit: "",
      precision: 0.4,
    },
    ...levels.map((level) => ({
      name: occupancyName(level),
      description: `fraction of pools that are of class ${level.i + 1} and have at least ${level.j} tasks`,
      unit: "",
      precision: 0.05,
    })),
    ...(policy === "slta" ? rank : []),
  ];
}
