import { exponentBetween } from "../../model/statistics/decay-exponent.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { limitMean, relaxationTime, wassersteinOrder } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
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
import { trafficOf } from "./traffic.js";

/** Replications of each system, for the intervals. */
const RUNS = 8;
interface Curve {
  readonly policy: "jsq" | "jsq-d";
  readonly alpha: number;
  readonly sizes: readonly number[];
}

/** Sizes at which the relaxation time, which grows like n^(2 alpha - 1), allows a run within a minute. */
const CURVES: readonly Curve[] = [
  { policy: "jsq", alpha: 3, sizes: [2, 3, 4, 6, 8, 10] },
  { policy: "jsq", alpha: 4, sizes: [2, 3, 4, 5, 6] },
  { policy: "jsq-d", alpha: 3, sizes: [3, 4, 6, 8] },
];
const PREVIEW_SIZE = 4;

interface Cell {
  readonly curve: Curve;
  readonly servers: number;
  readonly outputs: readonly SimulationOutput[];
}

/** The distance of the scaled total queue from the exponential law, and of queues from their mean, as n grows. */
export const distanceFigure = figureSource(
  "jsq-heavy-traffic/distance",
  "Distance from the exponential law, and state space collapse",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const systems = CURVES.flatMap((curve) =>
    curve.sizes.filter((size) => !preview || size <= PREVIEW_SIZE).map((servers) => ({ curve, servers })),
  );
  const groups = systems.map(({ curve, servers }) => inputsOf(curve, servers, seed, preview ? 7 : 12));
  const outputs = await mapGroups(runner, simulation, groups, progress);
  const cells = systems.map((system, i): Cell => ({ ...system, outputs: outputs[i] }));
  return {
    source: "Hurtado-Lange and Maguluri (2020), Theorem 3 and Proposition 1",
    caption:
      "Slotted time, arrivals Binomial(2n, (1 - n^-alpha)/2), services 0 or 2 with probability 1/2 each. jsq-d samples two servers (Remark 1). The distance is that of the means: the " +
      "mean of the scaled total queue, by the drift identity, minus that of the limit. This is a lower bound on the Wasserstein distance, " +
      "and equal to it if the distribution stochastically dominates the limit. Points: simulated, with 95 % intervals from independent replications. Dashed: the order " +
      "of Theorem 3, n^(2 - alpha) ceil(log n), and the growth n of Proposition 1, drawn through the last point since their constants are unknown.",
    claim:
      "the distance decays at least like n^(2 - alpha) log n, and the distance of queues from their mean grows at most like n.",
    parameters: { time: "slotted" },
    panels: [distancePanel(cells), collapsePanel(cells)],
    tables: [decayTable(cells)],
  };
}

function inputsOf({ policy, alpha }: Curve, servers: number, seed: string, relaxationTimes: number): SimulationInput[] {
  const relaxation = relaxationTime(trafficOf(alpha, servers));
  const settings = { time: "slotted", policy, alpha: String(alpha), servers: String(servers) };
  return Array.from({ length: RUNS }, (_, run) => ({
    scenario: jsqHeavyTraffic.name,
    settings,
    seed: `${seed}/distance`,
    replication: run + 1,
    warmUpTime: Math.ceil(relaxation),
    measuringTime: Math.max(20_000, Math.ceil(relaxationTimes * relaxation)),
    familyConfidence: CONFIDENCE,
  }));
}

/** The distance of the means. */
function distanceAt({ curve: { alpha }, servers, outputs }: Cell): Required<Point> {
  const { y, low, high } = averaged(servers, outputs, "scaled_queue_by_identity");
  const mean = limitMean(trafficOf(alpha, servers));
  return { x: servers, y: y - mean, low: Math.max(1e-6, low - mean), high: high - mean };
}

const nameOf = ({ policy, alpha }: Curve): string => `${policy}, alpha = ${alpha}`;

const SERVERS_AXIS = { label: "servers n", unit: "", scale: "log" } as const;

function distancePanel(cells: readonly Cell[]): Panel {
  const series = CURVES.flatMap((curve): Series[] => {
    const { policy, alpha } = curve;
    const points = cells.filter((cell) => cell.curve === curve).map(distanceAt);
    const simulated: Series = { quantity: nameOf(curve), role: "simulated", points };
    // The theorem is about jsq; Remark 1 gives no order.
    if (policy !== "jsq") return [simulated];
    const order = points.map(({ x }) => ({ x, y: wassersteinOrder({ servers: x, alpha }) }));
    const factor = points[points.length - 1].y / order[order.length - 1].y;
    const bound = order.map(({ x, y }) => ({ x, y: factor * y }));
    return [simulated, { quantity: nameOf(curve), role: "bound", points: bound }];
  });
  return {
    title: "Distance from the limit",
    x: SERVERS_AXIS,
    y: { label: "distance of the means", unit: "", scale: "log" },
    series,
  };
}

function collapsePanel(cells: readonly Cell[]): Panel {
  const series = CURVES.map((curve): Series => {
    const points = cells
      .filter((cell) => cell.curve === curve)
      .map(({ servers, outputs }) => averaged(servers, outputs, "perpendicular_moment_1", servers));
    return { quantity: nameOf(curve), role: "simulated", points };
  });
  const last = series[0].points[series[0].points.length - 1];
  const growth = series[0].points.map(({ x }) => ({ x, y: (last.y * x) / last.x }));
  return {
    title: "State space collapse",
    x: SERVERS_AXIS,
    y: { label: "E ||q_perp||", unit: "jobs", scale: "log" },
    series: [...series, { quantity: "growth like n", role: "bound", points: growth }],
  };
}

function decayTable(cells: readonly Cell[]): Table {
  const rows = CURVES.map((curve) => {
    const { policy, alpha } = curve;
    const points = cells.filter((cell) => cell.curve === curve).map(distanceAt);
    const order = (servers: number): number => wassersteinOrder({ servers, alpha });
    const here = exponentBetween(order, points[0].x, points[points.length - 1].x);
    return [policy, alpha, ...decayCells(points), ...(policy === "jsq" ? [here, alpha - 2] : [null, null])];
  });
  const columns = [
    "policy",
    "alpha",
    "decay exponent in n",
    "low",
    "high",
    "of the order of Theorem 3 over these sizes",
    "its limit as n grows",
  ];
  return { title: "Decay of the distance", columns, rows };
}
