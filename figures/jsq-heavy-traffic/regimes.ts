import { type IdleMoments, type IdleMomentsInput, idleMoments } from "../../simulator/idle-moments.js";
import { relaxationTime } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { meanJobsPerServer } from "../../theory/heavy-traffic/nondegenerate-slowdown.js";
import { pooledSystem } from "../../theory/queues/pooled-system.js";
import {
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
import { meanPoint } from "../replicated-points.js";

const SIZES = [10, 50, 200] as const;
const PREVIEW_SIZES = [10, 50] as const;
const ALPHAS = [0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.125, 1.25, 1.5, 1.75, 2, 2.5];
const RUNS = 5;
/** In relaxation times of the total queue, and at least so many time units. */
const LENGTH = { relaxationTimes: 6, least: 3000 } as const;
/** Longer runs than this many events are left out: near full load, many servers remember for too long. */
const MOST_EVENTS = 3e7;
/** Table 1 of the paper. */
const REGIMES = [
  { upTo: 0.5, name: "sub-Halfin-Whitt" },
  { upTo: 0.5 + 1e-9, name: "Halfin-Whitt" },
  { upTo: 1, name: "between Halfin-Whitt and nondegenerate slowdown" },
  { upTo: 1 + 1e-9, name: "nondegenerate slowdown" },
  { upTo: 2 + 1e-9, name: "future work in the paper" },
  { upTo: Number.POSITIVE_INFINITY, name: "Theorem 1, in slotted time" },
] as const;

interface Cell {
  readonly servers: number;
  readonly alpha: number;
  readonly runs: readonly IdleMoments[];
}

/** JSQ in all regimes of Table 1, from few jobs that wait to queues as of a single server. */
export const regimesFigure = figureSource(
  "jsq-heavy-traffic/regimes",
  "JSQ from the mean field to heavy traffic",
  make,
);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const sizes = preview ? PREVIEW_SIZES : SIZES;
  const plan = sizes.flatMap((servers) =>
    ALPHAS.filter((alpha, k) => eventsOf(servers, alpha) <= MOST_EVENTS && (!preview || k % 3 === 0)).map((alpha) => ({
      servers,
      alpha,
    })),
  );
  const groups = plan.map(({ servers, alpha }) =>
    Array.from({ length: RUNS }, (_, run): IdleMomentsInput => {
      const time = timeOf(servers, alpha);
      const runSeed = `${seed}/${regimesFigure.id}/${servers}/${alpha}/${run}`;
      return { servers, alpha, policy: "jsq", seed: runSeed, warmUpTime: time / 4, measuringTime: time };
    }),
  );
  const outputs = await mapGroups(runner, idleMoments, groups, progress);
  const cells = plan.map((cell, i): Cell => ({ ...cell, runs: outputs[i] }));
  return {
    source: "Hurtado-Lange and Maguluri (2020), Table 1",
    caption:
      "Join the Shortest Queue in continuous time, load 1 - n^-alpha. Points: simulated, with 95 % intervals from independent runs. Dotted: one common queue, " +
      "M/M/n, which no policy beats. Dashed: a diffusion heuristic, unproved, for alpha >= 1 (at 1 it is the nondegenerate slowdown of Gupta and Walton 2019). " +
      "From alpha = 1 on the mean comes from what idle servers see of the queues.",
    claim:
      "below alpha = 1/2 hardly any job waits; at 1 waiting takes as long as service; above, queues are as of a single server, with n^-alpha times " +
      "the number of jobs near exponential of mean 1. The paper proves the last for alpha > 2 in slotted time, and leaves (1, 2] open.",
    parameters: { time: "continuous", policy: "jsq" },
    panels: [waitingPanel(sizes, cells), probabilityPanel(sizes, cells), scaledPanel(sizes, cells)],
    tables: [tableOf(cells)],
  };
}

function timeOf(servers: number, alpha: number): number {
  const relaxation = relaxationTime({ servers, alpha, arrivalVariance: 1, serviceVariance: 1 });
  return Math.max(LENGTH.least, LENGTH.relaxationTimes * relaxation);
}

function eventsOf(servers: number, alpha: number): number {
  return 2 * servers * timeOf(servers, alpha);
}

const loadOf = (servers: number, alpha: number): number => 1 - servers ** -alpha;

/** Jobs per server: those that wait as averaged, or from alpha = 1 on all by the drift of the square of their number. */
function jobsPerServer({ servers, alpha, runs }: Cell): number[] {
  if (alpha < 1) return runs.map(({ waitingJobs }) => loadOf(servers, alpha) + waitingJobs);
  return runs.map(({ jobsSeenByIdle }) => (servers ** alpha - 1 + jobsSeenByIdle) / servers);
}

function waitingTime(cell: Cell): Required<Point> {
  const load = loadOf(cell.servers, cell.alpha);
  return meanPoint(
    cell.alpha,
    jobsPerServer(cell).map((jobs) => jobs / load - 1),
  );
}

function scaledQueue(cell: Cell): Required<Point> {
  const { servers, alpha } = cell;
  return meanPoint(
    alpha,
    jobsPerServer(cell).map((jobs) => servers ** (1 - alpha) * jobs),
  );
}

const probability = ({ alpha, runs }: Cell): Required<Point> =>
  meanPoint(
    alpha,
    runs.map(({ waitingProbability }) => waitingProbability),
  );

const ALPHA_AXIS = { label: "alpha", unit: "", scale: "linear", min: 0 } as const;
const LINE = Array.from({ length: 46 }, (_, k) => 0.25 + k * 0.05);

/** Simulated at each size, and a line from the mean number of jobs per server of a theory. */
function curves(
  sizes: readonly number[],
  cells: readonly Cell[],
  measured: (cell: Cell) => Required<Point>,
  ofJobs: (jobs: number, servers: number, alpha: number) => number,
): Series[] {
  return sizes.flatMap((servers): Series[] => {
    const quantity = `n = ${servers}`;
    const line = (from: number, jobs: (alpha: number) => number): Point[] =>
      LINE.filter((alpha) => alpha >= from - 1e-9).map((x) => ({ x, y: ofJobs(jobs(x), servers, x) }));
    const points = cells.filter((cell) => cell.servers === servers).map(measured);
    return [
      { quantity, role: "simulated", points: points.filter(({ low }) => low > 0) },
      { quantity, role: "bound", points: line(0, (alpha) => pooledJobs(servers, alpha) / servers) },
      {
        quantity,
        role: "limit",
        points: line(1, (alpha) => meanJobsPerServer(servers ** (1 - alpha))),
      },
    ];
  });
}

function pooledJobs(servers: number, alpha: number): number {
  const totalArrivalRate = servers * loadOf(servers, alpha);
  const serviceRates = new Array<number>(servers).fill(1);
  return pooledSystem({ totalArrivalRate, serviceRates, capacity: Number.POSITIVE_INFINITY }).meanJobs;
}

function waitingPanel(sizes: readonly number[], cells: readonly Cell[]): Panel {
  return {
    title: "mean waiting time",
    x: ALPHA_AXIS,
    y: { label: "E[W]", unit: "mean service times", scale: "log", min: 1e-4 },
    series: curves(sizes, cells, waitingTime, (jobs, servers, alpha) => jobs / loadOf(servers, alpha) - 1),
  };
}

function probabilityPanel(sizes: readonly number[], cells: readonly Cell[]): Panel {
  return {
    title: "probability to wait",
    x: ALPHA_AXIS,
    y: { label: "P(W > 0)", unit: "", scale: "linear", min: 0, max: 1 },
    series: sizes.map((servers): Series => {
      const points = cells.filter((cell) => cell.servers === servers).map(probability);
      return { quantity: `n = ${servers}`, role: "simulated", points };
    }),
  };
}

function scaledPanel(sizes: readonly number[], cells: readonly Cell[]): Panel {
  const ends = [1, 2.5].map((x) => ({ x, y: 1 }));
  return {
    title: "n^-alpha times the number of jobs",
    x: ALPHA_AXIS,
    y: { label: "n^-alpha E[sum q]", unit: "", scale: "log" },
    series: [
      ...curves(sizes, cells, scaledQueue, (jobs, servers, alpha) => servers ** (1 - alpha) * jobs),
      { quantity: "Theorem 1", role: "limit", points: ends },
    ],
  };
}

function tableOf(cells: readonly Cell[]): Table {
  const rows = cells.map((cell) => {
    const { servers, alpha } = cell;
    const [wait, waits, scaled] = [waitingTime(cell), probability(cell), scaledQueue(cell)];
    const regime = REGIMES.find(({ upTo }) => alpha < upTo)?.name ?? "";
    return [regime, alpha, servers, ...[wait, waits, scaled].flatMap(({ y, low, high }) => [y, low, high])];
  });
  const columns = ["regime", "alpha", "n", "E[W]", "low", "high", "P(W > 0)", "low", "high", "n^-alpha E[sum q]"];
  return { title: "Join the Shortest Queue, by regime", columns: [...columns, "low", "high"], rows };
}
