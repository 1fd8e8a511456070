import { type Interval, studentQuantile } from "../../model/statistics/interval.js";
import { perQuantityConfidence } from "../../model/statistics/multiplicity.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { type PoolWindow, type PoolWindowsInput, poolWindows } from "../../simulator/pool-windows.js";
import { meanOptimalUtility, optimalUtility, type PoolClasses } from "../../theory/optimal-assignment.js";
import type { Figure, FigureOptions, FigureSource, Panel, Point, Progress, Table } from "../figure.js";
import { type PaperRow, TABLE_1 } from "./table-1-paper.js";

const UTILITIES = "log-share:20/log-share:30";
const CLASSES: PoolClasses = { utilities: parseUtilities(UTILITIES), fractions: [0.5, 0.5] };
const POLICIES = ["jlmu", "slta"] as const;
type PolicyName = (typeof POLICIES)[number];
const BETA = "n^-0.45";
const WINDOW_TIME = 180;
const WINDOWS = 8;
/** Of each interval by itself; and of all comparisons with the paper together. */
const CONFIDENCE = 0.95;
const JOINT_CONFIDENCE = 0.99;
/** The paper's figures have four digits behind the point. */
const ROUNDING = 5e-5;

/** One cell of the table: what was simulated of one policy with so many pools at one load. */
interface Cell {
  readonly load: number;
  readonly policy: PolicyName;
  readonly paper: PaperRow;
  readonly windows: readonly PoolWindow[];
}

/** Table 1 in full, simulated with more windows, beside the paper's figures and the bounds. */
export const tableOneFigure: FigureSource = {
  id: "utility/table-1",
  title: "Mean utility of JLMU and SLTA against the number of pools",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const wanted = [...TABLE_1].flatMap(([load, rows]) =>
    rows
      .filter((_, k) => !preview || k < 3)
      .flatMap((paper) => POLICIES.map((policy) => ({ load, policy, paper, windows: preview ? 4 : WINDOWS }))),
  );
  // The largest systems first, so that no core is left with one of them at the end.
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
    id: tableOneFigure.id,
    title: tableOneFigure.title,
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), Table 1",
    caption:
      `Two classes of equally many pools, u_i(x) = x log(r_i/x), r = (20, 30), beta = ${BETA}. Windows of ${WINDOW_TIME} units of ` +
      "time in equilibrium; tasks arrive and end at the same times under both policies. The mean of u is E[u*(S/n)], which is " +
      "known exactly, less the mean of u*(S/n) - u, which hardly varies: a control variate. Intervals: 95 %, each by itself.",
    claim:
      "both policies are all but equal, below the bound u*(rho), and the closer to it, the more pools there are; with a " +
      "load that fills no level in part (rho = 10) they stay further away.",
    parameters: { utilities: UTILITIES, fractions: "0.5,0.5", beta: BETA },
    seed,
    confidence: CONFIDENCE,
    panels: [...TABLE_1.keys()].map((load) => panelOf(load, cells)),
    tables: [...TABLE_1.keys()].map((load) => tableOf(load, cells)),
  };
}

/** The same seed for both policies: they are sent the same tasks. */
function inputOf(load: number, policy: string, pools: number, windows: number, seed: string): PoolWindowsInput {
  return {
    utilities: UTILITIES,
    pools: [pools / 2, pools / 2],
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

/** E[u] by the control variate u*(S/n), whose mean is known; windows are independent but for a time unit at their ends. */
export function utilityEstimate(cell: Pick<Cell, "load" | "paper" | "windows">): { value: number } & Interval {
  const bound = meanOptimalUtility(CLASSES, cell.paper.pools, cell.load);
  const loss = meanOf(cell.windows.map(({ meanOptimum, meanUtility }) => meanOptimum - meanUtility));
  const halfWidth = (studentQuantile((1 + CONFIDENCE) / 2, loss.count - 1) * loss.deviation) / Math.sqrt(loss.count);
  const value = bound - loss.value;
  return { value, low: value - halfWidth, high: value + halfWidth };
}

/**
 * Whether the paper's cell is consistent with ours: its window is one more of the kind of ours. Two comparisons: the mean
 * utility itself, most of whose noise is that of the tasks in the window; and how far it is below u* of the window's own mean
 * number of tasks, which the paper gives too and which varies much less.
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
      "consistent (joint 99 %)",
      "messages per task",
      "time with r = r*",
    ],
    rows,
  };
}
