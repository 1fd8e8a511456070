import type { RunConditions } from "../../experiments/scenario.js";
import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { bound, exact, type Prediction, type Predictions, predicted } from "../../theory/prediction.js";
import { poissonLaw } from "../../theory/queues/poisson.js";
import { conservativeUtility, greedyUtility } from "../../theory/utility/greedy-suboptimality.js";
import { type FiniteSizeOccupancy, jlmuFiniteSize } from "../../theory/utility/jlmu-finite-size.js";
import {
  meanOptimalUtility,
  type OptimalAssignment,
  optimalAssignment,
  optimalOccupancy,
  type PoolClasses,
} from "../../theory/utility/optimal-assignment.js";
import { poissonPoolOccupancy, poissonPoolUtility } from "../../theory/utility/poisson-pools.js";
import { jlmuTailBound } from "../../theory/utility/tail-bounds.js";
import { classChosenBy } from "./policy.js";
import { type Level, occupancyName, type UtilityQuantity } from "./quantities.js";

const PAPER: Reference = "Goldsztajn, Borst and van Leeuwaarden (2023)";
/** Coordinates among which a level is looked for. */
const MOST_RANKS = 10_000;
const INDEPENDENT_POOLS = "independent infinite-server queues";

/** All that predictions depend on. */
export interface UtilitySystem {
  readonly classes: PoolClasses;
  /** n. */
  readonly pools: number;
  /** rho, per pool. */
  readonly load: number;
  readonly policy: string;
  readonly levels: readonly Level[];
  /** epsilon of the example of section 9.3, where that is the system. */
  readonly example: number | undefined;
  /** Why no limit theorem covers the occupancies and r; and why none covers the utility. Undefined where one does. */
  readonly outsideOccupancy: string | undefined;
  /** Why SLTA does not learn as it should at any number of pools: its beta. */
  readonly outsideLearning: string | undefined;
  readonly outsideUtility: string | undefined;
}

/** What theory says of each quantity, the sharpest first. */
export function utilityPredictions(
  system: UtilitySystem,
  { messageDelay }: RunConditions,
): Predictions<UtilityQuantity> {
  // A task counts until the news of its end arrives: a service time longer by the delay, and the number of tasks in
  // infinite-server pools depends on the mean service time only.
  // Beyond a delay of 1 the run is void, and predictions for queues without bound would take forever.
  const load = system.load * (1 + Math.min(messageDelay, 1));
  const tasks = system.pools * load;
  const best = optimalAssignment(system.classes, load);
  const finite = jlmuFiniteSize(system.classes, system.pools, load);
  const stale = staleTasks(system, messageDelay);
  const poisson = `M/G/infinity: the number of tasks is Poisson, whatever the policy (${PAPER}, section 2.1)`;
  return new Map<UtilityQuantity, readonly Prediction[]>([
    ["mean_utility", utilityClaims(system, load, best, finite, stale)],
    ["total_tasks", [exact(tasks, poisson)]],
    ["total_tasks_dispersion", [exact(1, poisson)]],
    ...system.levels.map((level): [UtilityQuantity, Prediction[]] => [
      occupancyName(level),
      [
        ...occupancyClaims(system, load, best, finite, level, stale),
        ...beyondClaims(system, load, level, messageDelay),
      ],
    ]),
    ["mean_rank", rankClaims(system, load, best.rank, stale, (rank) => rank)],
    ["rank_distance", rankClaims(system, load, 0, stale, (rank) => Math.abs(rank - best.rank))],
  ]);
}

/**
 * Whether a claim holds however long tasks stay, for the same mean: the number of tasks is Poisson then, too, which Theorem 1 and its sharper
 * form rest on; pools that get tasks at random are M/G/infinity, and the second pool of section 9.3 under JLMU is M/G/1/1.
 */
export function isInsensitive(quantity: string, { kind }: Prediction): boolean {
  return kind === "exact" || (kind === "bound" && quantity === ("mean_utility" satisfies UtilityQuantity));
}

/** How much a stale task adds to the error of what is derived for up-to-date tokens: found by simulation. */
const STALE_WEIGHT = 4;

/**
 * Mean number of tasks that SLTA sends before it hears what one of them has changed: those that arrive within a message delay. It
 * does not count its own tasks, so tokens are out of date for that long; JLMU does count them.
 */
function staleTasks({ policy, pools, load }: UtilitySystem, messageDelay: number): number {
  return policy === "slta" ? pools * load * messageDelay : 0;
}

function utilityClaims(
  system: UtilitySystem,
  load: number,
  best: OptimalAssignment,
  { utility, loss }: FiniteSizeOccupancy,
  stale: number,
): Prediction[] {
  const { classes, pools } = system;
  const bounds = [
    bound(
      { atMost: meanOptimalUtility(classes, pools, load) },
      `E[u*(S/n)], S Poisson: ${PAPER}, (2) and Theorem 1, given the current number of tasks`,
    ),
    bound({ atMost: best.utility }, `${PAPER}, Theorem 1`),
  ];
  const known = exactUtility(system, load);
  if (known !== undefined) return [known, ...bounds];
  if (system.policy !== "jlmu" && system.policy !== "slta") return bounds;
  const { outsideUtility: whyOutside, outsideLearning } = system;
  return [
    refined(utility, loss * (1 + STALE_WEIGHT * stale), outsideLearning),
    predicted("limit", { value: best.utility }, `${PAPER}, Theorem 2`, { whyOutside }),
    ...bounds,
  ];
}

/** A value for this number of pools, known to within its distance from the optimum that the loads at each moment allow. */
function refined(value: number, modelError: number, whyOutside: string | undefined): Prediction {
  const source = "the optimum for the current number of tasks, minus holes as a priority queue (derived here)";
  return predicted("refined", { value }, source, { modelError, whyOutside });
}

function exactUtility(system: UtilitySystem, load: number): Prediction | undefined {
  const { example, policy, pools, classes } = system;
  const section = `${PAPER}, section 9.3`;
  if (example !== undefined && pools === 2 && policy === "jlmu")
    return exact(greedyUtility(example, 2 * load), `${section}, with E[X] instead of its bound`);
  if (example !== undefined && pools === 2 && classChosenBy(policy) === 2)
    return exact(conservativeUtility(2 * load), section);
  const loads = randomLoads(system, load);
  if (loads === undefined) return undefined;
  return exact(poissonPoolUtility(classes, loads), INDEPENDENT_POOLS);
}

/** The load of each pool of each class, where tasks go to pools at random; undefined for other policies. */
function randomLoads({ policy, classes }: UtilitySystem, load: number): number[] | undefined {
  if (policy === "random") return classes.fractions.map(() => load);
  const chosen = classChosenBy(policy);
  if (chosen === undefined) return undefined;
  return classes.fractions.map((fraction, i) => (i === chosen - 1 ? load / fraction : 0));
}

function occupancyClaims(
  system: UtilitySystem,
  load: number,
  best: OptimalAssignment,
  { occupancy, optimal }: FiniteSizeOccupancy,
  { i, j }: Level,
  stale: number,
): Prediction[] {
  const { classes, policy } = system;
  const loads = randomLoads(system, load);
  if (loads !== undefined) return [exact(poissonPoolOccupancy(classes, loads, i, j), INDEPENDENT_POOLS)];
  if (policy !== "jlmu" && policy !== "slta") return [];
  const corrections = occupancy.flatMap((levels, c) => levels.map((value, k) => Math.abs(value - optimal[c][k])));
  return [
    refined(occupancy[i][j - 1] ?? 0, Math.max(...corrections) * (1 + STALE_WEIGHT * stale), system.outsideLearning),
    predicted("limit", { value: optimalOccupancy(classes, best, i, j) }, `${PAPER}, Theorem 2`, {
      whyOutside: system.outsideOccupancy,
    }),
  ];
}

/** Pools that have reached a level hold no more tasks there than there are beyond the coordinates of the rank before. */
function beyondClaims({ classes, pools, policy }: UtilitySystem, load: number, { i, j }: Level, delay: number) {
  const rank = policy === "jlmu" ? new CoordinateRanking(classes.utilities).rankOf(i, j, MOST_RANKS) : undefined;
  if (rank === undefined || rank === 1) return [];
  const atMost = jlmuTailBound({ classes, pools, load }, rank - 1).proved;
  const whyOutside = delay > 0 ? "proved for exponential service times, without message delays" : undefined;
  return atMost < classes.fractions[i]
    ? [bound({ atMost }, `${PAPER}, Proposition 8 and its proof`, { whyOutside })]
    : [];
}

/**
 * Claims of a function of r: that of r* for the number of tasks at each moment, to within one step, more with few pools or late
 * messages; and its limit.
 */
function rankClaims(
  { classes, pools, policy, outsideOccupancy: whyOutside }: UtilitySystem,
  load: number,
  limit: number,
  stale: number,
  of: (rank: number) => number,
): Prediction[] {
  if (policy !== "slta") return [];
  const { from, probabilities } = poissonLaw(pools * load);
  const value = probabilities.reduce(
    (sum, probability, k) => sum + probability * of(optimalAssignment(classes, (from + k) / pools).rank),
    0,
  );
  return [
    predicted(
      "refined",
      { value },
      "r* for the current number of tasks, which r follows to within one step (derived here)",
      { modelError: 1 + 3 / pools + stale, whyOutside },
    ),
    predicted("limit", { value: limit }, `${PAPER}, Theorems 2 and 6`, { whyOutside }),
  ];
}
