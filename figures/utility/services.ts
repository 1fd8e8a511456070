import { positiveNumber, readParameters, wholeNumber } from "../../experiments/parameters.js";
import { UserError } from "../../model/errors.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import { utility } from "../../scenarios/utility/index.js";
import { type PoolWindow, poolWindows } from "../../simulator/pool-windows.js";
import { jlmuFiniteSize } from "../../theory/utility/jlmu-finite-size.js";
import { meanOptimalUtility } from "../../theory/utility/optimal-assignment.js";
import {
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Panel,
  type Progress,
  type Table,
} from "../figure.js";
import { listOf } from "../parameters.js";
import { meanPoint } from "../replicated-points.js";
import { BETA, CLASSES, PARAMETERS, POLICIES, poolsByClass } from "./experiment.js";

const SETTABLE = {
  offeredLoad: { ...utility.parameters.offeredLoad, default: "9.75", range: "number > 0", parse: positiveNumber },
  pools: listOf({ ...utility.parameters.pools, range: "an even whole number >= 2", parse: evenNumber }, [20, 200]),
};
/** By squared coefficient of variation, which is the axis. */
const SIZES = ["constant", "gamma:0.25", "exponential", "gamma:4", "lognormal:4", "gamma:16"] as const;
const WINDOWS = 12;
/** Of server time, in units of the mean service time: fewer pools are watched for longer. */
const WINDOW_POOL_TIME = 16_000;
const PREVIEW = { windows: 4, part: 0.15 } as const;

interface Cell {
  readonly policy: string;
  readonly pools: number;
  readonly sizes: string;
  readonly windows: readonly PoolWindow[];
}

/** What JLMU and SLTA lose against the best assignment, whatever the law of the service times. */
export const servicesFigure = figureSource(
  "utility/services",
  "JLMU and SLTA with service times that are not exponential",
  make,
  SETTABLE,
);

function evenNumber(text: string): number {
  const pools = wholeNumber(2)(text);
  if (pools % 2 === 1) throw new UserError("must be even: half of the pools are of each class");
  return pools;
}

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { offeredLoad: load, pools: sizes } = readParameters(SETTABLE, settings).values;
  const windows = preview ? PREVIEW.windows : WINDOWS;
  const plan = sizes.flatMap((pools) => SIZES.flatMap((sizes) => POLICIES.map((policy) => ({ pools, sizes, policy }))));
  const groups = plan.map(({ pools, sizes, policy }) => [
    {
      ...{ utilities: PARAMETERS.utilities, pools: poolsByClass(pools), load, policy, beta: BETA, windows },
      ...(sizes === "exponential" ? {} : { sizes }),
      windowTime: (WINDOW_POOL_TIME / pools) * (preview ? PREVIEW.part : 1),
      seed: `${seed}/${servicesFigure.id}/${pools}/${sizes}`,
    },
  ]);
  const outputs = await mapGroups(runner, poolWindows, groups, progress);
  const cells = plan.map((cell, i): Cell => ({ ...cell, windows: outputs[i][0] }));
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), Theorems 1 and 2",
    caption:
      `Two classes of pools as in Table 1 at rho = ${load}. Points: time averages of u*(S/n) - u, what the policy loses against the best assignment of the tasks that there are, ` +
      `with 95 % intervals from ${windows} windows. Lines: the refinement for exponential service times. The number of tasks S is Poisson for every law ` +
      "of service, so that E[u*(S/n)] bounds the mean utility of every policy.",
    claim:
      "Theorem 1 bounds the utility for every law of service, but JLMU and SLTA are proved to attain the bound for exponential service times only; " +
      "for others the paper leaves it open.",
    parameters: { ...PARAMETERS, offeredLoad: String(load), beta: BETA },
    panels: sizes.map((pools) => panelOf(pools, load, cells)),
    tables: [tableOf(cells)],
  };
}

function lossAt({ sizes, windows }: Cell) {
  return meanPoint(
    jobSizeLawNamed(sizes).squaredVariation,
    windows.map(({ meanOptimum, meanUtility }) => meanOptimum - meanUtility),
  );
}

/** Bound minus refinement, for exponential service times: what JLMU loses at this number of pools. */
function refinedLoss(pools: number, load: number): number {
  return meanOptimalUtility(CLASSES, pools, load) - jlmuFiniteSize(CLASSES, pools, load).utility;
}

function panelOf(pools: number, load: number, cells: readonly Cell[]): Panel {
  const here = cells.filter((cell) => cell.pools === pools);
  const variations = SIZES.map((sizes) => jobSizeLawNamed(sizes).squaredVariation);
  return {
    title: `${pools} pools`,
    x: { label: "squared coefficient of variation of service times", unit: "", scale: "linear", min: 0 },
    y: { label: "utility lost per pool", unit: "", scale: "linear", min: 0 },
    series: [
      ...POLICIES.map((policy) => ({
        quantity: policy.toUpperCase(),
        role: "simulated" as const,
        points: here.filter((cell) => cell.policy === policy).map(lossAt),
      })),
      {
        quantity: "JLMU",
        role: "refined" as const,
        points: [0, Math.max(...variations)].map((x) => ({ x, y: refinedLoss(pools, load) })),
      },
    ],
  };
}

function tableOf(cells: readonly Cell[]): Table {
  const rows = cells.map((cell) => {
    const { y, low, high } = lossAt(cell);
    const messages = meanPoint(
      0,
      cell.windows.map(({ messagesPerTask }) => messagesPerTask),
    );
    const atBest = meanPoint(
      0,
      cell.windows.map(({ timeAtOptimum }) => timeAtOptimum),
    );
    return [cell.pools, cell.sizes, cell.policy, y, low, high, messages.y, cell.policy === "slta" ? atBest.y : null];
  });
  const columns = ["pools", "service times", "policy", "utility lost per pool", "low", "high", "messages per task"];
  return { title: "Loss against the best assignment", columns: [...columns, "time at r*"], rows };
}
