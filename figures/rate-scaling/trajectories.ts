import { positiveNumber } from "../../experiments/parameters.js";
import { EPOCH_TIME } from "../../experiments/scenario.js";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { UserError } from "../../model/errors.js";
import { initialRate, parseInitialRates } from "../../model/initial-rates.js";
import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { type Trajectory, type TrajectoryInput, trajectory } from "../../simulator/trajectory.js";
import { backloggedTrajectory } from "../../theory/rate-scaling/backlogged-trajectory.js";
import { optimalRate } from "../../theory/rate-scaling/rate-scaling.js";
import { rateTrajectory } from "../../theory/rate-scaling/rate-trajectory.js";
import {
  CONFIDENCE,
  counter,
  type Figure,
  type FigureContent,
  type FigureOptions,
  type FigureSource,
  figureSource,
  type Point,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { withDefaults } from "../parameters.js";
import { type Course, courseTable } from "../trajectory-band.js";

/** Rates and queues over time from the start. */
export interface TrajectoryFigure extends Pick<FigureSource, "id" | "title">, Pick<Figure, "source" | "claim"> {
  /** Fixed parameters, in the syntax of `--set`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly until: ModelTime;
}

const RUNS = 20;
const PREVIEW_RUNS = 4;
/** Samples per run. */
const LOOKS = 200;
/** Intervals are drawn at every k-th sample. */
const LOOKS_PER_INTERVAL = 8;
/** Servers whose limit is drawn, as quantiles of the initial rates. */
const SHOWN_LIMITS = [0, 0.25, 0.5, 0.75, 1];

/** The source of such a figure: one run server by server, the mean over many replications, and the limit. */
export function trajectoryFigure(figure: TrajectoryFigure): FigureSource {
  const until = {
    ...{ description: "time at which the runs end", unit: "time units", default: String(figure.until) },
    ...{ range: "> 0; whole multiples of 1000", parse: wholeSteps },
  };
  const content = ({ settings = {}, ...options }: FigureOptions, progress: Progress): Promise<FigureContent> => {
    const { until: end = until.default, ...others } = settings;
    const set = { until: until.parse(end), parameters: { ...figure.parameters, ...others } };
    return make({ ...figure, ...set }, options, progress);
  };
  const parameters = { ...withDefaults(rateScaling.parameters, figure.parameters), until };
  return figureSource(figure.id, figure.title, content, parameters);
}

/** Looks are at whole epochs. */
function wholeSteps(text: string): ModelTime {
  const time = positiveNumber(text);
  if (time % (LOOKS * EPOCH_TIME) !== 0) throw new UserError(`must be a multiple of ${LOOKS * EPOCH_TIME}`);
  return time;
}

async function make(figure: TrajectoryFigure, options: FigureOptions, progress: Progress): Promise<FigureContent> {
  const { seed, preview, runner } = options;
  const step = figure.until / LOOKS;
  const { system } = rateScaling.configure(figure.parameters, seed);
  if (system.isPlaced && figure.parameters.buffer !== "1")
    throw new UserError("start: the limit trajectory is from as many jobs at every server; use empty or backlog:JOBS");
  const inputs = Array.from({ length: preview ? PREVIEW_RUNS : RUNS }, (_, i): TrajectoryInput => {
    const { parameters, until } = figure;
    return { scenario: rateScaling.name, settings: parameters, seed, replication: i + 1, until, step };
  });
  const runs = await runner.map(trajectory, inputs, counter(inputs.length, progress));
  const backlog = system.backlog / system.servers;
  const limit = limitOf(figure, backlog, seed, runs[0].times);
  const time = { label: "time", unit: "time units", scale: "linear", min: 0, max: figure.until } as const;
  return {
    source: figure.source,
    caption: captionOf(figure, backlog, runs.length),
    claim: figure.claim,
    parameters: figure.parameters,
    panels: [
      {
        title: "service rates",
        x: time,
        y: { label: "service rate", unit: "per time unit", scale: "linear", min: 0 },
        series: rateSeries(runs, limit),
      },
      {
        title: "longest queue",
        x: time,
        y: {
          label: "jobs at the longest queue",
          unit: "jobs",
          scale: "linear",
          min: 0,
          ...(figure.parameters.buffer === "1" ? { max: 2 } : {}),
        },
        series: queueSeries(figure, backlog, runs, limit),
      },
    ],
    tables: [tableOf(runs, limit), courseTable("the limit trajectory", [meanCourse(runs, limit)])],
  };
}

function captionOf({ parameters }: TrajectoryFigure, backlog: number, runs: number): string {
  const limit =
    parameters.buffer === "1"
      ? "the limit trajectory (2.3) of many servers and small steps"
      : "the limit trajectory of many servers and small steps, derived here for infinite buffers, which no theorem covers";
  return (
    `Thin lines: every server's rate in one run. Points: means over ${runs} replications with the same servers, with 95 % confidence ` +
    `intervals. Dashed lines: ${limit}${backlog > 0 ? `, from ${backlog} jobs a server` : ""}, for the mean and for some servers.`
  );
}

interface Limit {
  readonly optimum: Rate;
  readonly times: readonly ModelTime[];
  readonly rates: readonly Float64Array[];
  readonly longestQueue: readonly number[];
}

function limitOf({ parameters }: TrajectoryFigure, backlog: number, seed: string, times: readonly ModelTime[]): Limit {
  const { parameters: all, system } = rateScaling.configure(parameters, seed);
  const law = parseInitialRates(all.initialRates);
  const start = {
    arrivalRate: Number(all.arrivalRate),
    inverseStep: Number(all.inverseStep),
    g: parseSojournCost(all.costG),
    h: parseRateCost(all.costH),
    initialRates: Array.from({ length: system.servers }, (_, server) => initialRate(law, seed, server)),
  };
  const optimum = optimalRate(start.arrivalRate, start.g, start.h);
  // With unit buffers the longest queue is always one job in service.
  if (all.buffer === "1")
    return { optimum, times, rates: rateTrajectory(start, times), longestQueue: times.map(() => 1) };
  const states = backloggedTrajectory(start, backlog, times);
  return {
    optimum,
    times,
    rates: states.map(({ rates }) => rates),
    longestQueue: states.map(({ queues }) => queues.reduce((longest, queue) => Math.max(longest, queue), 0)),
  };
}

function rateSeries(runs: readonly Trajectory[], limit: Limit): Series[] {
  const [first] = runs;
  const servers = Array.from(first.rates[0].keys());
  const byStart = servers.toSorted((a, b) => limit.rates[0][a] - limit.rates[0][b]);
  const shown = SHOWN_LIMITS.map((part) => byStart[Math.round(part * (servers.length - 1))]);
  const along = (values: (look: number) => number): Point[] => first.times.map((x, look) => ({ x, y: values(look) }));
  return [
    ...servers.map(
      (server): Series => ({
        quantity: "each server",
        role: "simulated",
        mark: "line",
        points: along((look) => first.rates[look][server]),
      }),
    ),
    ...shown.map(
      (server): Series => ({
        quantity: "some servers",
        role: "limit",
        points: along((look) => limit.rates[look][server]),
      }),
    ),
    { quantity: "mean", role: "simulated", points: meanPoints(runs, (run, look) => mean(run.rates[look])) },
    { quantity: "mean", role: "limit", points: along((look) => mean(limit.rates[look])) },
    { quantity: "optimum", role: "limit", points: along(() => limit.optimum) },
  ];
}

function queueSeries(
  { parameters }: TrajectoryFigure,
  backlog: number,
  runs: readonly Trajectory[],
  limit: Limit,
): Series[] {
  const [first] = runs;
  const points = first.times.map((x, look) => ({ x, y: limit.longestQueue[look] }));
  return [
    {
      quantity: "longest queue of one run",
      role: "simulated",
      mark: "line",
      points: first.times.map((x, look) => ({ x, y: first.longestQueue[look] })),
    },
    { quantity: "longest queue", role: "simulated", points: meanPoints(runs, (run, look) => run.longestQueue[look]) },
    ...(parameters.buffer !== "1" && backlog === 0
      ? []
      : [{ quantity: "longest queue", role: "limit", points } as const]),
  ];
}

/** The mean over runs at every eighth sample, with its interval. */
function meanPoints(runs: readonly Trajectory[], value: (run: Trajectory, look: number) => number): Point[] {
  return runs[0].times.flatMap((x, look) => {
    if (look % LOOKS_PER_INTERVAL !== 0) return [];
    const estimate = meanOf(runs.map((run) => value(run, look)));
    return [{ x, y: estimate.value, ...confidenceInterval(estimate, CONFIDENCE) }];
  });
}

function meanCourse(runs: readonly Trajectory[], limit: Limit): Course {
  return {
    ...{ name: "mean rate", times: limit.times, predicted: limit.rates.map(mean) },
    runs: runs.map(({ rates }) => rates.map(mean)),
  };
}

function tableOf(runs: readonly Trajectory[], limit: Limit): Table {
  const columns = [
    "time",
    "mean rate, simulated",
    "low",
    "high",
    "mean rate, limit",
    "longest queue, simulated",
    "low",
    "high",
  ];
  const rows = limit.times.flatMap((time, look) => {
    if (look % (2 * LOOKS_PER_INTERVAL) !== 0) return [];
    const rate = meanOf(runs.map((run) => mean(run.rates[look])));
    const queue = meanOf(runs.map((run) => run.longestQueue[look]));
    const [rates, queues] = [confidenceInterval(rate, CONFIDENCE), confidenceInterval(queue, CONFIDENCE)];
    return [[time, rate.value, rates.low, rates.high, mean(limit.rates[look]), queue.value, queues.low, queues.high]];
  });
  return { title: "Means over replications, and the limit", columns, rows };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
