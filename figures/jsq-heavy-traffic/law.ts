import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { limitMean, queueScale, relaxationTime } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import {
  CONFIDENCE,
  type FigureContent,
  type FigureOptions,
  figureSource,
  mapGroups,
  type Point,
  type Progress,
  type Series,
} from "../figure.js";
import { type StateSample, type StatesInput, states } from "../sampled-states.js";
import { trafficOf } from "./traffic.js";

const ALPHA = 3;
const SERVERS = [2, 4, 6];
/** Replications of each size, for the intervals. */
const RUNS = 12;
const SAMPLES_PER_RELAXATION = 5;
const GRID = Array.from({ length: 17 }, (_, i) => i / 4);
const PARAMETERS = { time: "slotted", alpha: String(ALPHA) };

/** The distribution of the scaled total queue against the exponential one, as n grows. */
export const lawFigure = figureSource("jsq-heavy-traffic/law", "The scaled total queue becomes exponential", make);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const relaxationTimes = preview ? 20 : 150;
  const groups = SERVERS.map((servers) =>
    Array.from({ length: RUNS }, (_, run) => inputOf(servers, `${seed}/law/${servers}/${run}`, relaxationTimes)),
  );
  const outputs = await mapGroups(runner, states, groups, progress);
  const series = SERVERS.map((servers, i): Series => {
    const points = GRID.map((x) => tailAt(x, servers, outputs[i]));
    return { quantity: `${servers} servers`, role: "simulated", points };
  });
  const mean = limitMean(trafficOf(ALPHA, SERVERS[0]));
  const limit = GRID.map((x): Point => ({ x, y: Math.exp(-x / mean) }));
  return {
    source: "Hurtado-Lange and Maguluri (2020), Theorem 1",
    caption:
      "The probability that n^-alpha times the total number of jobs exceeds x, in slotted time with alpha = 3, arrivals Binomial(2n, (1 - n^-alpha)/2) and " +
      "services 0 or 2 with probability 1/2 each. Points: simulated, with 95 % confidence intervals from independent replications. Dashed: the exponential limit.",
    claim:
      "for alpha > 2, the distribution converges to the exponential one with mean (sigma_a^2 + sigma_s^2)/2 as n grows.",
    parameters: PARAMETERS,
    panels: [
      {
        title: "",
        x: { label: "x", unit: "", scale: "linear", min: 0, max: 4 },
        y: { label: "P(n^-alpha sum q > x)", unit: "", scale: "log" },
        series: [...series, { quantity: "exponential", role: "limit", points: limit }],
      },
    ],
    tables: [],
  };
}

function inputOf(servers: number, seed: string, relaxationTimes: number): StatesInput {
  const relaxation = relaxationTime(trafficOf(ALPHA, servers));
  return {
    scenario: jsqHeavyTraffic.name,
    settings: { ...PARAMETERS, servers: String(servers) },
    seed,
    warmUpTime: Math.ceil(8 * relaxation),
    interval: Math.ceil(relaxation / SAMPLES_PER_RELAXATION),
    samples: SAMPLES_PER_RELAXATION * relaxationTimes,
  };
}

function tailAt(x: number, servers: number, runs: readonly StateSample[][]): Point {
  const scale = queueScale(trafficOf(ALPHA, servers));
  const tails = runs.map((samples) => samples.filter(({ jobs }) => scale * jobs > x).length / samples.length);
  const mean = meanOf(tails);
  const { low, high } = confidenceInterval(mean, CONFIDENCE);
  return { x, y: mean.value, low: Math.max(1e-4, low), high: Math.min(1, high) };
}
