import { conservativeUtility, greedyUtility } from "../theory/greedy-suboptimality.js";
import { type FiniteSizeOccupancy, jlmuFiniteSize } from "../theory/jlmu-finite-size.js";
import {
  meanOptimalUtility,
  type OptimalAssignment,
  optimalAssignment,
  optimalOccupancy,
  type PoolClasses,
} from "../theory/optimal-assignment.js";
import { poissonLaw } from "../theory/poisson.js";
import { poissonPoolOccupancy, poissonPoolUtility } from "../theory/poisson-pools.js";
import type { Prediction, PredictionStatus } from "../theory/prediction.js";
import type { RunConditions } from "./scenario.js";
import { type Level, occupancyName } from "./utility-measurement.js";

const PAPER = "Goldsztajn, Borst and van Leeuwaarden (2023)";

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
  { messageDelay, heldUpFraction }: RunConditions,
): ReadonlyMap<string, readonly Prediction[]> {
  // A task counts until the news of its end arrives: a service time longer by the delay, and the number of tasks in
  // infinite-server pools depends on the mean service time only.
  // Beyond a delay of 1 the run is void, and predictions for queues without bound would take without end.
  const load = system.load * (1 + Math.min(messageDelay, 1));
  const tasks = system.pools * load;
  const best = optimalAssignment(system.classes, load);
  const finite = jlmuFiniteSize(system.classes, system.pools, load);
  const stale = staleTasks(system, messageDelay);
  const poisson = `M/G/infinity: the number of tasks is Poisson, whatever the policy (${PAPER}, section 2.1)`;
  const exact = (value: number, modelError: number): Prediction => ({
    kind: "exact",
    value,
    status: "applies",
    modelError,
    source: poisson,
  });
  return new Map<string, readonly Prediction[]>([
    ["mean_utility", utilityClaims(system, load, best, finite, stale)],
    ["total_tasks", [exact(tasks, heldUpFraction * tasks)]],
    ["total_tasks_dispersion", [exact(1, heldUpFraction)]],
    ...system.levels.map((level): [string, Prediction[]] => [
      occupancyName(level),
      occupancyClaims(system, load, best, finite, level, stale),
    ]),
    ["mean_rank", rankClaims(system, load, best.rank, stale, (rank) => rank)],
    ["rank_distance", rankClaims(system, load, 0, stale, (rank) => Math.abs(rank - best.rank))],
  ]);
}

/** By how much a stale task adds to the error of what is derived for tokens that are true: found by simulation. */
const STALE_WEIGHT = 4;

/**
 * Tasks that SLTA sends, on average, before it hears what one of them has changed: those that come within a message's delay. It
 * does not know of its own tasks how many they are, so that tokens are out of date for so long; JLMU does.
 */
function staleTasks({ policy, pools, load }: UtilitySystem, messageDelay: number): number {
  return policy === "slta" ? pools * load * messageDelay : 0;
}

function statusOf(why: string | undefined): { readonly status: PredictionStatus; readonly why?: string } {
  return why === undefined ? { status: "applies" } : { status: "outside assumptions", why };
}

function utilityClaims(
  system: UtilitySystem,
  load: number,
  best: OptimalAssignment,
  { utility, loss }: FiniteSizeOccupancy,
  stale: number,
): Prediction[] {
  const { classes, pools } = system;
  const bounds: Prediction[] = [
    {
      kind: "bound",
      atMost: meanOptimalUtility(classes, pools, load),
      status: "applies",
      modelError: 0,
      source: `E[u*(S/n)], S Poisson: ${PAPER}, (2) and Theorem 1, given the number of tasks at each moment`,
    },
    { kind: "bound", atMost: best.utility, status: "applies", modelError: 0, source: `${PAPER}, Theorem 1` },
  ];
  const exact = exactUtility(system, load);
  if (exact !== undefined) return [exact, ...bounds];
  if (system.policy !== "jlmu" && system.policy !== "slta") return bounds;
  const limit: Prediction = {
    kind: "limit",
    value: best.utility,
    ...statusOf(system.outsideUtility),
    modelError: 0,
    source: `${PAPER}, Theorem 2`,
  };
  return [refined(utility, loss * (1 + STALE_WEIGHT * stale), system.outsideLearning), limit, ...bounds];
}

/** A value for this number of pools, known to within its distance from the optimum that the loads at each moment allow. */
function refined(value: number, modelError: number, outside: string | undefined): Prediction {
  const source = "the optimum for the number of tasks at each moment, less holes as a priority queue (derived here)";
  return { kind: "refined", value, ...statusOf(outside), modelError, source };
}

function exactUtility(system: UtilitySystem, load: number): Prediction | undefined {
  const { example, policy, pools, classes } = system;
  const exact = { kind: "exact", status: "applies", modelError: 0 } as const;
  const section = `${PAPER}, section 9.3`;
  if (example !== undefined && pools === 2 && policy === "jlmu")
    return { ...exact, value: greedyUtility(example, 2 * load), source: `${section}, with E[X] itself for its bound` };
  if (example !== undefined && pools === 2 && policy === "class:2")
    return { ...exact, value: conservativeUtility(2 * load), source: section };
  const loads = randomLoads(system, load);
  if (loads === undefined) return undefined;
  return {
    ...exact,
    value: poissonPoolUtility(classes, loads),
    source: "each pool an infinite-server queue of its own",
  };
}

/** The load of each pool of each class, where tasks go to pools at random; undefined for other policies. */
function randomLoads({ policy, classes }: UtilitySystem, load: number): number[] | undefined {
  if (policy === "random") return classes.fractions.map(() => load);
  const match = /^class:(\d+)$/.exec(policy);
  if (match === null) return undefined;
  return classes.fractions.map((fraction, i) => (i === Number(match[1]) - 1 ? load / fraction : 0));
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
  if (loads !== undefined) {
    const value = poissonPoolOccupancy(classes, loads, i, j);
    const source = "each pool an infinite-server queue of its own";
    return [{ kind: "exact", value, status: "applies", modelError: 0, source }];
  }
  if (policy !== "jlmu" && policy !== "slta") return [];
  const corrections = occupancy.flatMap((levels, c) => levels.map((value, k) => Math.abs(value - optimal[c][k])));
  return [
    refined(occupancy[i][j - 1] ?? 0, Math.max(...corrections) * (1 + STALE_WEIGHT * stale), system.outsideLearning),
    {
      kind: "limit",
      value: optimalOccupancy(classes, best, i, j),
      ...statusOf(system.outsideOccupancy),
      modelError: 0,
      source: `${PAPER}, Theorem 2`,
    },
  ];
}

/**
 * Claims of a function of r: that of r* for the number of tasks at each moment, to within one step, more with few pools or late
 * messages; and its limit.
 */
function rankClaims(
  { classes, pools, policy, outsideOccupancy }: UtilitySystem,
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
    {
      kind: "refined",
      value,
      ...statusOf(outsideOccupancy),
      modelError: 1 + 3 / pools + stale,
      source: "r* for the number of tasks at each moment, which r follows to within a step (derived here)",
    },
    {
      kind: "limit",
      value: limit,
      ...statusOf(outsideOccupancy),
      modelError: 0,
      source: `${PAPER}, Theorems 2 and 6`,
    },
  ];
}
