import { assert, UserError } from "./errors.js";
import type { RandomStream } from "./random.js";

/** A law on finitely many whole numbers: of the arrivals of a slot, or of the jobs that a server can serve in one. */
export interface SlotLaw {
  /** What `parseServiceLaw`, or `parseArrivalLaw` for one server, reads as this law. */
  readonly text: string;
  readonly mean: number;
  readonly variance: number;
  /** One draw. */
  draw(random: RandomStream): number;
}

/** A family of laws of the arrivals of a slot: bounded, and of any mean. */
export interface ArrivalLaw {
  readonly text: string;
  /** The law with this mean for n servers. */
  ofMean(mean: number, servers: number): SlotLaw;
}

export const ARRIVAL_LAWS = "binomial:TRIALS_PER_SERVER | rounded";
export const SERVICE_LAWS = "constant | zero-or:GREATEST | binomial:TRIALS | uniform";

/**
 * Reads the law of the arrivals of a slot: `binomial:K`, the number of K n trials that succeed; or `rounded`, one of the two
 * whole numbers next to the mean. Throws UserError naming those there are.
 */
export function parseArrivalLaw(text: string): ArrivalLaw {
  if (text === "rounded") return { text, ofMean: (mean) => rounded(mean) };
  const trials = countIn(text, /^binomial:(.+)$/);
  if (trials === undefined || trials < 1)
    throw new UserError(`unknown arrivals "${text}": use ${ARRIVAL_LAWS}, TRIALS_PER_SERVER a whole number >= 1`);
  return {
    text,
    ofMean(mean, servers) {
      const all = trials * servers;
      if (mean > all)
        throw new UserError(
          `arrivals "${text}": ${all} trials cannot have ${mean} successes on average; use more trials`,
        );
      return tabulated(`binomial:${all}`, binomial(all, mean / all));
    },
  };
}

/**
 * Reads the law of the jobs that a server can serve in a slot, of mean 1: `constant`; `zero-or:V`, V with probability 1/V and
 * else 0; `binomial:K`, successes of K trials; `uniform`, 0, 1 or 2. Throws UserError naming those there are.
 */
export function parseServiceLaw(text: string): SlotLaw {
  if (text === "constant") return tabulated(text, [0, 1]);
  if (text === "uniform") return tabulated(text, [1 / 3, 1 / 3, 1 / 3]);
  const greatest = countIn(text, /^zero-or:(.+)$/);
  if (greatest !== undefined && greatest >= 1) {
    const probabilities = new Array<number>(greatest + 1).fill(0);
    probabilities[0] = 1 - 1 / greatest;
    probabilities[greatest] += 1 / greatest;
    return tabulated(text, probabilities);
  }
  const trials = countIn(text, /^binomial:(.+)$/);
  if (trials !== undefined && trials >= 1) return tabulated(text, binomial(trials, 1 / trials));
  throw new UserError(`unknown services "${text}": use ${SERVICE_LAWS}, numbers whole and >= 1`);
}

function countIn(text: string, pattern: RegExp): number | undefined {
  const count = Number(pattern.exec(text)?.[1]);
  return Number.isSafeInteger(count) && count <= 1e6 ? count : undefined;
}

function rounded(mean: number): SlotLaw {
  const below = Math.floor(mean);
  const part = mean - below;
  return { text: "rounded", mean, variance: part * (1 - part), draw: (random) => below + (random() < part ? 1 : 0) };
}

/** The probabilities of 0, 1, ... trials successes; upwards and downwards from the most likely, so that nothing underflows. */
function binomial(trials: number, success: number): number[] {
  const weights = new Array<number>(trials + 1).fill(0);
  const mode = Math.min(trials, Math.floor((trials + 1) * success));
  const odds = success / (1 - success);
  weights[mode] = 1;
  if (success < 1) {
    for (let k = mode; k < trials; k++) weights[k + 1] = (weights[k] * odds * (trials - k)) / (k + 1);
    for (let k = mode; k > 0; k--) weights[k - 1] = (weights[k] * k) / (odds * (trials - k + 1));
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The law with these probabilities of 0, 1, ...: drawn by inversion, starting from a guide (Chen and Asau 1974). */
function tabulated(text: string, probabilities: readonly number[]): SlotLaw {
  const cumulative = new Float64Array(probabilities.length);
  let sum = 0;
  for (const [k, probability] of probabilities.entries()) cumulative[k] = sum += probability;
  assert(Math.abs(sum - 1) < 1e-9, "probabilities sum to 1");
  cumulative[probabilities.length - 1] = 1;
  const guide = Int32Array.from({ length: probabilities.length }, (_, i) =>
    cumulative.findIndex((level) => level > i / probabilities.length),
  );
  const mean = probabilities.reduce((total, probability, k) => total + k * probability, 0);
  return {
    text,
    mean,
    variance: probabilities.reduce((total, probability, k) => total + (k - mean) ** 2 * probability, 0),
    draw(random) {
      const u = random();
      let k = guide[Math.floor(u * guide.length)];
      while (cumulative[k] <= u) k++;
      return k;
    },
  };
}
