import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic.js";
import { limitMean, queueScale, relaxationTime } from "../../theory/jsq-heavy-traffic.js";
import type { Figure, FigureOptions, FigureSource, Point, Progress, Series } from "../figure.js";
import { type StateLook, type StatesInput, states } from "./states.js";

const ALPHA = 3;
const SERVERS = [2, 4, 6];
const CONFIDENCE = 0.95;
/** Independent runs of each size, from which the intervals are. */
const RUNS = 12;
const LOOKS_PER_RELAXATION = 5;
const GRID = Array.from({ length: 17 }, (_, i) => i / 4);
const PARAMETERS = { time: "slotted", alpha: String(ALPHA) };

/** The law of the scaled total queue against the exponential one, for more and more servers. */
export const lawFigure: FigureSource = {
  id: "jsq-heavy-traffic/law",
  title: "The total queue comes to an exponential law",
  make,
};

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<Figure> {
  const relaxationTimes = preview ? 20 : 150;
  const inputs = SERVERS.flatMap((servers) =>
    Array.from({ length: RUNS }, (_, run) => inputOf(servers, `${seed}/law/${servers}/${run}`, relaxationTimes)),
  );
  let done = 0;
  const outputs = await runner.map(states, inputs, () => progress(++done / inputs.length));
  const series = SERVERS.map((servers, i): Series => {
    const runs = outputs.slice(i * RUNS, (i + 1) * RUNS);
    return { quantity: `${servers} servers`, role: "simulated", points: GRID.map((x) => tailAt(x, servers, runs)) };
  });
  const mean = limitMean(trafficOf(SERVERS[0]));
  const limit = GRID.map((x): Point => ({ x, y: Math.exp(-x / mean) }));
  return {
    id: lawFigure.id,
    title: lawFigure.title,
    source: "Hurtado-Lange and Maguluri, Theorem 1",
    caption:
      "The probability that n^-alpha times all jobs exceeds x, in slotted time with alpha = 3, arrivals Binomial(2n, (1 - n^-alpha)/2) and " +
      "services 0 or 2 with equal chances; points with 95 % confidence intervals from independent runs, and the exponential law of the limit.",
    claim:
      "the law tends to the exponential one with mean (sigma_a^2 + sigma_s^2)/2 as servers are added, for alpha above 2.",
    parameters: PARAMETERS,
    seed,
    confidence: CONFIDENCE,
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

function trafficOf(servers: number) {
  return { servers, alpha: ALPHA, arrivalVariance: (1 - servers ** (-2 * ALPHA)) / 2, serviceVariance: 1 };
}

function inputOf(servers: number, seed: string, relaxationTimes: number): StatesInput {
  const relaxation = relaxationTime(trafficOf(servers));
  return {
    scenario: jsqHeavyTraffic.name,
    settings: { ...PARAMETERS, servers: String(servers) },
    seed,
    warmUpTime: Math.ceil(8 * relaxation),
    interval: Math.ceil(relaxation / LOOKS_PER_RELAXATION),
    looks: LOOKS_PER_RELAXATION * relaxationTimes,
  };
}

function tailAt(x: number, servers: number, runs: readonly StateLook[][]): Point {
  const scale = queueScale(trafficOf(servers));
  const tails = runs.map((looks) => looks.filter(({ jobs }) => scale * jobs > x).length / looks.length);
  const mean = meanOf(tails);
  const { low, high } = confidenceInterval(mean, CONFIDENCE);
  return { x, y: mean.value, low: Math.max(1e-4, low), high: Math.min(1, high) };
}
