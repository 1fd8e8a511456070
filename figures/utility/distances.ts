import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { type PoolTrajectory, type PoolTrajectoryInput, poolTrajectory } from "../../simulator/pool-trajectory.js";
import { JlmuFluid } from "../../theory/utility/jlmu-fluid.js";
import { optimalAssignment } from "../../theory/utility/optimal-assignment.js";
import { sltaLearningTime } from "../../theory/utility/slta-learning-time.js";
import {
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Panel,
  type Progress,
} from "../figure.js";
import { averagePoints, evenTimes } from "./averages.js";
import { BETA, CLASSES, PARAMETERS, poolsByClass } from "./experiment.js";

const LOAD = 9.75;
const POOLS = [20, 40, 100, 200, 400, 1000];
const RUNS = 12;
/** Coordinates that are looked at, best first: those beyond are empty in all runs. */
const RANKS = 60;
/** The time over which JLMU is held against the fluid model, and that of SLTA after it has learned. */
const FLUID_END = 6;
const LEARNED_FOR = 4;
const LOOKS = 120;
/** One of so many looks is shown over time. */
const SHOWN_LOOKS = 4;
/** gamma of (14b), below 1/2. */
const GAMMA = 0.4;

const ranking = new CoordinateRanking(CLASSES.utilities);
const LEVELS = Array.from({ length: RANKS }, (_, k) => [ranking.classAt(k + 1), ranking.levelAt(k + 1)] as const);
const BEST = optimalAssignment(CLASSES, LOAD);
const LEARNED = sltaLearningTime(CLASSES, LOAD, 0)?.learned ?? Number.NaN;

/** How near pools come to what the theorems about many pools say, over time and as their number grows. */
export const distancesFigure = figureSource("utility/distances", "Distances to the limits as pools are added", make);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const runs = preview ? 3 : RUNS;
  const sizes = POOLS.filter((_, k) => !preview || k % 2 === 0);
  const until = LEARNED + LEARNED_FOR;
  const fluidTimes = evenTimes(FLUID_END, LOOKS);
  const learningTimes = evenTimes(until, LOOKS);
  const groups = [
    ...sizes.map((n) => ["jlmu", n, fluidTimes] as const),
    ...sizes.map((n) => ["slta", n, learningTimes] as const),
  ];
  const outputs = await mapGroups(
    runner,
    poolTrajectory,
    groups.map(([policy, pools, times]) =>
      Array.from({ length: runs }, (_, run) => inputOf(policy, pools, times, `${seed}/${distancesFigure.id}/${run}`)),
    ),
    progress,
  );
  const jlmu = outputs.slice(0, sizes.length);
  const slta = outputs.slice(sizes.length);
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), Theorems 5 and 6",
    caption:
      `Pools of the two classes of Table 1 at rho = ${LOAD}, empty at time 0; ${runs} runs each, means with 95 % intervals. The time tau = ` +
      `${LEARNED.toFixed(2)} after which SLTA has learned is the one that the proof of Theorem 6 gives; the printed formula gives 300.66. ` +
      `Suprema are over ${LOOKS} looks.`,
    claim:
      "JLMU follows the fluid model ever closer. SLTA has r = r* from tau on (14a); full levels lack less than n^-gamma, gamma < 1/2 (14b); tasks " +
      "beyond sigma* decay as e^-t (14c).",
    parameters: { ...PARAMETERS, offeredLoad: String(LOAD), beta: BETA },
    panels: [
      sizePanel(
        "JLMU and the fluid model (Theorem 5)",
        "sup of ||q_n - q||_1 over time",
        sizes,
        jlmu,
        fluidDistance(fluidTimes),
      ),
      rankPanel(sizes, slta, learningTimes),
      sizePanel(
        "full levels after tau (14b)",
        `n^${GAMMA} sup of alpha(i) - q_n(i, j)`,
        sizes,
        slta,
        (run, pools) => pools ** GAMMA * lackOfFull(run, learningTimes),
      ),
      sizePanel("beyond sigma* after tau (14c)", "sup of e^(t - tau) sum of q_n(i, j)", sizes, slta, (run) =>
        beyondPartial(run, learningTimes),
      ),
    ],
    tables: [],
  };
}

function inputOf(policy: string, pools: number, times: readonly number[], seed: string): PoolTrajectoryInput {
  return {
    ...{ utilities: PARAMETERS.utilities, pools: poolsByClass(pools), load: String(LOAD), policy, beta: BETA },
    ...{ start: { meanJobs: 0 }, settling: 0, times, levels: LEVELS, seed },
  };
}

/** The greatest l_1 distance of a run to the fluid model. */
function fluidDistance(times: readonly number[]): (run: PoolTrajectory) => number {
  const fluid = new JlmuFluid(CLASSES, LOAD);
  const limit = times.map((time) => {
    fluid.advanceTo(time);
    return LEVELS.map(([i, j]) => fluid.occupancy(i, j));
  });
  return ({ occupancy }) =>
    Math.max(...times.map((_, k) => limit[k].reduce((sum, q, level) => sum + Math.abs(occupancy[level][k] - q), 0)));
}

/** The looks after SLTA has learned. */
function afterLearning(times: readonly number[]): number[] {
  return [...times.keys()].filter((k) => times[k] >= LEARNED);
}

function lackOfFull({ occupancy }: PoolTrajectory, times: readonly number[]): number {
  const full = [...LEVELS.keys()].slice(0, BEST.rank - 1);
  const lack = (k: number): number =>
    Math.max(...full.map((level) => CLASSES.fractions[LEVELS[level][0]] - occupancy[level][k]));
  return Math.max(...afterLearning(times).map(lack));
}

function beyondPartial({ occupancy }: PoolTrajectory, times: readonly number[]): number {
  const beyond = (k: number): number => occupancy.slice(BEST.rank).reduce((sum, parts) => sum + parts[k], 0);
  return Math.max(...afterLearning(times).map((k) => Math.exp(times[k] - LEARNED) * beyond(k)));
}

function sizePanel(
  title: string,
  label: string,
  sizes: readonly number[],
  runs: readonly (readonly PoolTrajectory[])[],
  of: (run: PoolTrajectory, pools: number) => number,
): Panel {
  const points = sizes.flatMap((x, k) =>
    averagePoints(
      [x],
      runs[k].map((run) => [of(run, x)]),
    ),
  );
  return {
    title,
    x: { label: "number of pools n", unit: "", scale: "log" },
    y: { label, unit: "", scale: "linear", min: 0 },
    series: [{ quantity: "greatest in a run", role: "simulated", points }],
  };
}

function rankPanel(
  sizes: readonly number[],
  runs: readonly (readonly PoolTrajectory[])[],
  times: readonly number[],
): Panel {
  const shown = [...sizes.keys()].filter((k) => k === 0 || k === sizes.length - 1);
  const looks = [...times.keys()].filter((k) => k % SHOWN_LOOKS === 0);
  return {
    title: "the rank that SLTA learns (14a)",
    x: { label: "time", unit: "mean service times", scale: "linear", min: 0 },
    y: { label: "rank r", unit: "", scale: "linear", min: 0 },
    series: [
      ...shown.map((k) => ({
        quantity: `${sizes[k]} pools`,
        role: "simulated" as const,
        points: averagePoints(
          looks.map((look) => times[look]),
          runs[k].map(({ rank }) => looks.map((look) => rank[look])),
        ),
      })),
      { quantity: "r*", role: "limit", points: [times[0], times[times.length - 1]].map((x) => ({ x, y: BEST.rank })) },
    ],
  };
}
