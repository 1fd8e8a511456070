import type { RandomStream } from "../../model/random.js";
import { generalPolicies, simulatedPolicies } from "../../policies/index.js";
import {
  anyPolicy,
  arrivals,
  between,
  buffer,
  graph,
  initialRates,
  jobSizes,
  loadProfile,
  one,
  scaled,
  serviceRates,
  text,
  utilityClasses,
  whole,
} from "./laws.js";

/** The text of every parameter that is not left at its default. */
type Settings = Record<string, string>;

const MOST_SERVERS = 200;
const LOADS: readonly [number, number] = [0.05, 0.98];
/** With finite buffers more may arrive than servers can do. */
const GREATEST_OVERLOAD = 2;

/** The paper's policy with probability 1/2, otherwise any. */
function policy(
  random: RandomStream,
  own: string,
  all: readonly { readonly name: string }[] = generalPolicies,
): string {
  return random() < 0.5 ? own : anyPolicy(random, all);
}

function arrivalRate(random: RandomStream, bufferSize: string): string {
  const isOverload = bufferSize !== "infinite" && random() < 0.2;
  return text(isOverload ? between(random, LOADS[1], GREATEST_OVERLOAD) : between(random, ...LOADS));
}

/** Set by alpha with probability 1/2, as in the papers, otherwise by the arrival rate. */
function load(random: RandomStream, greatestAlpha: number, bufferSize: string): Settings {
  return random() < 0.5
    ? { alpha: text(between(random, 0.1, greatestAlpha)) }
    : { arrivalRate: arrivalRate(random, bufferSize) };
}

function choices(random: RandomStream): Settings {
  return { choices: String(whole(random, 1, 20)), replacement: one(random, ["yes", "no"]) };
}

function rateScaling(random: RandomStream): Settings {
  const servers = whole(random, 1, MOST_SERVERS);
  return {
    servers: String(servers),
    arrivalRate: text(between(random, 0.05, 1.4)),
    inverseStep: text(scaled(random, 1, 500)),
    buffer: random() < 0.6 ? "1" : buffer(random),
    costG: one(random, ["reciprocal", "shifted-reciprocal"]),
    costH: `power:${text(scaled(random, 0.02, 2))},${text(between(random, 2, 4))}`,
    initialRates: initialRates(random, servers),
    start: start(random, 1),
    rateControl: random() < 0.7 ? "idle-time" : "fixed",
    policy: policy(random, "jiq"),
    ...jobLaws(random),
  };
}

/** Mostly empty. @param most jobs of servers that are given theirs */
function start(random: RandomStream, most = 10): string {
  if (random() < 0.8) return "empty";
  if (random() < 0.5) return `backlog:${whole(random, 1, 10)}`;
  const fractions = Array.from({ length: whole(random, 1, most) }, () => random()).sort((a, b) => b - a);
  return `occupancy:${fractions.map(text).join(",")}`;
}

/** Half of the time as the papers have them. */
function jobLaws(random: RandomStream): Settings {
  return random() < 0.5 ? {} : { arrivals: arrivals(random), sizes: jobSizes(random) };
}

function jsqHeavyTraffic(random: RandomStream): Settings {
  const size = random() < 0.6 ? "infinite" : buffer(random);
  const time = random() < 0.6 ? "continuous" : "slotted";
  const trials = whole(random, 1, 10);
  return {
    servers: String(whole(random, 2, MOST_SERVERS)),
    ...load(random, 4, size),
    time,
    start: time === "continuous" ? start(random, 1) : "empty",
    arrivals: one(random, [`binomial:${trials}`, "rounded", "weights:2,1,0,1,1"]),
    services: one(random, ["constant", "uniform", `zero-or:${trials}`, `binomial:${trials}`, "weights:2,1,0,1"]),
    buffer: size,
    ...(random() < 0.5 ? {} : { sizes: jobSizes(random) }),
    policy: policy(random, "jsq"),
    ...choices(random),
  };
}

function jfsqZeroWaiting(random: RandomStream): Settings {
  const servers = whole(random, 2, MOST_SERVERS);
  const size = buffer(random);
  return {
    servers: String(servers),
    ...load(random, 1.5, size),
    rates: serviceRates(random, servers),
    ...jobLaws(random),
    buffer: size,
    start: start(random, 1),
    policy: policy(random, "jfsq"),
    ...choices(random),
  };
}

function utility(random: RandomStream): Settings {
  const offeredLoad = loadProfile(random, scaled(random, 0.3, 30));
  return {
    pools: String(whole(random, 1, MOST_SERVERS)),
    offeredLoad,
    start: Number.isFinite(Number(offeredLoad)) ? start(random) : "empty",
    initialRank: random() < 0.7 ? "1" : String(whole(random, 1, 100)),
    ...utilityClasses(random),
    ...(random() < 0.5 ? {} : { sizes: jobSizes(random) }),
    policy: one(random, ["jlmu", "jlmu", "slta", "slta", "class:1", anyPolicy(random, generalPolicies)]),
    beta: one(random, ["n^-0.45", `n^-${text(between(random, 0.05, 0.6))}`, text(between(random, 0.05, 0.9))]),
  };
}

function spatialGraphs(random: RandomStream): Settings {
  const servers = whole(random, 1, MOST_SERVERS);
  const family = graph(random, servers);
  const side = Math.max(2, Math.round(Math.sqrt(servers)));
  const hasOwnTypes = family === "ring" || family.startsWith("torus");
  return {
    servers: String(family === "torus:2" ? side ** 2 : servers),
    taskTypes: hasOwnTypes || random() < 0.7 ? "auto" : String(whole(random, 1, MOST_SERVERS)),
    graph: family,
    ...choices(random),
    arrivalRate: text(between(random, ...LOADS)),
    start: start(random),
    ...(random() < 0.5 ? {} : { sizes: jobSizes(random) }),
  };
}

function fleet(random: RandomStream): Settings {
  const servers = whole(random, 1, MOST_SERVERS);
  const size = buffer(random);
  const settings: Settings = {
    ...(random() < 0.4
      ? { classes: serverClasses(random) }
      : { servers: String(servers), initialRates: initialRates(random, servers) }),
    ...(random() < 0.3
      ? { arrivalRate: arrivalRate(random, size) }
      : { load: loadProfile(random, between(random, ...LOADS)) }),
    arrivals: arrivals(random),
    sizes: jobSizes(random),
    workers: random() < 0.6 ? "1" : String(whole(random, 1, 20)),
    discipline: random() < 0.7 ? "fifo" : "ps",
    buffer: size,
    start: start(random, 1),
    slo: random() < 0.5 ? "none" : text(scaled(random, 0.1, 20)),
    keys: random() < 0.7 ? "1" : String(whole(random, 1, 1000)),
    policy: policy(random, "jsq", simulatedPolicies),
    timeout: random() < 0.7 ? "none" : text(scaled(random, 0.2, 20)) + one(random, ["", ":abandon=yes"]),
  };
  return { ...settings, ...(random() < 0.8 ? {} : percentilesBy(settings)) };
}

/** By all that there are several of. */
function percentilesBy({ classes = "", sizes, policy }: Settings): Settings {
  const kinds = [...(classes.includes(",") ? ["class"] : []), ...(sizes.startsWith("types:") ? ["type"] : [])];
  return kinds.length === 0 || policy.startsWith("redundancy") ? {} : { percentilesBy: kinds.join("+") };
}

function serverClasses(random: RandomStream): string {
  const count = whole(random, 1, 4);
  return Array.from({ length: count }, () => {
    const plain = `${whole(random, 1, MOST_SERVERS / count)}x${text(scaled(random, 0.3, 3))}`;
    return (
      plain + one(random, ["", `x${whole(random, 1, 8)}`, `x${whole(random, 1, 8)}x${one(random, ["fifo", "ps"])}`])
    );
  }).join(",");
}

/** By scenario: draws settings from the whole range of every parameter, for up to MOST_SERVERS servers. */
export const DRAWS: Readonly<Record<string, (random: RandomStream) => Settings>> = {
  "rate-scaling": rateScaling,
  "jsq-heavy-traffic": jsqHeavyTraffic,
  "jfsq-zero-waiting": jfsqZeroWaiting,
  utility,
  "spatial-graphs": spatialGraphs,
  fleet,
};
