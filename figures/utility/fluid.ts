import { type PoolTrajectory, poolTrajectory } from "../../simulator/pool-trajectory.js";
import { JlmuFluid } from "../../theory/utility/jlmu-fluid.js";
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
import { type Course, courseTable } from "../trajectory-band.js";
import { averagePoints, evenTimes } from "./averages.js";
import { BETA, CLASSES, PARAMETERS, POLICIES, poolsByClass } from "./experiment.js";

const LOAD = 9.75;
const POOLS = 500;
const RUNS = 20;
const END = 6;
/** Class from 0, level from 1: below, at and above the last coordinates of the optimal assignment. */
const LEVELS = [
  [0, 4],
  [0, 8],
  [1, 6],
  [1, 11],
  [1, 12],
] as const;

/** The occupancy of many pools over time, from an empty start, against the fluid model of JLMU. */
export const fluidFigure = figureSource(
  "utility/fluid",
  "Occupancy over time from an empty start, against the fluid model",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const runs = preview ? 4 : RUNS;
  const times = evenTimes(END, 40);
  const inputs = POLICIES.flatMap((policy) =>
    Array.from({ length: runs }, (_, run) => ({
      utilities: PARAMETERS.utilities,
      pools: poolsByClass(POOLS),
      load: String(LOAD),
      policy,
      beta: BETA,
      before: 0,
      settling: 0,
      times,
      levels: LEVELS,
      seed: `${seed}/${fluidFigure.id}/${run}`,
    })),
  );
  const outputs = await runner.map(poolTrajectory, inputs, counter(inputs.length, progress));
  const of = (policy: string): PoolTrajectory[] => outputs.filter((_, k) => inputs[k].policy === policy);
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), (10) and Theorems 4 to 6",
    caption:
      `${POOLS} pools of the two classes of Table 1 at rho = ${LOAD}, empty at time 0: means of ${runs} runs with 95 % intervals. ` +
      "Lines: the fluid model (10), solved with its sliding modes.",
    claim:
      "the occupancy of JLMU follows the fluid model, which converges to the optimal assignment; SLTA converges to the same, " +
      "with thresholds that it learns on the way.",
    parameters: { ...PARAMETERS, offeredLoad: String(LOAD), pools: String(POOLS) },
    panels: [...POLICIES.map((policy) => occupancyPanel(policy, times, of(policy))), utilityPanel(times, of)],
    tables: [courseTable("the fluid model (10)", coursesOf(times, of("jlmu")))],
  };
}

const TIME_AXIS: Axis = { label: "time", unit: "mean service times", scale: "linear", min: 0, max: END };

interface FluidLook {
  readonly time: number;
  readonly utility: number;
  readonly levels: readonly number[];
}

/** The fluid trajectory, sampled densely enough for a line. */
function fluidLooks(): FluidLook[] {
  const fluid = new JlmuFluid(CLASSES, LOAD);
  return evenTimes(END, 300).map((time) => {
    fluid.advanceTo(time);
    return { time, utility: fluid.utility, levels: LEVELS.map(([i, j]) => fluid.occupancy(i, j)) };
  });
}

/** Of JLMU, whose limit the fluid model is. */
function coursesOf(times: readonly number[], runs: readonly PoolTrajectory[]): Course[] {
  const fluid = new JlmuFluid(CLASSES, LOAD);
  const looks = times.map((time) => {
    fluid.advanceTo(time);
    return { utility: fluid.utility, levels: LEVELS.map(([i, j]) => fluid.occupancy(i, j)) };
  });
  return [
    ...LEVELS.map(([i, j], k) => ({
      ...{ name: `q(${i + 1}, ${j})`, times, predicted: looks.map(({ levels }) => levels[k]) },
      runs: runs.map(({ occupancy }) => occupancy[k]),
    })),
    {
      ...{ name: "utility per pool", times, predicted: looks.map(({ utility }) => utility) },
      runs: runs.map(({ utility }) => utility),
    },
  ];
}

function occupancyPanel(policy: string, times: readonly number[], runs: readonly PoolTrajectory[]): Panel {
  const fluid = fluidLooks();
  return {
    title: `occupancy under ${policy.toUpperCase()}`,
    x: TIME_AXIS,
    y: { label: "fraction of pools", unit: "", scale: "linear", min: 0 },
    series: LEVELS.flatMap(([i, j], k): Series[] => {
      const seen = runs.map(({ occupancy }) => occupancy[k]);
      const quantity = `q(${i + 1}, ${j})`;
      return [
        { quantity, role: "simulated", points: averagePoints(times, seen) },
        { quantity, role: "limit", points: fluid.map(({ time, levels }) => ({ x: time, y: levels[k] })) },
      ];
    }),
  };
}

function utilityPanel(times: readonly number[], of: (policy: string) => readonly PoolTrajectory[]): Panel {
  const simulated = POLICIES.map((policy): Series => {
    const seen = of(policy).map(({ utility }) => utility);
    return { quantity: policy.toUpperCase(), role: "simulated", points: averagePoints(times, seen) };
  });
  const points = fluidLooks().map(({ time, utility }) => ({ x: time, y: utility }));
  return {
    title: "utility",
    x: TIME_AXIS,
    y: { label: "utility per pool", unit: "", scale: "linear" },
    series: [...simulated, { quantity: "fluid model", role: "limit", points }],
  };
}
