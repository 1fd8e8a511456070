import { jobParameters, slowerBy, withJobLaws } from "../../experiments/job-laws.js";
import { MOST_MEMBERS, type ParameterValues, readParameters, wholeNumber } from "../../experiments/parameters.js";
import type { Assumption, Experiment, Scenario, SystemModel } from "../../experiments/scenario.js";
import { requireEmpty, startedWith, startParameter } from "../../experiments/starts.js";
import { processNamed } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { rangeOf } from "../../model/family.js";
import { LOAD_PROFILES, parseLoadProfile } from "../../model/load-profile.js";
import type { ModelTime } from "../../model/units.js";
import { parseUtilities, UTILITIES } from "../../model/utility-functions.js";
import { poolPolicies, poolPolicyNamed } from "../../policies/index.js";
import { withTitle } from "../../theory/bibliography/index.js";
import {
  type OptimalAssignment,
  optimalAssignment,
  optimalUtility,
  type PoolClasses,
} from "../../theory/utility/optimal-assignment.js";
import { UtilityMeasurement } from "./measurement.js";
import { parseBeta } from "./policy.js";
import { isInsensitive, type UtilitySystem, utilityPredictions } from "./predictions.js";
import { type Level, trackingQuantities, utilityQuantities } from "./quantities.js";
import { type TrackingSystem, trackingPredictions, UtilityTracking } from "./tracking.js";

/** A greater rank than any pool comes to that a machine can run. */
const MOST_RANK = 10_000;

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
      "mean number of tasks per pool, rho: arrival rate per pool times the mean service time of 1; may vary over time",
    unit: "tasks",
    default: "10",
    range: LOAD_PROFILES,
    parse: parseLoadProfile,
  },
  fractions: {
    description: "fraction of the pools in each class, rounded to whole pools",
    unit: "",
    default: "0.5,0.5",
    range: "FRACTION,FRACTION,..., each > 0 (0.25 or 1/4), summing to 1",
    parse: parseFractions,
  },
  utilities: {
    description: "concave utility of a pool of each class as a function of its number of tasks",
    unit: "",
    default: "log-share:20/log-share:30",
    range: UTILITIES,
    parse: parseUtilities,
  },
  policy: {
    description: "assignment policy; the theorems are about jlmu and slta",
    unit: "",
    default: "jlmu",
    range: rangeOf(poolPolicies),
    parse: (text: string) => text,
  },
  beta: {
    description: "beta_n: slta decreases r when this fraction of the pools has green tokens",
    unit: "",
    default: "n^-0.45",
    range: "n^-EXPONENT, the exponent between 0 and 1/2, or a number > 0",
    parse: parseBeta,
  },
  initialRank: {
    description:
      "r(0), the rank of the coordinate that slta takes at the start for the one that the load fills in part",
    unit: "",
    default: "1",
    range: `whole number >= 1 and <= ${MOST_RANK}`,
    parse: wholeNumber(1, MOST_RANK),
  },
  start: startParameter(),
  sizes: { ...jobParameters.sizes, description: `how long tasks stay: ${jobParameters.sizes.description}` },
} as const;

type Values = ParameterValues<typeof definitions>;

/** Time until the start is forgotten: it decays by a factor e per time unit, and r may have tens of steps to go. */
const WARM_UP = 25;
const MEASURING = 1500;
/** Exponential tasks stay for one unit of time on average, and others have taken their place after so many. */
const LOOK = 5;

/** Utility-maximizing assignment of tasks to server pools. */
export const utility: Scenario = {
  name: "utility",
  title: "Tasks assigned to server pools so as to maximise utility",
  source: withTitle("Goldsztajn, Borst and van Leeuwaarden (2023)"),
  summary:
    "All tasks of a pool run in parallel, and its utility is concave in their number. JLMU sends each task where it adds most " +
    "utility; SLTA learns thresholds and knows two bits per pool. Both converge to the optimum over all policies (Theorem 2).",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "In the limit all pools of a class have the same number of tasks, or one of two consecutive numbers in one class: the optimal " +
      "assignment (4) for the load (Theorem 2).",
    "sojourn-times": "A task stays for its service time, however many tasks share its pool: exponential with mean 1.",
  },
  configure(settings, seed): Experiment {
    const { values, texts } = readParameters(definitions, settings);
    const counts = poolCounts(values);
    const { pools, utilities, offeredLoad, beta, start, initialRank } = values;
    const classes: PoolClasses = { utilities, fractions: counts.map((count) => count / pools) };
    const policy = poolPolicyNamed(values.policy, { utilities, beta: beta.at, initialRank });
    const best = optimalAssignment(classes, offeredLoad.initial);
    const assumptions = assumptionsOf(values, best);
    const system = systemOf(values, classes, best, assumptions);
    if (offeredLoad.varies)
      requireEmpty(
        start,
        "a load that varies is followed from empty pools, where the number of tasks is Poisson at all times",
      );
    const ends = counts.map((_, i) => counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
    const model: SystemModel = {
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
      classOf: (server) => ends.findIndex((end) => server < end),
    };
    const experiment: Experiment = {
      scenario: utility,
      parameters: texts,
      system: startedWith(start, model, { seed, classSizes: counts }),
      assumptions,
      sojournTail: {
        kind: "exact",
        source: "a task stays for its service time",
        longerThan: (time) => Math.exp(-time),
      },
      // Tasks of the start have ended but for one in e^25, and r moves by one at most for each that comes.
      warmUpTime: Math.ceil(WARM_UP + Math.log1p(start.mostJobs) + (initialRank - 1) / (pools * offeredLoad.initial)),
      measuringTime: MEASURING,
      ...(offeredLoad.varies
        ? followed({ classes, pools, load: offeredLoad, policy: values.policy })
        : inSteadyState(system, best, counts, LOOK * slowerBy(values.sizes))),
    };
    const laws = { arrivals: processNamed("poisson"), sizes: values.sizes };
    return withJobLaws(experiment, laws, offeredLoad.varies ? undefined : isInsensitive);
  },
};

type Evidence = Pick<Experiment, "quantities" | "measure" | "predict" | "settledAfter">;

function inSteadyState(
  system: UtilitySystem,
  best: OptimalAssignment,
  counts: readonly number[],
  look: ModelTime,
): Evidence {
  const { classes, pools, load } = system;
  return {
    quantities: utilityQuantities(system.levels, system.policy),
    measure: () =>
      new UtilityMeasurement({
        classes: classes.utilities.map((u, i) => ({ utility: u, pools: counts[i] })),
        meanTasks: pools * load,
        levels: system.levels,
        bestRank: best.rank,
        look,
      }),
    predict: (conditions) => utilityPredictions(system, conditions),
  };
}

function followed(system: TrackingSystem): Evidence {
  const { classes, pools, load, policy } = system;
  const expected = { tasks: pools * load.peak, utility: optimalUtility(classes, load.initial) };
  return {
    settledAfter: 0,
    quantities: trackingQuantities(expected, policy),
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
  const fractions = text.split(",").map(readFraction);
  if (!fractions.every((fraction) => fraction > 0 && Number.isFinite(fraction)))
    throw new UserError("every fraction must be a number > 0, such as 0.25 or 1/4");
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (Math.abs(sum - 1) > 1e-6) throw new UserError(`the fractions sum to ${Number(sum.toPrecision(6))}, not to 1`);
  return fractions;
}

/** Reads `0.25` or `1/4`; NaN for anything else. */
function readFraction(text: string): number {
  const [numerator, denominator = "1", ...more] = text.split("/").map((part) => part.trim());
  if (numerator === "" || denominator === "" || more.length > 0) return Number.NaN;
  return Number(numerator) / Number(denominator);
}

function assumptionsOf({ policy, utilities, beta, offeredLoad }: Values, best: OptimalAssignment): Assumption[] {
  const unbounded = utilities.filter(({ boundedMarginals }) => !boundedMarginals).map(({ name }) => name);
  const bounded: Assumption = {
    condition: "bounded marginal utilities (Theorem 2)",
    holds: unbounded.length === 0,
    meaning: unbounded.length === 0 ? "they are bounded" : `those of ${unbounded.join(" and ")} are not bounded`,
    consequence:
      "no theorem says that the mean utility converges to the bound; occupancies and bounds are not affected",
  };
  if (policy !== "slta") return policy === "jlmu" ? [bounded] : [];
  return [
    bounded,
    {
      condition: "fractional load, (8) with < on the left",
      holds: !best.integral,
      meaning: `rho = ${offeredLoad.name} ${best.integral ? "fills levels completely" : "fills one level in part"}`,
      consequence: "no theorem says that r converges to r* and stays there",
    },
    {
      condition: "beta, (12)",
      holds: beta.outside === undefined,
      meaning: beta.outside ?? `beta = ${beta.name} tends to 0, and more slowly than n^(-1/2)`,
      consequence: "no theorem says that r converges to r* and stays there",
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
