import { exponentBetween } from "../../model/statistics/decay-exponent.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting/index.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { decayExponents, waitingOrders } from "../../theory/heavy-traffic/jfsq-bounds.js";
import {
  CONFIDENCE,
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Panel,
  type Point,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { averaged, decayCells } from "../replicated-points.js";

/** Replications of each system, for the intervals. */
const RUNS = 5;
const ALPHAS = [0.3, 0.6];
const POLICIES = ["jfsq", "jsq", "jiq"];
/** More curves would be indistinguishable; the tables have all. */
const SHOWN = ["jfsq", "jsq"];
const RATES = ["equal", "two-class:0.5,3", "linear:8"];
const SIZES = [10, 30, 100, 300, 1000];
const PREVIEW_SIZES = [10, 30, 100];
const BUFFER = "3";
const QUANTITIES = [
  { name: "mean_waiting_time", key: "meanWaitingTime", label: "E[W]", unit: "time units" },
  { name: "waiting_probability", key: "waitingProbability", label: "p_W", unit: "" },
] as const;
type Quantity = (typeof QUANTITIES)[number];

interface Cell {
  readonly alpha: number;
  readonly rates: string;
  readonly policy: string;
  readonly servers: number;
  readonly outputs: readonly SimulationOutput[];
}

/** Waiting time and probability over the number of servers, with policies that know the rates or not. */
export const waitingFigure = figureSource(
  "jfsq-zero-waiting/waiting",
  "Waiting vanishes as servers are added, faster if the policy knows their speeds",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const sizes = preview ? PREVIEW_SIZES : SIZES;
  const systems = ALPHAS.flatMap((alpha) =>
    RATES.flatMap((rates) => POLICIES.flatMap((policy) => sizes.map((servers) => ({ alpha, rates, policy, servers })))),
  );
  const groups = systems.map((system) => inputsOf(system, seed, preview ? 200 : 1000));
  const outputs = await mapGroups(runner, simulation, groups, progress);
  const cells = systems.map((system, i): Cell => ({ ...system, outputs: outputs[i] }));
  return {
    source: "Liu and Ying (2025), Theorem 1",
    caption:
      `Mean waiting time of accepted jobs and probability of being sent to a busy server, with buffers of ${BUFFER}, for equal servers, two ` +
      "classes, one three times as fast as the other, and speeds that decrease linearly to an eighth. Points: simulated, with 95 % intervals from independent " +
      "replications; points below their resolution are omitted. The bounds grow with the heterogeneity of servers, waiting under jfsq " +
      "does not, since the fastest servers take the jobs. With the theorem's constants the bounds are far above the range shown; the " +
      "table compares its exponents with the measured ones.",
    claim: "waiting time and probability vanish under jfsq, more slowly the more the servers differ.",
    parameters: { buffer: BUFFER },
    panels: ALPHAS.flatMap((alpha) => QUANTITIES.map((quantity) => panelOf(alpha, quantity, cells))),
    tables: QUANTITIES.map((quantity) => decayTable(quantity, cells)),
  };
}

function inputsOf(
  { alpha, rates, policy, servers }: Omit<Cell, "outputs">,
  seed: string,
  time: number,
): SimulationInput[] {
  const settings = { alpha: String(alpha), rates, policy, servers: String(servers), buffer: BUFFER };
  return Array.from({ length: RUNS }, (_, run) => ({
    scenario: jfsqZeroWaiting.name,
    settings,
    seed: `${seed}/waiting`,
    replication: run + 1,
    warmUpTime: 50,
    // Fewer servers have fewer events in a unit of time.
    measuringTime: Math.ceil(time * Math.sqrt(100 / servers)),
    familyConfidence: CONFIDENCE,
  }));
}

/** The points of a series whose interval is above 0. */
function pointsOf(
  { alpha, rates, policy }: Pick<Cell, "alpha" | "rates" | "policy">,
  { name }: Quantity,
  cells: readonly Cell[],
): Required<Point>[] {
  return cells
    .filter((cell) => cell.alpha === alpha && cell.rates === rates && cell.policy === policy)
    .map(({ servers, outputs }) => averaged(servers, outputs, name))
    .filter(({ low }) => low > 0);
}

function panelOf(alpha: number, quantity: Quantity, cells: readonly Cell[]): Panel {
  return {
    title: `${quantity.label}, alpha = ${alpha}`,
    x: { label: "servers n", unit: "", scale: "log" },
    y: { label: quantity.label, unit: quantity.unit, scale: "log" },
    series: RATES.flatMap((rates) =>
      SHOWN.map(
        (policy): Series => ({
          quantity: `${policy}, ${rates}`,
          role: "simulated",
          points: pointsOf({ alpha, rates, policy }, quantity, cells),
        }),
      ),
    ).filter(({ points }) => points.length > 0),
  };
}

/** The exponent of Theorem 1: over the sizes of these points, with its logarithms, and in the limit. */
function theorem(alpha: number, { key }: Quantity, points: readonly Point[]): (number | null)[] {
  const sizes = points.map(({ x }) => x);
  const order = (servers: number): number => waitingOrders({ servers, alpha })[key];
  const here = sizes.length < 2 ? null : exponentBetween(order, sizes[0], sizes[sizes.length - 1]);
  return [here, decayExponents({ alpha })[key]];
}

function decayTable(quantity: Quantity, cells: readonly Cell[]): Table {
  const rows = ALPHAS.flatMap((alpha) =>
    RATES.flatMap((rates) =>
      POLICIES.map((policy) => {
        const points = pointsOf({ alpha, rates, policy }, quantity, cells);
        const claimed = policy === "jfsq" ? theorem(alpha, quantity, points) : [null, null];
        return [alpha, rates, policy, ...decayCells(points), ...claimed];
      }),
    ),
  );
  const columns = [
    "alpha",
    "rates",
    "policy",
    "decay exponent in n",
    "low",
    "high",
    "of the order of Theorem 1 over these sizes",
    "its limit as n grows",
  ];
  return { title: `Decay of ${quantity.label}`, columns, rows };
}
