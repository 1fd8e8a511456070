import { parseUtilities } from "../../model/utility-functions.js";
import { type PoolTrajectory, poolTrajectory } from "../../simulator/pool-trajectory.js";
import { JlmuFluid } from "../../theory/jlmu-fluid.js";
import type { PoolClasses } from "../../theory/optimal-assignment.js";
import type { Axis, Figure, FigureOptions, FigureSource, Panel, Progress, Series } from "../figure.js";
import { averagePoints, counter, evenTimes } from "./averages.js";

const UTILITIES = "log-share:20/log-share:30";
const CLASSES: PoolClasses = { utilities: parseUtilities(UTILITIES), fractions: [0.5, 0.5] };
const LOAD = 9.75;
const POOLS = 500;
const RUNS = 20;
const END = 6;
const CONFIDENCE = 0.95;
const POLICIES = ["jlmu", "slta"] as const;
/** Class from 0, level from 1: below, at and above where the optimal assignment ends. */
const LEVELS = [
  [0, 4],
  [0, 8],
  [1, 6],
  [1, 11],
  [1, 12],
] as const;

/** The occupancy of many pools over time, from an empty start, against the fluid model of JLMU. */
export const fluidFigure: FigureSource = {
  id: "utility/fluid",
  title: "Occupancy over time from an empty start, against the fluid model",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const runs = preview ? 4 : RUNS;
  const times = evenTimes(END, 40);
  const inputs = POLICIES.flatMap((policy) =>
    Array.from({ length: runs }, (_, run) => ({
      utilities: UTILITIES,
      pools: [POOLS / 2, POOLS / 2],
      load: String(LOAD),
      policy,
      beta: "n^-0.45",
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
    id: fluidFigure.id,
    title: fluidFigure.title,
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), (10) and Theorems 4 to 6",
    caption:
      `${POOLS} pools of the two classes of Table 1 at rho = ${LOAD}, empty at time 0: means of ${runs} runs with 95 % intervals. ` +
      "Lines: the fluid model (10), solved with its sliding modes.",
    claim:
      "the occupancy of JLMU follows the fluid model, and that comes to the optimal assignment; SLTA comes to the same one, " +
      "with thresholds that it has to learn on the way.",
    parameters: { utilities: UTILITIES, fractions: "0.5,0.5", offeredLoad: String(LOAD), pools: String(POOLS) },
    seed,
    confidence: CONFIDENCE,
    panels: [...POLICIES.map((policy) => occupancyPanel(policy, times, of(policy))), utilityPanel(times, of)],
    tables: [],
  };
}

const TIME_AXIS: Axis = { label: "time", unit: "mean service times", scale: "linear", min: 0, max: END };

interface FluidLook {
  readonly time: number;
  readonly utility: number;
  readonly levels: readonly number[];
}

/** The fluid trajectory, looked at often enough for a line. */
function fluidLooks(): FluidLook[] {
  const fluid = new JlmuFluid(CLASSES, LOAD);
  return evenTimes(END, 300).map((time) => {
    fluid.advanceTo(time);
    return { time, utility: fluid.utility, levels: LEVELS.map(([i, j]) => fluid.occupancy(i, j)) };
  });
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
        { quantity, role: "simulated", points: averagePoints(times, seen, CONFIDENCE) },
        { quantity, role: "limit", points: fluid.map(({ time, levels }) => ({ x: time, y: levels[k] })) },
      ];
    }),
  };
}

function utilityPanel(times: readonly number[], of: (policy: string) => readonly PoolTrajectory[]): Panel {
  const simulated = POLICIES.map((policy): Series => {
    const seen = of(policy).map(({ utility }) => utility);
    return { quantity: policy.toUpperCase(), role: "simulated", points: averagePoints(times, seen, CONFIDENCE) };
  });
  const points = fluidLooks().map(({ time, utility }) => ({ x: time, y: utility }));
  return {
    title: "utility",
    x: TIME_AXIS,
    y: { label: "utility per pool", unit: "", scale: "linear" },
    series: [...simulated, { quantity: "fluid model", role: "limit", points }],
  };
}
