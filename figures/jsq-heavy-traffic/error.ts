import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { type IdleMoments, type IdleMomentsInput, idleMoments } from "../../simulator/idle-moments.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import { limitMean, queueScale, relaxationTime } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import {
  CONFIDENCE,
  type Figure,
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
import { averaged, meanPoint } from "../replicated-points.js";
import { trafficOf } from "./traffic.js";

/** Replications of each system, for the intervals. */
const RUNS = 6;
const PREVIEW_SIZE = 10;

interface Curve {
  readonly policy: "jsq" | "jsq-d";
  readonly alpha: number;
  readonly sizes: readonly number[];
}

/** Sizes at which a run of some relaxation times, of order n^(2 alpha - 1) slots, is done within seconds. */
const SLOTTED: readonly Curve[] = [
  { policy: "jsq", alpha: 1.5, sizes: [4, 10, 20, 40, 70, 100] },
  { policy: "jsq", alpha: 2, sizes: [4, 10, 20, 40] },
  { policy: "jsq", alpha: 2.5, sizes: [4, 7, 10, 14] },
  { policy: "jsq-d", alpha: 2.25, sizes: [4, 7, 10, 20, 30] },
  { policy: "jsq-d", alpha: 2.5, sizes: [4, 7, 10, 20] },
  { policy: "jsq-d", alpha: 3, sizes: [4, 6, 8, 10] },
];
const CONTINUOUS: readonly Curve[] = [
  { policy: "jsq", alpha: 1.25, sizes: [4, 10, 20, 50, 100] },
  { policy: "jsq", alpha: 1.5, sizes: [4, 10, 20, 50, 100] },
  { policy: "jsq", alpha: 2, sizes: [4, 10, 20, 30] },
];
/** Runs last this many relaxation times of the total queue, slotted ones after one of warm-up. */
const RELAXATION_TIMES = { slotted: 4, continuous: 2 } as const;
const LEAST_TIME = 20_000;

/** The error of the limit at n servers, over the power of n with which it seems to fall: where these lines are level, they tell the power. */
export const errorFigure = figureSource(
  "jsq-heavy-traffic/error",
  "The error of the limit, for alpha between 1 and 2 and the power of two above 2",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const [slotted, continuous] = [SLOTTED, CONTINUOUS].map((curves) =>
    curves.flatMap((curve) =>
      curve.sizes.filter((size) => !preview || size <= PREVIEW_SIZE).map((servers) => ({ curve, servers })),
    ),
  );
  const slottedGroups = slotted.map(({ curve, servers }) => slottedRuns(curve, servers, seed));
  const outputs = await mapGroups(runner, simulation, slottedGroups, (done) => progress(0.8 * done));
  const continuousGroups = continuous.map(({ curve, servers }) => continuousRuns(curve, servers, seed, preview));
  const moments = await mapGroups(runner, idleMoments, continuousGroups, (done) => progress(0.8 + 0.2 * done));
  const errors = {
    slotted: slotted.map(({ curve, servers }, i) => ({ curve, point: slottedError(curve, servers, outputs[i]) })),
    continuous: continuous.map(({ curve, servers }, i) => ({ curve, point: continuousError(servers, moments[i]) })),
  };
  return {
    source: "Hurtado-Lange and Maguluri (2020), Table 1, where alpha in (1, 2] is future work, and Remark 1",
    caption:
      "Points: simulated, with 95 % intervals from independent replications; lines join them. Slotted time: arrivals Binomial(2n, (1 - n^-alpha)/2), services 0 or 2 with probability 1/2 " +
      "each. The mean of the scaled total queue comes from the jobs present when service is left unused (slotted), or a server is idle " +
      "(continuous), which by the drift of its square determine it. Dashed: 4 - e, to which an unproved diffusion heuristic tends.",
    claim:
      "the paper proves a limit for alpha > 2 only, and with the power of two for alpha > 5/2. An error of n^(2 - alpha) times a constant means that " +
      "the same limit holds for JSQ exactly where alpha > 2 in slotted time; of n^(1 - alpha), for all alpha > 1 in continuous time.",
    parameters: {},
    panels: [
      slottedPanel("jsq", "JSQ, slotted: one batch a slot", errors.slotted),
      slottedPanel("jsq-d", "power of two, slotted", errors.slotted),
      continuousPanel(errors.continuous),
    ],
    tables: [tableOf(errors)],
  };
}

interface ErrorPoint {
  readonly curve: Curve;
  readonly point: Required<Point>;
}

function slottedRuns({ policy, alpha }: Curve, servers: number, seed: string): SimulationInput[] {
  const relaxation = relaxationTime(trafficOf(alpha, servers));
  const settings = { time: "slotted", policy, alpha: String(alpha), servers: String(servers) };
  return Array.from({ length: RUNS }, (_, run) => ({
    scenario: jsqHeavyTraffic.name,
    settings,
    seed: `${seed}/${errorFigure.id}`,
    replication: run + 1,
    warmUpTime: Math.ceil(relaxation),
    measuringTime: Math.max(LEAST_TIME, Math.ceil(RELAXATION_TIMES.slotted * relaxation)),
    familyConfidence: CONFIDENCE,
  }));
}

function continuousRuns({ policy, alpha }: Curve, servers: number, seed: string, preview: boolean): IdleMomentsInput[] {
  const relaxation = relaxationTime({ servers, alpha, arrivalVariance: 1, serviceVariance: 1 });
  const time = Math.max(LEAST_TIME, RELAXATION_TIMES.continuous * relaxation) / (preview ? 4 : 1);
  return Array.from({ length: RUNS }, (_, run) => ({
    ...{ servers, alpha, policy, warmUpTime: time / 4, measuringTime: time },
    seed: `${seed}/${errorFigure.id}/${alpha}/${servers}/${run}`,
  }));
}

/** Times n^(alpha - 2). */
function slottedError({ alpha }: Curve, servers: number, outputs: readonly SimulationOutput[]): Required<Point> {
  const { y, low, high } = averaged(servers, outputs, "scaled_queue_by_identity");
  const mean = limitMean(trafficOf(alpha, servers));
  const [error, from, to] = [y, low, high].map((value) => (value - mean) * servers ** (alpha - 2));
  return { x: servers, y: error, low: from, high: to };
}

/** Times n^(alpha - 1): the drift of (sum q)^2 is 0, so that the scaled mean is 1 + n^-alpha (R - 1), with R = E[(sum q) I]/E[I]. */
function continuousError(servers: number, runs: readonly IdleMoments[]): Required<Point> {
  return meanPoint(
    servers,
    runs.map(({ jobsSeenByIdle }) => (jobsSeenByIdle - 1) / servers),
  );
}

const SERVERS_AXIS = { label: "servers n", unit: "", scale: "log" } as const;

function curvesOf(errors: readonly ErrorPoint[]): Series[] {
  const curves = [...new Set(errors.map(({ curve }) => curve))];
  return curves.flatMap((curve): Series[] => {
    const points = errors.filter((one) => one.curve === curve).map(({ point }) => point);
    const quantity = `alpha = ${curve.alpha}`;
    return [
      { quantity, role: "simulated", points },
      { quantity, role: "simulated", mark: "line", points: points.map(({ x, y }) => ({ x, y })) },
    ];
  });
}

function slottedPanel(policy: Curve["policy"], title: string, errors: readonly ErrorPoint[]): Panel {
  return {
    title,
    x: SERVERS_AXIS,
    y: { label: "error of the mean, times n^(alpha - 2)", unit: "", scale: "linear", min: 0 },
    series: curvesOf(errors.filter(({ curve }) => curve.policy === policy)),
  };
}

function continuousPanel(errors: readonly ErrorPoint[]): Panel {
  const sizes = [...new Set(errors.map(({ point }) => point.x))].sort((a, b) => a - b);
  return {
    title: "JSQ, continuous time",
    x: SERVERS_AXIS,
    y: { label: "error of the mean, times n^(alpha - 1)", unit: "", scale: "linear", min: 0 },
    series: [
      ...curvesOf(errors),
      { quantity: "4 - e, heuristic", role: "limit", points: sizes.map((x) => ({ x, y: 4 - Math.E })) },
    ],
  };
}

function tableOf({ slotted, continuous }: Record<"slotted" | "continuous", readonly ErrorPoint[]>): Table {
  const rowsOf = (time: string, power: number, errors: readonly ErrorPoint[]): Figure["tables"][number]["rows"] =>
    errors.map(({ curve: { policy, alpha }, point: { x, y, low, high } }) => {
      const error = (value: number): number => value * x ** (power - alpha);
      return [
        time,
        policy,
        alpha,
        x,
        error(y),
        error(low),
        error(high),
        y,
        low,
        high,
        queueScale({ servers: x, alpha }),
      ];
    });
  const columns = ["time", "policy", "alpha", "n", "error of the scaled mean", "low", "high"];
  return {
    title: "Error of the limit; times n^(alpha - 2) in slotted, n^(alpha - 1) in continuous time",
    columns: [...columns, "times the power", "low", "high", "n^-alpha"],
    rows: [...rowsOf("slotted", 2, slotted), ...rowsOf("continuous", 1, continuous)],
  };
}
