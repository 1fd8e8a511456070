import { decayExponent, exponentBetween } from "../../model/statistics/decay-exponent.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { decayExponents, waitingOrders } from "../../theory/jfsq-bounds.js";
import type { Figure, FigureOptions, FigureSource, Panel, Point, Progress, Series, Table } from "../figure.js";
import { averaged } from "./measured.js";

const CONFIDENCE = 0.95;
/** Independent runs of each system, from which the intervals are. */
const RUNS = 5;
const ALPHAS = [0.3, 0.6];
const POLICIES = ["jfsq", "jsq", "jiq"];
/** More in one picture could not be told apart; the tables have all. */
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

/** Waiting time and probability over the number of servers, with and without knowing the rates. */
export const waitingFigure: FigureSource = {
  id: "jfsq-zero-waiting/waiting",
  title: "Waiting vanishes as servers are added, and sooner for who knows their speeds",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const sizes = preview ? PREVIEW_SIZES : SIZES;
  const systems = ALPHAS.flatMap((alpha) =>
    RATES.flatMap((rates) => POLICIES.flatMap((policy) => sizes.map((servers) => ({ alpha, rates, policy, servers })))),
  );
  const inputs = systems.flatMap((system) => inputsOf(system, seed, preview ? 200 : 1000));
  let done = 0;
  const outputs = await runner.map(simulation, inputs, () => progress(++done / inputs.length));
  const cells = systems.map((system, i): Cell => ({ ...system, outputs: outputs.slice(i * RUNS, (i + 1) * RUNS) }));
  return {
    id: waitingFigure.id,
    title: waitingFigure.title,
    source: "Liu and Ying, Theorem 1",
    caption:
      `Mean waiting time of accepted jobs and probability of being sent to a busy server, with buffers of ${BUFFER}, for equal servers, two ` +
      "classes of which one is three times as fast, and speeds that fall evenly to an eighth. Points with 95 % intervals from independent " +
      "runs; a point below what the runs can resolve is left out. Bounds grow with the differences between servers, waiting under jfsq " +
      "does not: the fastest servers take the jobs. The theorem's constants make its bounds lie far above the picture; the " +
      "table sets its exponents beside those measured.",
    claim: "waiting time and probability vanish under jfsq, the slower the more the servers differ.",
    parameters: { buffer: BUFFER },
    seed,
    confidence: CONFIDENCE,
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

/** The points of a series that are known to be above 0. */
function pointsOf(
  { alpha, rates, policy }: Pick<Cell, "alpha" | "rates" | "policy">,
  { name }: Quantity,
  cells: readonly Cell[],
): Required<Point>[] {
  return cells
    .filter((cell) => cell.alpha === alpha && cell.rates === rates && cell.policy === policy)
    .map(({ servers, outputs }) => averaged(servers, outputs, name, CONFIDENCE))
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

/** What Theorem 1 says of the exponent: over the sizes of these points, with its logarithms, and in the end. */
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
        const sized = points.map(({ x, y, low, high }) => ({ size: x, value: y, halfWidth: (high - low) / 2 }));
        const exponent = decayExponent(sized, CONFIDENCE);
        const known = Number.isFinite(exponent.standardError);
        const { low, high } = confidenceInterval(exponent, CONFIDENCE);
        const found = known ? [exponent.value, low, high] : [null, null, null];
        return [
          alpha,
          rates,
          policy,
          ...found,
          ...(policy === "jfsq" ? theorem(alpha, quantity, points) : [null, null]),
        ];
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
    "of it for very many servers",
  ];
  return { title: `Decay of ${quantity.label}`, columns, rows };
}
