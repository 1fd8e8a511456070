import { describe, expect, it } from "vitest";
import { type SimulationInput, simulate } from "../../simulator/simulation.js";

const common = { seed: "7", familyConfidence: 0.99, traced: true, warmUpTime: 30, measuringTime: 90 };

/** A run of every engine and policy, and the hash of its decisions as it was first written down. */
const TRACES: readonly (readonly [
  string,
  Pick<SimulationInput, "scenario" | "settings"> & Partial<SimulationInput>,
  string,
])[] = [
  [
    "rate scaling, job by job",
    { scenario: "rate-scaling", settings: { servers: "10", inverseStep: "20" } },
    "4421ea1e50c6d78a",
  ],
  [
    "rate scaling, as a chain",
    { scenario: "rate-scaling", settings: { servers: "10", inverseStep: "20" }, chainWillDo: true },
    "5581e07b893a15ca",
  ],
  [
    "rate scaling, infinite buffers, exponential message delays",
    {
      scenario: "rate-scaling",
      settings: { servers: "10", inverseStep: "20", buffer: "infinite" },
      messageDelay: { law: "exponential", mean: 0.05 },
    },
    "d889fa75294dba00",
  ],
  [
    "rate scaling, other costs",
    {
      scenario: "rate-scaling",
      settings: { servers: "5", costG: "shifted-reciprocal", costH: "power:0.05,3", arrivalRate: "0.5" },
    },
    "4e1e749bc215e7c0",
  ],
  [
    "rate scaling, from a backlog",
    { scenario: "rate-scaling", settings: { servers: "5", buffer: "infinite", start: "backlog:5" } },
    "2d24bc30c5fba00d",
  ],
  [
    "jsq, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "jsq" } },
    "d4836304320ee3ab",
  ],
  [
    "jsq, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "jsq" } },
    "5cee89eb3874ca92",
  ],
  ["jsq, job by job", { scenario: "fleet", settings: { policy: "jsq" } }, "7b7fd48cd1c1bad8"],
  [
    "jsq, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "jsq" } },
    "01abc0179a1c1403",
  ],
  [
    "jfsq, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "jfsq" } },
    "e81f54182ad7ce7a",
  ],
  [
    "jfsq, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "jfsq" } },
    "a7fe91e90eb19a11",
  ],
  ["jfsq, job by job", { scenario: "fleet", settings: { policy: "jfsq" } }, "975818e353d7d21a"],
  [
    "jfsq, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "jfsq" } },
    "f4db7537633d1f26",
  ],
  [
    "jsq-d, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "jsq-d" } },
    "e479a63ea0806736",
  ],
  [
    "jsq-d, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "jsq-d" } },
    "3287079266d3bcd1",
  ],
  ["jsq-d, job by job", { scenario: "fleet", settings: { policy: "jsq-d" } }, "042c6b9a4147d62c"],
  [
    "jsq-d, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "jsq-d" } },
    "b3fee8d5b6586e15",
  ],
  [
    "jiq, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "jiq" } },
    "c2cf4be0a0b5ead3",
  ],
  [
    "jiq, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "jiq" } },
    "a3c28bb99deb3483",
  ],
  ["jiq, job by job", { scenario: "fleet", settings: { policy: "jiq" } }, "29a92d041c2dc737"],
  [
    "jiq, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "jiq" } },
    "7109eca991563407",
  ],
  [
    "random, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "random" } },
    "775d0008ad0df020",
  ],
  [
    "random, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "random" } },
    "06b11c5e7f6b9ce3",
  ],
  ["random, job by job", { scenario: "fleet", settings: { policy: "random" } }, "b842c9206ab8112f"],
  [
    "random, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "random" } },
    "eec8ee6822807a45",
  ],
  [
    "round-robin, equal servers",
    { scenario: "jsq-heavy-traffic", settings: { servers: "8", arrivalRate: "0.8", policy: "round-robin" } },
    "93bd69560149e59e",
  ],
  [
    "round-robin, unequal servers",
    { scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", policy: "round-robin" } },
    "4dba47186e029a14",
  ],
  ["round-robin, job by job", { scenario: "fleet", settings: { policy: "round-robin" } }, "d154eb3d0ad3f0a6"],
  [
    "round-robin, slotted",
    { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted", policy: "round-robin" } },
    "cb7fec2b947070ef",
  ],
  [
    "jfsq, constant message delays",
    {
      scenario: "jfsq-zero-waiting",
      settings: { servers: "6", rates: "linear:3" },
      messageDelay: { law: "constant", time: 0.05 },
    },
    "0832d3e1f384a0b1",
  ],
  ["jlmu", { scenario: "utility", settings: { pools: "20", policy: "jlmu" } }, "bd9535dab90355d6"],
  ["slta", { scenario: "utility", settings: { pools: "20", policy: "slta" } }, "0c0045007bd8ea0b"],
  [
    "slta, a load that changes",
    { scenario: "utility", settings: { pools: "20", policy: "slta", offeredLoad: "sine:4,2,40" } },
    "b7f950f8ee1a1706",
  ],
  [
    "graph complete",
    { scenario: "spatial-graphs", settings: { servers: "25", graph: "complete" } },
    "815eaf5038b87d08",
  ],
  [
    "graph regular:3",
    { scenario: "spatial-graphs", settings: { servers: "25", graph: "regular:3" } },
    "606d4c2d6c0519fd",
  ],
  [
    "graph geometric:6",
    { scenario: "spatial-graphs", settings: { servers: "25", graph: "geometric:6" } },
    "046f135e8523b8e2",
  ],
  ["graph ring", { scenario: "spatial-graphs", settings: { servers: "25", graph: "ring" } }, "09b336503d1da08f"],
  ["graph torus:2", { scenario: "spatial-graphs", settings: { servers: "25", graph: "torus:2" } }, "9fd3921fa950ea73"],
  [
    "a graph, exponential message delays",
    {
      scenario: "spatial-graphs",
      settings: { servers: "20", graph: "regular:3" },
      messageDelay: { law: "exponential", mean: 0.05 },
    },
    "92bd7258ca9d5188",
  ],
  [
    "a graph, four dispatchers",
    {
      scenario: "spatial-graphs",
      settings: { servers: "20", graph: "regular:3" },
      messageDelay: { law: "exponential", mean: 0.05 },
      dispatchers: 4,
    },
    "74104ebfbdbad3bd",
  ],
  [
    "four dispatchers that are told, constant message delays",
    {
      scenario: "fleet",
      settings: { policy: "jsq" },
      messageDelay: { law: "constant", time: 0.05 },
      dispatchers: 4,
    },
    "931dc28b803930b7",
  ],
  [
    "four dispatchers with local views, constant message delays",
    {
      scenario: "fleet",
      settings: { policy: "jsq" },
      messageDelay: { law: "constant", time: 0.05 },
      dispatchers: 4,
      views: "local",
    },
    "69ab9856fb3b888a",
  ],
  [
    "four dispatchers that are told, exponential message delays",
    {
      scenario: "fleet",
      settings: { policy: "jsq" },
      messageDelay: { law: "exponential", mean: 0.05 },
      dispatchers: 4,
    },
    "3894abad85b301df",
  ],
];

/** Other policies, job by job, at servers of four rates. */
const UNEQUAL: Readonly<Record<string, string>> = {
  "weighted-random": "d2f07f4484ccbbf5",
  "weighted-round-robin": "f8792e2a0dc7721f",
  sed: "d8e088ffeb173908",
  "sed-d": "6fc267b3fd30d2b4",
  "least-connections": "fddc4b22df48deac",
  "least-connections:haproxy": "e9459fc90fe766fc",
  "least-connections:envoy": "3e0518ffe4274ac9",
  "least-work": "b3e3941a5d5f7f43",
  "ll-d": "8343f0a5e42694ee",
  "jsq-d-memory": "e9aaf6847b2a5515",
  "peak-ewma": "aa4e1c9a4fae4653",
  prequal: "5284e3eb1d778f20",
  "consistent-hash": "9a9da123523e86c5",
};

describe("what a change that is to change nothing leaves as it was", () => {
  it.each(TRACES)("every decision of %s", (_name, input, hash) => {
    expect(simulate({ ...common, ...input }).traceHash).toBe(hash);
  });

  it.each(Object.entries(UNEQUAL))("every decision of %s at unequal servers", (policy, hash) => {
    const settings = { policy, keys: "100", initialRates: "list:1.5,1.5,1,1,1,1,1,1,0.5,0.5" };
    expect(simulate({ ...common, scenario: "balancer", settings }).traceHash).toBe(hash);
  });
});
