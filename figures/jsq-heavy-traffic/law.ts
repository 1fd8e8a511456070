import { positiveNumber, readParameters, wholeNumber } from "../../experiments/parameters.js";
import { UserError } from "../../model/errors.js";
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
import { listOf } from "../parameters.js";
import { type StateSample, type StatesInput, states } from "../sampled-states.js";
import { trafficOf } from "./traffic.js";

/** Slots: with more, one size takes minutes. */
const LONGEST_RELAXATION = 100_000;
/** Replications of each size, for the intervals. */
const RUNS = 12;
const SAMPLES_PER_RELAXATION = 5;
const GRID = Array.from({ length: 17 }, (_, i) => i / 4);
const SETTABLE = {
  alpha: { ...jsqHeavyTraffic.parameters.alpha, default: "3", range: "> 2, as in Theorem 1", parse: aboveTwo },
  servers: listOf({ ...jsqHeavyTraffic.parameters.servers, parse: wholeNumber(2) }, [2, 4, 6]),
};

/** The distribution of the scaled total queue against the exponential one, as n grows. */
export const lawFigure = figureSource(
  "jsq-heavy-traffic/law",
  "The scaled total queue becomes exponential",
  make,
  SETTABLE,
);

function aboveTwo(text: string): number {
  const alpha = positiveNumber(text);
  if (alpha <= 2)
    throw new UserError("must be above 2: the theorem is about no other, jsq-heavy-traffic/error shows them");
  return alpha;
}

async function make(
  { seed, settings = {}, preview, runner }: FigureOptions,
  progress: Progress,
): Promise<FigureContent> {
  const { alpha, servers: sizes } = readParameters(SETTABLE, settings).values;
  refuseSlow(alpha, sizes);
  const relaxationTimes = preview ? 20 : 150;
  const groups = sizes.map((servers) =>
    Array.from({ length: RUNS }, (_, run) => inputOf(alpha, servers, `${seed}/law/${servers}/${run}`, relaxationTimes)),
  );
  const outputs = await mapGroups(runner, states, groups, progress);
  const series = sizes.map((servers, i): Series => {
    const scale = queueScale(trafficOf(alpha, servers));
    const points = GRID.map((x) => tailAt(x, scale, outputs[i]));
    return { quantity: `${servers} servers`, role: "simulated", points };
  });
  const mean = limitMean(trafficOf(alpha, sizes[0]));
  const limit = GRID.map((x): Point => ({ x, y: Math.exp(-x / mean) }));
  return {
    source: "Hurtado-Lange and Maguluri (2020), Theorem 1",
    caption:
      `The probability that n^-alpha times the total number of jobs exceeds x, in slotted time with alpha = ${alpha}, arrivals ` +
      "Binomial(2n, (1 - n^-alpha)/2) and " +
      "services 0 or 2 with probability 1/2 each. Points: simulated, with 95 % confidence intervals from independent replications. Dashed: the exponential limit.",
    claim:
      "for alpha > 2, the distribution converges to the exponential one with mean (sigma_a^2 + sigma_s^2)/2 as n grows.",
    parameters: { time: "slotted", alpha: String(alpha) },
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

/** Throws UserError for sizes whose queues remember too long. */
function refuseSlow(alpha: number, sizes: readonly number[]): void {
  for (const servers of sizes) {
    const slots = Math.round(relaxationTime(trafficOf(alpha, servers)));
    if (slots > LONGEST_RELAXATION)
      throw new UserError(
        `servers = ${servers}: at alpha = ${alpha} their queues remember for ${slots} slots, more than ${LONGEST_RELAXATION}; use fewer`,
      );
  }
}

function inputOf(alpha: number, servers: number, seed: string, relaxationTimes: number): StatesInput {
  const relaxation = relaxationTime(trafficOf(alpha, servers));
  return {
    scenario: jsqHeavyTraffic.name,
    settings: { time: "slotted", alpha: String(alpha), servers: String(servers) },
    seed,
    warmUpTime: Math.ceil(8 * relaxation),
    interval: Math.ceil(relaxation / SAMPLES_PER_RELAXATION),
    samples: SAMPLES_PER_RELAXATION * relaxationTimes,
  };
}

function tailAt(x: number, scale: number, runs: readonly StateSample[][]): Point {
  const tails = runs.map((samples) => samples.filter(({ jobs }) => scale * jobs > x).length / samples.length);
  const mean = meanOf(tails);
  const { low, high } = confidenceInterval(mean, CONFIDENCE);
  return { x, y: mean.value, low: Math.max(1e-4, low), high: Math.min(1, high) };
}
