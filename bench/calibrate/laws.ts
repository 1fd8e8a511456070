import { type RandomStream, uniformIndex } from "../../model/random.js";

/** Draws one value of a parameter or an option, as text. */
export type Draw = (random: RandomStream) => string;

export const one = <T>(random: RandomStream, values: readonly T[]): T => values[uniformIndex(random, values.length)];
export const between = (random: RandomStream, low: number, high: number): number => low + (high - low) * random();
/** Log-uniform. */
export const scaled = (random: RandomStream, low: number, high: number): number => low * (high / low) ** random();
export const whole = (random: RandomStream, low: number, high: number): number => Math.round(scaled(random, low, high));
export const text = (value: number): string => String(Number(value.toPrecision(3)));
const several = <T>(count: number, draw: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => draw(i));

/** d and replacement of policies that sample. */
const samples: Draw = (random) => `d=${whole(random, 1, 20)}:replacement=${one(random, ["yes", "no"])}`;
const ties: Draw = (random) => `ties=${one(random, ["uniform", "lowest-number"])}`;

/** Options of the policies that have any, by the policy's name. */
export const POLICY_OPTIONS: Readonly<Record<string, Draw>> = {
  jiq: (random) => `tokens=${one(random, ["one", "all"])}`,
  jsq: ties,
  jfsq: ties,
  "jsq-d": samples,
  "jfsq-d": samples,
  "sed-d": samples,
  "ll-d": samples,
  "redundancy-d": (random) => `d=${whole(random, 1, 8)}:copies=${one(random, ["independent", "identical"])}`,
  "jsq-d-memory": (random) => `d=${whole(random, 1, 10)}:memory=${whole(random, 1, 10)}`,
  "least-connections": (random) =>
    one(random, ["variant=nginx", "variant=haproxy", `variant=envoy:bias=${text(between(random, 0, 3))}`]),
  "peak-ewma": (random) => `decay=${text(scaled(random, 1, 1000))}`,
  prequal: (random) =>
    `probes=${text(scaled(random, 0.5, 8))}:remove=${text(between(random, 0, 2))}:pool=${whole(random, 2, 100)}:` +
    `hot=${text(random())}:age=${text(scaled(random, 1, 100))}`,
  "consistent-hash": (random) => `bound=${text(between(random, 1.05, 3))}:points=${whole(random, 1, 100)}`,
};

/** Any of these policies: half of the time with its default options. */
export function anyPolicy(random: RandomStream, policies: readonly { readonly name: string }[]): string {
  const { name } = one(random, policies);
  const options = POLICY_OPTIONS[name];
  return options === undefined || random() < 0.5 ? name : `${name}:${options(random)}`;
}

export function buffer(random: RandomStream): string {
  return one(random, ["1", "2", "3", "5", "10", String(whole(random, 1, 100)), "infinite", "infinite"]);
}

export function initialRates(random: RandomStream, servers: number): string {
  switch (uniformIndex(random, 3)) {
    case 0:
      return `constant:${text(scaled(random, 0.3, 3))}`;
    case 1:
      return `uniform:${text(between(random, 0, 1))},${text(between(random, 1.1, 2.5))}`;
    default:
      return rateList(random, servers);
  }
}

/** Rates of servers, scaled to sum to their number. */
export function serviceRates(random: RandomStream, servers: number): string {
  return one(random, [
    "equal",
    `two-class:${text(between(random, 0.05, 0.95))},${text(scaled(random, 1, 20))}`,
    `linear:${text(scaled(random, 1, 20))}`,
    `power:${text(between(random, 0, 1.5))}`,
    `random:${text(between(random, 0.05, 1))}`,
    rateList(random, servers),
  ]);
}

const rateList = (random: RandomStream, servers: number): string =>
  `list:${several(servers, () => text(scaled(random, 0.3, 3))).join(",")}`;

export function jobSizes(random: RandomStream): string {
  return one(random, [
    ...["exponential", "exponential", "constant", `gamma:${text(scaled(random, 0.1, 20))}`],
    ...[`hyperexponential:${text(scaled(random, 1, 20))}`, `lognormal:${text(scaled(random, 0.1, 20))}`],
    ...[`bounded-pareto:${text(between(random, 0.8, 3))},${text(scaled(random, 2, 10_000))}`],
    `weibull:${text(scaled(random, 0.3, 4))}`,
  ]);
}

export function arrivals(random: RandomStream): string {
  return one(random, [
    ...["poisson", "poisson", "poisson", "constant", `gamma:${text(scaled(random, 0.1, 10))}`],
    `batch:${whole(random, 1, 20)}`,
    `markov-modulated:${text(scaled(random, 1.1, 10))},${text(between(random, 0.05, 0.9))},${text(scaled(random, 1, 100))}`,
  ]);
}

/** A load that may vary over time, around a mean. */
export function loadProfile(random: RandomStream, mean: number): string {
  if (random() < 0.7) return text(mean);
  return one(random, [
    `constant:${text(mean)}`,
    `steps:${text(mean * between(random, 0.5, 1))},${text(mean)}@${whole(random, 10, 1000)}`,
    `ramp:${text(mean * random())},${text(mean)},${text(scaled(random, 1, 200))}`,
    `sine:${text(mean)},${text(mean * random())},${text(scaled(random, 1, 200))}`,
  ]);
}

export function graph(random: RandomStream, servers: number): string {
  const degree = whole(random, 1, Math.max(2, Math.min(servers, 30)));
  return one(random, [
    ...["complete", `regular:${degree}`, `geometric:${degree}`, `erdos-renyi:${degree}`, "ring", "torus:2"],
    `geometric:${degree}:dimension=${whole(random, 1, 3)}:norm=${one(random, ["1", "2", "infinity"])}`,
    `geometric:radius=${text(scaled(random, 0.05, 0.7))}`,
  ]);
}

/** Concave utilities of several classes, and the fractions of the pools in each. */
export function utilityClasses(random: RandomStream): { readonly fractions: string; readonly utilities: string } {
  if (random() < 0.1) return { fractions: "0.5,0.5", utilities: `suboptimality:${text(between(random, 0.01, 0.99))}` };
  const parts = several(1 + uniformIndex(random, 3), () => between(random, 0.2, 1));
  const sum = parts.reduce((total, part) => total + part, 0);
  return {
    fractions: parts.map((part) => String(part / sum)).join(","),
    utilities: parts.map(() => concaveUtility(random)).join("/"),
  };
}

function concaveUtility(random: RandomStream): string {
  const slopes = several(4, () => text(between(random, -0.5, 3))).toSorted((a, b) => Number(b) - Number(a));
  const values = slopes.map((_, i) => text(slopes.slice(0, i + 1).reduce((sum, slope) => sum + Number(slope), 0)));
  return one(random, [
    `log-share:${text(scaled(random, 1, 50))}`,
    `linear:${text(between(random, 0.05, 2))}`,
    `quadratic:${text(between(random, 0.5, 4))},${text(scaled(random, 0.01, 0.5))}`,
    `piecewise-linear:${slopes[0]}@${whole(random, 1, 5)},${slopes[1]}@${whole(random, 6, 12)},${slopes[2]}`,
    `table:0,${values.join(",")}`,
  ]);
}
