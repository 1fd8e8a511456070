import { assert, UserError } from "./errors.js";
import { type Family, family, rangeOf, readMember } from "./family.js";
import { listOf, notNegative, whole } from "./options.js";
import type { RandomStream } from "./random.js";

/** A distribution on finitely many integers >= 0: the arrivals of a slot, or the potential service of a server in a slot. */
export interface SlotLaw {
  /** The text for `parseServiceLaw`, or for `parseArrivalLaw` with one server. */
  readonly text: string;
  readonly mean: number;
  readonly variance: number;
  /** The greatest number possible. */
  readonly greatest: number;
  /** The probability of each number, at its index. */
  readonly probabilities: readonly number[];
  /** One draw. */
  draw(random: RandomStream): number;
}

/** A family of bounded distributions, with any mean, of the arrivals of a slot. */
export interface ArrivalLaw {
  readonly text: string;
  /** The distribution with this mean, for this many servers. */
  ofMean(mean: number, servers: number): SlotLaw;
  /** Of the variance per server, as their number and the load grow. */
  readonly limitVariance: number;
}

/** Numbers of trials or jobs per slot, bounded since probabilities are tabulated. */
const count = whole(1, 1e6);

/** Of 0, 1, 2, ..., in proportion to their probabilities: a law of one's own. */
const weights = listOf("WEIGHT", notNegative);
/** Most arrivals of a slot under a law of one's own, whose probabilities are all written down for the load generator. */
const MOST_ARRIVALS = 2000;
/** Beyond rounding services have mean 1, from which the load is near in heavy traffic. */
const MEAN_TOLERANCE = 1e-9;

const arrivalLaws: readonly Family<ArrivalLaw>[] = [
  family("binomial", { trialsPerServer: count }, ({ trialsPerServer }) => binomialArrivals(trialsPerServer)),
  family("rounded", {}, () => ({ text: "rounded", limitVariance: 0, ofMean: (mean) => rounded(mean) })),
  family("weights", { weights }, ({ weights: own }) => weightedArrivals(own), {
    range: "weights of 0, 1, 2, ... jobs, not of 0 only",
    holds: ({ weights: own }) => meanOf(own) > 0,
  }),
];

const serviceLaws: readonly Family<SlotLaw>[] = [
  family("constant", {}, () => tabulated("constant", [0, 1])),
  family("zero-or", { greatest: count }, ({ greatest }) => zeroOr(greatest)),
  family("binomial", { trials: count }, ({ trials }) => tabulated(`binomial:${trials}`, binomial(trials, 1 / trials))),
  family("uniform", {}, () => tabulated("uniform", [1 / 3, 1 / 3, 1 / 3])),
  family("weights", { weights }, ({ weights: own }) => tabulated(weightsText(own), normalised(own)), {
    range: "weights of 0, 1, 2, ... jobs, of mean 1",
    holds: ({ weights: own }) => Math.abs(meanOf(own) - 1) < MEAN_TOLERANCE,
  }),
];

/** The syntax of the distributions. */
export const ARRIVAL_LAWS = rangeOf(arrivalLaws);
export const SERVICE_LAWS = rangeOf(serviceLaws);

/**
 * Parses the distribution of the arrivals of a slot: `binomial:K`, successes in K n trials; `rounded`, one of the two integers next to the
 * mean; or `weights:W0,W1,...`, n independent numbers that are 0, 1, ... in proportion to the weights, of whose jobs as many are left out at
 * random as the mean asks for. Throws UserError listing the valid names.
 */
export function parseArrivalLaw(text: string): ArrivalLaw {
  return readMember("arrivals", arrivalLaws, text);
}

/**
 * Parses the distribution, of mean 1, of the potential service of a server in a slot: `constant`; `zero-or:V`, V with
 * probability 1/V and otherwise 0; `binomial:K`, successes in K trials; `uniform`, 0, 1 or 2; `weights:W0,W1,...`, 0, 1, ... in proportion to
 * the weights. Throws UserError listing the valid names.
 */
export function parseServiceLaw(text: string): SlotLaw {
  return readMember("services", serviceLaws, text);
}

function binomialArrivals(trialsPerServer: number): ArrivalLaw {
  const text = `binomial:${trialsPerServer}`;
  return {
    text,
    limitVariance: 1 - 1 / trialsPerServer,
    ofMean(mean, servers) {
      const all = trialsPerServer * servers;
      if (mean > all)
        throw new UserError(
          `arrivals "${text}": ${all} trials cannot have a mean of ${mean} successes; use more trials per server`,
        );
      return tabulated(`binomial:${all}`, binomial(all, mean / all));
    },
  };
}

function weightedArrivals(own: readonly number[]): ArrivalLaw {
  const text = weightsText(own);
  const perServer = normalised(own);
  const most = meanOf(own);
  const variance = perServer.reduce((sum, probability, k) => sum + (k - most) ** 2 * probability, 0);
  return {
    text,
    // As the load tends to 1 the part 1 / most of the jobs is kept.
    limitVariance: variance / most ** 2 + 1 - 1 / most,
    ofMean(mean, servers) {
      if (mean > servers * most * (1 + 1e-12))
        throw new UserError(
          `arrivals "${text}": their mean of ${most} for each server is below ${mean / servers}; give larger numbers more weight`,
        );
      if (servers * (perServer.length - 1) > MOST_ARRIVALS)
        throw new UserError(
          `arrivals "${text}": ${servers} servers may get more than ${MOST_ARRIVALS} jobs in a slot; use binomial:K, or fewer servers`,
        );
      const all = power(thinned(perServer, Math.min(1, mean / (servers * most))), servers);
      return tabulated(weightsText(all), all);
    },
  };
}

function weightsText(own: readonly number[]): string {
  return `weights:${own.join(",")}`;
}

function normalised(own: readonly number[]): number[] {
  const sum = own.reduce((total, weight) => total + weight, 0);
  return own.map((weight) => weight / sum);
}

function meanOf(own: readonly number[]): number {
  return normalised(own).reduce((mean, probability, k) => mean + k * probability, 0);
}

/** The law of how many are left of a random number when each is kept with this probability. */
function thinned(law: readonly number[], keep: number): number[] {
  const left = new Array<number>(law.length).fill(0);
  for (const [k, probability] of law.entries())
    for (const [j, chance] of binomial(k, keep).entries()) left[j] += probability * chance;
  return left;
}

/** The law of the sum of so many independent numbers of this law. */
function power(law: readonly number[], count: number): number[] {
  let result: readonly number[] = [1];
  for (let i = 0; i < count; i++) result = convolution(result, law);
  return normalised(result);
}

function convolution(a: readonly number[], b: readonly number[]): number[] {
  const result = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) result[i + j] += x * y;
  return result;
}

function zeroOr(greatest: number): SlotLaw {
  const probabilities = new Array<number>(greatest + 1).fill(0);
  probabilities[0] = 1 - 1 / greatest;
  probabilities[greatest] += 1 / greatest;
  return tabulated(`zero-or:${greatest}`, probabilities);
}

function rounded(mean: number): SlotLaw {
  const below = Math.floor(mean);
  const part = mean - below;
  const probabilities = new Array<number>(below + 2).fill(0);
  probabilities[below] = 1 - part;
  probabilities[below + 1] = part;
  return {
    ...{ text: "rounded", mean, variance: part * (1 - part), greatest: below + (part > 0 ? 1 : 0), probabilities },
    draw: (random) => below + (random() < part ? 1 : 0),
  };
}

/** The binomial probabilities, computed upwards and downwards from the mode, which avoids underflow. */
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

/** The distribution with these probabilities of 0, 1, ..., sampled by inversion with a guide table (Chen and Asau 1974). */
function tabulated(text: string, probabilities: readonly number[]): SlotLaw {
  const cumulative = new Float64Array(probabilities.length);
  let sum = 0;
  for (const [k, probability] of probabilities.entries()) cumulative[k] = sum += probability;
  assert(Math.abs(sum - 1) < 1e-9, "probabilities sum to 1");
  cumulative[probabilities.length - 1] = 1;
  let first = 0;
  const guide = Int32Array.from({ length: probabilities.length }, (_, i) => {
    while (!(cumulative[first] > i / probabilities.length)) first++;
    return first;
  });
  const mean = probabilities.reduce((total, probability, k) => total + k * probability, 0);
  return {
    text,
    mean,
    variance: probabilities.reduce((total, probability, k) => total + (k - mean) ** 2 * probability, 0),
    greatest: probabilities.findLastIndex((probability) => probability > 0),
    probabilities,
    draw(random) {
      const u = random();
      let k = guide[Math.floor(u * guide.length)];
      while (cumulative[k] <= u) k++;
      return k;
    },
  };
}
