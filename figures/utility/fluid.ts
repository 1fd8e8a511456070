import { readParameters } from "../../experiments/parameters.js";
import { UserError } from "../../model/errors.js";
import { parseLoadProfile } from "../../model/load-profile.js";
import { parseStart, type Start, starts } from "../../model/start.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { utility } from "../../scenarios/utility/index.js";
import { type PoolTrajectory, poolTrajectory } from "../../simulator/pool-trajectory.js";
import { JlmuFluid } from "../../theory/utility/jlmu-fluid.js";
import { optimalAssignment, optimalOccupancy, type PoolClasses } from "../../theory/utility/optimal-assignment.js";
import {
  type Axis,
  counter,
  type FigureContent,
  type FigureOptions,
  figureSource,
  type Panel,
  type Progress,
  type Series,
} from "../figure.js";
import { withDefaults } from "../parameters.js";
import { type Course, courseTable } from "../trajectory-band.js";
import { averagePoints, evenTimes } from "./averages.js";
import { BETA, PARAMETERS, POLICIES } from "./experiment.js";

const RUNS = 20;
const END = 6;
const { utilities, fractions, offeredLoad, pools, beta, start, initialRank } = utility.parameters;
const SETTABLE = withDefaults(
  { utilities, fractions, offeredLoad, pools, beta, start, initialRank },
  { ...PARAMETERS, offeredLoad: "9.75", pools: "500", beta: BETA },
);

/** The pools of the figure. */
interface Pools {
  readonly classes: PoolClasses;
  readonly counts: readonly number[];
  readonly load: number;
  readonly start: Start;
  /** r* of this load. */
  readonly bestRank: number;
  /** Class from 0, level from 1: below and at the last full coordinate of every class, and the one that the load fills in part. */
  readonly levels: readonly (readonly [number, number])[];
}

/** The occupancy of many pools over time, from any start, against the fluid model of JLMU. */
export const fluidFigure = figureSource(
  "utility/fluid",
  "Occupancy over time, against the fluid model",
  make,
  SETTABLE,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { texts } = readParameters(SETTABLE, settings);
  const system = poolsOf(texts);
  const runs = preview ? 4 : RUNS;
  const times = evenTimes(END, 40);
  const inputs = POLICIES.flatMap((policy) =>
    Array.from({ length: runs }, (_, run) => ({
      ...{ utilities: texts.utilities, pools: system.counts, load: texts.offeredLoad, policy, beta: texts.beta },
      ...{ start: system.start, initialRank: Number(texts.initialRank), settling: 0, times, levels: system.levels },
      seed: `${seed}/${fluidFigure.id}/${run}`,
    })),
  );
  const outputs = await runner.map(poolTrajectory, inputs, counter(inputs.length, progress));
  const of = (policy: string): PoolTrajectory[] => outputs.filter((_, k) => inputs[k].policy === policy);
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), (10) and Theorems 4 to 6",
    caption:
      `${texts.pools} pools at rho = ${texts.offeredLoad}, from start ${texts.start}: means of ${runs} runs with 95 % intervals. ` +
      `Lines: the fluid model (10), solved with its sliding modes. r of SLTA starts at ${texts.initialRank}.`,
    claim:
      "the occupancy of JLMU follows the fluid model, which converges to the optimal assignment; SLTA converges to the same, " +
      "with thresholds that it learns on the way.",
    parameters: texts,
    panels: [
      ...POLICIES.map((policy) => occupancyPanel(system, policy, times, of(policy))),
      utilityPanel(system, times, of),
      rankPanel(system, times, of("slta")),
    ],
    tables: [courseTable("the fluid model (10)", coursesOf(system, times, of("jlmu")))],
  };
}

/** Throws UserError where the load varies, or the fractions leave a class without pools. */
function poolsOf(texts: Readonly<Record<string, string>>): Pools {
  const { system } = utility.configure(texts, "1");
  const profile = parseLoadProfile(texts.offeredLoad);
  if (profile.varies) throw new UserError(`offeredLoad = ${texts.offeredLoad}: the figure is of a constant load`);
  const counts = system.classNames.map(
    (_, i) =>
      Array.from({ length: system.servers }, (_, pool) => pool).filter((pool) => system.classOf(pool) === i).length,
  );
  const classes = {
    utilities: parseUtilities(texts.utilities),
    fractions: counts.map((count) => count / system.servers),
  };
  const { fullLevels, partialClass, partialLevel, rank } = optimalAssignment(classes, profile.initial);
  const levels = fullLevels.flatMap((full, i): [number, number][] =>
    [Math.round(full / 2), full, ...(i === partialClass ? [partialLevel] : [])]
      .filter((level, k, all) => level > 0 && all.indexOf(level) === k)
      .map((level) => [i, level]),
  );
  return { classes, counts, load: profile.initial, start: parseStart(starts)(texts.start), bestRank: rank, levels };
}

/** q(i, j) at time 0, at [i][j - 1]. JLMU sends the tasks of a backlog to where the optimal assignment of as many has them. */
function fluidStart({ classes, counts, start: { tail, meanJobs } }: Pools): number[][] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (tail !== undefined) return counts.map((count) => tail.map((fraction) => Math.round(fraction * count) / total));
  if (meanJobs === 0) return [];
  const best = optimalAssignment(classes, meanJobs);
  return best.fullLevels.map((full, i) =>
    Array.from({ length: full + 1 }, (_, k) => optimalOccupancy(classes, best, i, k + 1)),
  );
}

const TIME_AXIS: Axis = { label: "time", unit: "mean service times", scale: "linear", min: 0, max: END };

interface FluidLook {
  readonly time: number;
  readonly utility: number;
  readonly levels: readonly number[];
}

/** The fluid trajectory, by default densely enough for a line. */
function fluidLooks(system: Pools, times = evenTimes(END, 300)): FluidLook[] {
  const { classes, load, levels } = system;
  const fluid = new JlmuFluid(classes, load, fluidStart(system));
  return times.map((time) => {
    fluid.advanceTo(time);
    return { time, utility: fluid.utility, levels: levels.map(([i, j]) => fluid.occupancy(i, j)) };
  });
}

/** Of JLMU, whose limit the fluid model is. */
function coursesOf(system: Pools, times: number[], runs: readonly PoolTrajectory[]): Course[] {
  const looks = fluidLooks(system, times);
  return [
    ...system.levels.map(([i, j], k) => ({
      ...{ name: `q(${i + 1}, ${j})`, times, predicted: looks.map(({ levels }) => levels[k]) },
      runs: runs.map(({ occupancy }) => occupancy[k]),
    })),
    {
      ...{ name: "utility per pool", times, predicted: looks.map(({ utility }) => utility) },
      runs: runs.map(({ utility }) => utility),
    },
  ];
}

function occupancyPanel(
  system: Pools,
  policy: string,
  times: readonly number[],
  runs: readonly PoolTrajectory[],
): Panel {
  const fluid = fluidLooks(system);
  return {
    title: `occupancy under ${policy.toUpperCase()}`,
    x: TIME_AXIS,
    y: { label: "fraction of pools", unit: "", scale: "linear", min: 0 },
    series: system.levels.flatMap(([i, j], k): Series[] => {
      const seen = runs.map(({ occupancy }) => occupancy[k]);
      const quantity = `q(${i + 1}, ${j})`;
      return [
        { quantity, role: "simulated", points: averagePoints(times, seen) },
        { quantity, role: "limit", points: fluid.map(({ time, levels }) => ({ x: time, y: levels[k] })) },
      ];
    }),
  };
}

function utilityPanel(
  system: Pools,
  times: readonly number[],
  of: (policy: string) => readonly PoolTrajectory[],
): Panel {
  const simulated = POLICIES.map((policy): Series => {
    const seen = of(policy).map(({ utility }) => utility);
    return { quantity: policy.toUpperCase(), role: "simulated", points: averagePoints(times, seen) };
  });
  const points = fluidLooks(system).map(({ time, utility }) => ({ x: time, y: utility }));
  return {
    title: "utility",
    x: TIME_AXIS,
    y: { label: "utility per pool", unit: "", scale: "linear" },
    series: [...simulated, { quantity: "fluid model", role: "limit", points }],
  };
}

/** The rank that SLTA learns, and that of the optimal assignment. */
function rankPanel({ bestRank }: Pools, times: readonly number[], runs: readonly PoolTrajectory[]): Panel {
  const seen = runs.map(({ rank }) => rank);
  return {
    title: "the rank that SLTA learns",
    x: TIME_AXIS,
    y: { label: "rank r", unit: "", scale: "linear", min: 0 },
    series: [
      { quantity: "r", role: "simulated", points: averagePoints(times, seen) },
      { quantity: "r*", role: "limit", points: [0, END].map((x) => ({ x, y: bestRank })) },
    ],
  };
}
