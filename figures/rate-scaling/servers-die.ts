import { claimsOf } from "../../experiments/evidence.js";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { type Trajectory, type TrajectoryInput, trajectory } from "../../simulator/trajectory.js";
import { optimalRate } from "../../theory/rate-scaling/rate-scaling.js";
import { rateTrajectory } from "../../theory/rate-scaling/rate-trajectory.js";
import {
  CONFIDENCE,
  counter,
  type FigureContent,
  type FigureOptions,
  type FigureSource,
  figureSource,
  type Point,
  type Progress,
} from "../figure.js";

/** Servers that fail while the others continue. */
export interface ServersDieFigure extends Pick<FigureSource, "id" | "title"> {
  /** Parameters until then, in the syntax of `--set`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly deaths: { readonly servers: number; readonly time: ModelTime };
  readonly until: ModelTime;
}

const RUNS = 40;
const PREVIEW_RUNS = 5;
const LOOKS = 80;

/** The source of such a figure: mean rate of the survivors over time, simulated, in the limit, and refined. */
export function serversDieFigure(figure: ServersDieFigure): FigureSource {
  return figureSource(figure.id, figure.title, (options, progress) => make(figure, options, progress));
}

async function make(figure: ServersDieFigure, options: FigureOptions, progress: Progress): Promise<FigureContent> {
  const { seed, preview, runner } = options;
  const { parameters, deaths, until } = figure;
  const inputs = Array.from({ length: preview ? PREVIEW_RUNS : RUNS }, (_, i): TrajectoryInput => {
    const step = until / LOOKS;
    return { scenario: rateScaling.name, settings: parameters, seed, replication: i + 1, until, step, deaths };
  });
  const runs = await runner.map(trajectory, inputs, counter(inputs.length, progress));
  const { times } = runs[0];
  const refined = { before: refinedRate(parameters), after: refinedRate(survivors(figure)) };
  return {
    source: "Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11 and (2.3), applied before and after the failures",
    caption:
      `Points: mean rate of the surviving servers, over ${runs.length} runs, with 95 % confidence intervals. ` +
      `Dashed line: the limit trajectory (2.3), from the optimum of all servers to that of the survivors. Solid line: steady ` +
      `states with finite-size corrections. At time ${deaths.time}, ${deaths.servers} of ${parameters.servers} servers fail.`,
    claim:
      "the paper does not consider failures; but since a server reacts only to its own idle times, the others must " +
      "converge to the optimum for their new arrival rate, without being told.",
    parameters,
    panels: [
      {
        title: "",
        x: { label: "time", unit: "time units", scale: "linear", min: 0, max: until },
        y: {
          label: "mean service rate of the survivors",
          unit: "per time unit",
          scale: "linear",
          min: 1.56,
          max: 1.68,
        },
        series: [
          { quantity: "mean", role: "simulated", points: meanPoints(runs, deaths.servers) },
          { quantity: "mean", role: "limit", points: limitPoints(figure, times) },
          {
            quantity: "mean",
            role: "refined",
            mark: "line",
            points: times.map((x) => ({ x, y: x <= deaths.time ? refined.before : refined.after })),
          },
        ],
      },
    ],
    tables: [
      {
        title: "Steady states",
        columns: ["", "optimum", "refined"],
        rows: [
          ["all servers", optimumOf(parameters), refined.before],
          ["survivors", optimumOf(survivors(figure)), refined.after],
        ],
      },
    ],
  };
}

/** The same arrivals to fewer servers. */
export function survivors({ parameters, deaths }: Omit<ServersDieFigure, "id" | "title">): Record<string, string> {
  const servers = Number(parameters.servers);
  const left = servers - deaths.servers;
  return {
    ...parameters,
    servers: String(left),
    arrivalRate: String((Number(parameters.arrivalRate) * servers) / left),
  };
}

/** The mean rate in steady state, corrected for the number of servers and the step size. */
export function refinedRate(settings: Readonly<Record<string, string>>): Rate {
  const experiment = rateScaling.configure(settings, "1");
  const claims = claimsOf(experiment, { messageDelay: 0, heldUpFraction: 0 }).get("mean_service_rate") ?? [];
  const refined = claims.find(({ kind }) => kind === "refined" || kind === "heuristic");
  return refined !== undefined && "value" in refined ? refined.value : Number.NaN;
}

/** The mean rate of the survivors at each sample, averaged over runs. */
function meanPoints(runs: readonly Trajectory[], dead: number): Point[] {
  return runs[0].times.map((x, look) => {
    const estimate = meanOf(runs.map(({ rates }) => survivorsMean(rates[look], dead)));
    return { x, y: estimate.value, ...confidenceInterval(estimate, CONFIDENCE) };
  });
}

/** The mean over all but the first servers, which fail. */
export function survivorsMean(rates: readonly Rate[], dead: number): Rate {
  const left = rates.slice(dead);
  return left.reduce((sum, rate) => sum + rate, 0) / left.length;
}

function limitPoints(figure: ServersDieFigure, times: readonly ModelTime[]): Point[] {
  const { deaths, parameters } = figure;
  const before = optimumOf(parameters);
  const { parameters: all } = rateScaling.configure(survivors(figure), "1");
  const start = {
    arrivalRate: Number(all.arrivalRate),
    inverseStep: Number(all.inverseStep),
    g: parseSojournCost(all.costG),
    h: parseRateCost(all.costH),
    initialRates: [before],
  };
  const after = times.filter((time) => time > deaths.time);
  const rates = rateTrajectory(
    start,
    after.map((time) => time - deaths.time),
  );
  return [
    ...times.filter((time) => time <= deaths.time).map((x) => ({ x, y: before })),
    ...after.map((x, i) => ({ x, y: rates[i][0] })),
  ];
}

function optimumOf(settings: Readonly<Record<string, string>>): Rate {
  const { parameters } = rateScaling.configure(settings, "1");
  return optimalRate(
    Number(parameters.arrivalRate),
    parseSojournCost(parameters.costG),
    parseRateCost(parameters.costH),
  );
}
