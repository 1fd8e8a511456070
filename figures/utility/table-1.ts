import { type Interval, studentQuantile } from "../../model/statistics/interval.js";
import { perQuantityConfidence } from "../../model/statistics/multiplicity.js";
import { type PoolWindow, type PoolWindowsInput, poolWindows } from "../../simulator/pool-windows.js";
import { meanOptimalUtility, optimalUtility } from "../../theory/utility/optimal-assignment.js";
import {
  CONFIDENCE,
  type FigureContent,
  type FigureOptions,
  figureSource,
  type Panel,
  type Point,
  type Progress,
  type Table,
} from "../figure.js";
import { BETA, CLASSES, PARAMETERS, POLICIES, poolsByClass } from "./experiment.js";
import { type PaperRow, TABLE_1 } from "./table-1-paper.js";

type PolicyName = (typeof POLICIES)[number];
const WINDOW_TIME = 180;
const WINDOWS = 8;
/** Individual confidence of each interval; joint confidence of all comparisons with the paper. */
const JOINT_CONFIDENCE = 0.99;
/** The paper gives four decimals. */
const ROUNDING = 5e-5;

/** One cell of the table: a policy, a number of pools and a load. */
interface Cell {
  readonly load: number;
  readonly policy: PolicyName;
  readonly paper: PaperRow;
  readonly windows: readonly PoolWindow[];
}

/** Table 1 in full, simulated with more windows, beside the paper's figures and the bounds. */
export const tableOneFigure = figureSource(
  "utility/table-1",
  "Mean utility of JLMU and SLTA against the number of pools",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const wanted = [...TABLE_1].flatMap(([load, rows]) =>
    rows
      .filter((_, k) => !preview || k < 3)
      .flatMap((paper) => POLICIES.map((policy) => ({ load, policy, paper, windows: preview ? 4 : WINDOWS }))),
  );
  // Largest systems first, to balance the load of the cores.
  const ordered = [...wanted].sort((a, b) => b.paper.pools - a.paper.pools);
  let done = 0;
  const work = ordered.reduce((sum, { paper }) => sum + paper.pools, 0);
  const outputs = await runner.map(
    poolWindows,
    ordered.map(({ load, policy, paper, windows }) => inputOf(load, policy, paper.pools, windows, seed)),
    (_, index) => {
      done += ordered[index].paper.pools;
      progress(done / work);
    },
  );
  const cells: Cell[] = wanted.map((cell) => ({ ...cell, windows: outputs[ordered.indexOf(cell)] }));
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), Table 1",
    caption:
      `Two classes with equal numbers of pools, u_i(x) = x log(r_i/x), r = (20, 30), beta = ${BETA}. Windows of ${WINDOW_TIME} units of ` +
      "time in equilibrium; arrival and service times are the same under both policies. The mean of u is E[u*(S/n)], which is " +
      "known exactly, minus the mean of u*(S/n) - u, which hardly varies (control variate). Intervals: 95 %, individually.",
    claim:
      "both policies are nearly equal, below the bound u*(rho), and closer to it the more pools there are; at a " +
      "load that fills no level partially (rho = 10) they remain further away.",
    parameters: { ...PARAMETERS, beta: BETA },
    panels: [...TABLE_1.keys()].map((load) => panelOf(load, cells)),
    tables: [...[...TABLE_1.keys()].map((load) => tableOf(load, cells)), jointTest(cells)],
  };
}

/** The same seed for both policies: common random numbers. */
function inputOf(load: number, policy: string, pools: number, windows: number, seed: string): PoolWindowsInput {
  return {
    utilities: PARAMETERS.utilities,
    pools: poolsByClass(pools),
    load,
    policy,
    beta: BETA,
    windows,
    windowTime: WINDOW_TIME,
    seed: `${seed}/utility/table-1/${load}/${pools}`,
  };
}

interface Mean {
  readonly value: number;
  readonly deviation: number;
  readonly count: number;
}

function meanOf(values: readonly number[]): Mean {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, deviation: Math.sqrt(squares / (values.length - 1)), count: values.length };
}

/** E[u] by the control variate u*(S/n), whose mean is known; windows are independent except for about a time unit at their ends. */
export function utilityEstimate(cell: Pick<Cell, "load" | "paper" | "windows">): { value: number } & Interval {
  const bound = meanOptimalUtility(CLASSES, cell.paper.pools, cell.load);
  const loss = meanOf(cell.windows.map(({ meanOptimum, meanUtility }) => meanOptimum - meanUtility));
  const halfWidth = (studentQuantile((1 + CONFIDENCE) / 2, loss.count - 1) * loss.deviation) / Math.sqrt(loss.count);
  const value = bound - loss.value;
  return { value, low: value - halfWidth, high: value + halfWidth };
}

/**
 * Whether the paper's cell is consistent with ours: its window is distributed like ours. Two comparisons: the mean utility, whose
 * noise is mostly that of the number of tasks in the window; and its distance below u* of the window's own mean number of tasks,
 * which the paper also gives and which varies much less.
 */
export function comparison(cell: Cell, comparisons: number): { readonly utility: number; readonly loss: number } {
  const { paper, policy, windows } = cell;
  const reach = studentQuantile((1 + perQuantityConfidence(JOINT_CONFIDENCE, comparisons)) / 2, windows.length - 1);
  const ours = meanOf(windows.map(({ meanUtility }) => meanUtility));
  const loss = meanOf(windows.map(({ meanTasks, meanUtility }) => optimalUtility(CLASSES, meanTasks) - meanUtility));
  const ratio = (theirs: number, { value, deviation, count }: Mean, rounding: number): number =>
    Math.abs(theirs - value) / (reach * deviation * Math.sqrt(1 + 1 / count) + rounding);
  return {
    utility: ratio(paper[policy], ours, ROUNDING),
    loss: ratio(paper.optimum - paper[policy], loss, 2 * ROUNDING),
  };
}

/**
 * How far the paper's loss in a cell, u* of its window's tasks minus its utility, is from ours, in standard deviations of such a
 * difference: about standard normal if its windows are like ours.
 */
export function standardisedLoss({ paper, policy, windows }: Cell): number {
  const { value, deviation, count } = meanOf(
    windows.map(({ meanTasks, meanUtility }) => optimalUtility(CLASSES, meanTasks) - meanUtility),
  );
  return (paper.optimum - paper[policy] - value) / Math.hypot(deviation * Math.sqrt(1 + 1 / count), ROUNDING);
}

/** All cells of a load and a policy together. Both policies of a row see the same tasks, and so are not put together. */
function jointTest(cells: readonly Cell[]): Table {
  const rows = [...TABLE_1.keys()].flatMap((load) =>
    POLICIES.map((policy) => {
      const distances = cells
        .filter((cell) => cell.load === load && cell.policy === policy)
        .map((cell) => standardisedLoss(cell));
      const z = distances.reduce((sum, distance) => sum + distance, 0) / Math.sqrt(distances.length);
      return [load, policy, distances.length, distances.filter((distance) => distance < 0).length, digits(z, 2)];
    }),
  );
  return {
    title: "The paper's losses u* - u against ours, all rows together",
    columns: ["rho", "policy", "rows", "lower in the paper", "z"],
    rows,
  };
}

function panelOf(load: number, cells: readonly Cell[]): Panel {
  const here = cells.filter((cell) => cell.load === load);
  const by = (policy: PolicyName): Cell[] => here.filter((cell) => cell.policy === policy);
  const points = (chosen: readonly Cell[], y: (cell: Cell) => Omit<Point, "x">): Point[] =>
    chosen.map((cell) => ({ x: cell.paper.pools, ...y(cell) }));
  return {
    title: `rho = ${load}`,
    x: { label: "number of pools n", unit: "", scale: "linear", min: 0 },
    y: { label: "mean utility per pool", unit: "", scale: "linear" },
    series: [
      ...POLICIES.flatMap((policy) => [
        {
          quantity: policy.toUpperCase(),
          role: "simulated" as const,
          points: points(by(policy), (cell) => {
            const { value, low, high } = utilityEstimate(cell);
            return { y: value, low, high };
          }),
        },
        {
          quantity: policy.toUpperCase(),
          role: "paper" as const,
          points: points(by(policy), ({ paper }) => ({ y: paper[policy] })),
        },
      ]),
      {
        quantity: "E[u*(S/n)]",
        role: "bound",
        points: points(by("jlmu"), ({ paper }) => ({ y: meanOptimalUtility(CLASSES, paper.pools, load) })),
      },
      {
        quantity: "u*(rho)",
        role: "bound",
        points: points(by("jlmu"), () => ({ y: optimalUtility(CLASSES, load) })),
      },
    ],
  };
}

const digits = (value: number, places: number): string => value.toFixed(places);

function tableOf(load: number, cells: readonly Cell[]): Table {
  const comparisons = 2 * cells.length;
  const rows = cells
    .filter((cell) => cell.load === load)
    .map((cell) => {
      const { value, low, high } = utilityEstimate(cell);
      const own = meanOf(cell.windows.map(({ meanUtility }) => meanUtility));
      const { utility, loss } = comparison(cell, comparisons);
      return [
        cell.paper.pools,
        cell.policy,
        digits(value, 5),
        `[${digits(low, 5)}, ${digits(high, 5)}]`,
        digits(meanOptimalUtility(CLASSES, cell.paper.pools, load), 5),
        digits(own.value, 4),
        digits(own.deviation, 4),
        digits(cell.paper[cell.policy], 4),
        digits(meanOf(cell.windows.map(({ meanTasks }) => optimalUtility(CLASSES, meanTasks))).value, 4),
        digits(cell.paper.optimum, 4),
        Math.max(utility, loss) <= 1 ? "yes" : "no",
        digits(meanOf(cell.windows.map(({ messagesPerTask }) => messagesPerTask)).value, 2),
        cell.policy === "slta" ? digits(meanOf(cell.windows.map(({ timeAtOptimum }) => timeAtOptimum)).value, 3) : null,
      ];
    });
  return {
    title: `Table 1, rho = ${load}: u*(rho) = ${digits(optimalUtility(CLASSES, load), 6)}`,
    columns: [
      "pools",
      "policy",
      "mean utility",
      "95 % interval",
      "bound E[u*(S/n)]",
      "mean of windows",
      "sd of a window",
      "paper, one window",
      "u* of a window's tasks",
      "paper's",
      "consistent (joint 99 %)",
      "messages per task",
      "time with r = r*",
    ],
    rows,
  };
}
