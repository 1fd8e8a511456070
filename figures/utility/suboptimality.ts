import { fraction, readParameters } from "../../experiments/parameters.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { type PoolWindow, poolWindows } from "../../simulator/pool-windows.js";
import { conservativeUtility, greedyUtility, suboptimalLoads } from "../../theory/utility/greedy-suboptimality.js";
import { meanOptimalUtility } from "../../theory/utility/optimal-assignment.js";
import { type FigureContent, type FigureOptions, figureSource, mapGroups, type Progress } from "../figure.js";
import { averagePoints, evenTimes } from "./averages.js";

const SETTABLE = {
  epsilon: {
    description: "utility of a task in the first pool; one in the second is worth 1",
    unit: "",
    default: "0.05",
    range: "> 0 and < 1",
    parse: fraction,
  },
};
/** Of the whole system of two pools. */
const SIMULATED_AT = [0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6];
const POLICIES = [
  { policy: "jlmu", exact: greedyUtility },
  { policy: "class:2", exact: (_: number, load: number) => conservativeUtility(load) },
] as const;
const WINDOWS = 20;
const WINDOW_TIME = 20_000;

/** Two pools among which the greedy policy is not the best, section 9.3 of the paper. */
export const suboptimalityFigure = figureSource(
  "utility/suboptimality",
  "Where JLMU is not the best policy",
  make,
  SETTABLE,
);

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { epsilon } = readParameters(SETTABLE, settings).values;
  const utilities = `suboptimality:${epsilon}`;
  const windowTime = preview ? WINDOW_TIME / 10 : WINDOW_TIME;
  const cells = POLICIES.flatMap(({ policy }) => SIMULATED_AT.map((load) => ({ policy, load })));
  const outputs = await mapGroups(
    runner,
    poolWindows,
    cells.map(({ policy, load }) => [
      {
        ...{
          utilities,
          pools: [1, 1],
          load: load / 2,
          policy,
          beta: "n^-0.45",
          windows: WINDOWS,
          windowTime,
        },
        seed: `${seed}/${suboptimalityFigure.id}/${load}`,
      },
    ]),
    progress,
  );
  const windowsOf = (policy: string, load: number): readonly PoolWindow[] =>
    outputs[cells.findIndex((cell) => cell.policy === policy && cell.load === load)][0];
  const { upTo, shown } = suboptimalLoads(epsilon);
  const classes = { utilities: parseUtilities(utilities), fractions: [0.5, 0.5] };
  const loads = evenTimes(SIMULATED_AT[SIMULATED_AT.length - 1], 60).slice(1);
  return {
    source: "Goldsztajn, Borst and van Leeuwaarden (2023), section 9.3 and Theorem 1",
    caption:
      `Two pools: a task in the first is worth ${epsilon}, the second is worth 1 while it has a task. Points: simulated, with 95 % intervals. ` +
      "Lines: exact occupancies of both policies, and the bound E[u*(S/n)] for every policy.",
    claim: claimOf(upTo, shown),
    parameters: { utilities, pools: "2" },
    panels: [
      {
        title: "",
        x: { label: "offered load rho of both pools", unit: "tasks", scale: "linear", min: 0 },
        y: { label: "mean utility per pool", unit: "", scale: "linear", min: 0 },
        series: [
          ...POLICIES.flatMap(({ policy, exact }) => [
            {
              quantity: policy,
              role: "simulated" as const,
              points: SIMULATED_AT.flatMap((load) =>
                averagePoints(
                  [load],
                  windowsOf(policy, load).map(({ meanUtility }) => [meanUtility]),
                ),
              ),
            },
            { quantity: policy, role: "exact" as const, points: loads.map((x) => ({ x, y: exact(epsilon, x) })) },
          ]),
          {
            quantity: "every policy",
            role: "bound" as const,
            points: loads.map((x) => ({ x, y: meanOptimalUtility(classes, 2, x / 2) })),
          },
        ],
      },
    ],
    tables: [],
  };
}

function claimOf(upTo: number, shown: { readonly from: number; readonly to: number } | undefined): string {
  if (upTo === 0) return "sending every task to pool two beats JLMU at no load.";
  const byBound =
    shown === undefined ? "does not show it" : `shows it from ${shown.from.toFixed(3)} to ${shown.to.toFixed(3)}`;
  return `sending every task to pool two beats JLMU for all loads below ${upTo.toFixed(3)}; the bound of the paper ${byBound}.`;
}
