import { jointConfidence } from "../../model/statistics/multiplicity.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import type { RateScalingQuantity } from "../../scenarios/rate-scaling/quantities.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import {
  CONFIDENCE,
  counter,
  type FigureContent,
  type FigureOptions,
  figureSource,
  type Panel,
  type Progress,
  type Series,
} from "../figure.js";
import { boundPoints, measuredPoints, predictedPoints } from "./quantity-points.js";

/** Half of the servers have each of these rates. */
const RATES = { slow: 0.5, fast: 3 } as const;
const ARRIVAL_RATE = 0.8;
const SIMULATED_AT = [2, 4, 6, 10, 16, 26, 40, 60, 80, 100];
const PREDICTED_AT = [2, 4, 6, 8, 10, 14, 18, 24, 30, 40, 50, 60, 70, 80, 90, 100];
/** Served in all by the servers of one point, per unit of arrivals: intervals are then about as wide everywhere. */
const SERVER_TIME = 600_000;
const PREVIEW_PART = 0.05;
/** Fewer servers have a spread of which an interval says nothing. */
const LEAST_FOR_SPREAD = 10;

const PANELS: readonly { readonly name: RateScalingQuantity; readonly label: string; readonly unit: string }[] = [
  { name: "mean_idle_time", label: "mean idle time", unit: "time units" },
  { name: "idle_time_spread", label: "spread of idle times", unit: "time units" },
  { name: "busy_fraction", label: "busy fraction", unit: "" },
  { name: "mean_sojourn_time", label: "mean sojourn time", unit: "time units" },
  { name: "mean_cost", label: "cost", unit: "" },
];

/** Servers of two fixed rates, as their number grows. */
export const unequalRatesFigure = figureSource("rate-scaling/unequal", "Fixed rates that differ", make);

async function make({ seed, preview, runner }: FigureOptions, progress: Progress): Promise<FigureContent> {
  const simulatedAt = SIMULATED_AT.filter((_, i) => !preview || i % 3 === 0);
  const inputs = simulatedAt.map(
    (n): SimulationInput => ({
      ...{ scenario: rateScaling.name, settings: settingsAt(n), seed: `${seed}/${unequalRatesFigure.id}/${n}` },
      measuringTime: ((preview ? PREVIEW_PART : 1) * SERVER_TIME) / n,
      familyConfidence: jointConfidence(CONFIDENCE, rateScaling.configure(settingsAt(n), "1").quantities.length),
      chainWillDo: true,
    }),
  );
  const outputs = await runner.map(simulation, inputs, counter(inputs.length, progress));
  return {
    source: "Rutten, Zubeldia and Mukherjee (2023), Theorems 2.3 and 2.9",
    caption:
      `Half of the servers have rate ${RATES.slow}, half ${RATES.fast}, fixed. Points: simulated, with 95 % intervals. ` +
      "Solid: exact at this number of servers, from the chain of the numbers of busy servers. Dashed: the fluid limit, with c from (4.4). " +
      "Bounds: lambda (1 - P(blocked))/max mu <= c <= lambda/min mu where that is below 1, and equal rates of the same mean.",
    claim:
      "idle times of slow and fast servers become equal as servers are added; no rates serve faster, or cost less, than equal ones of the " +
      "same mean.",
    parameters: { ...settingsAt(2), servers: "2 to 100", initialRates: `${RATES.slow} and ${RATES.fast}` },
    panels: PANELS.map((panel) => panelOf(panel, simulatedAt, outputs)),
    tables: [],
  };
}

function settingsAt(servers: number): Record<string, string> {
  const rates = Array.from({ length: servers }, (_, v) => (v % 2 === 0 ? RATES.slow : RATES.fast));
  return {
    ...{ servers: String(servers), arrivalRate: String(ARRIVAL_RATE) },
    ...{ rateControl: "fixed", initialRates: `list:${rates.join(",")}` },
  };
}

function panelOf(
  { name, label, unit }: (typeof PANELS)[number],
  simulatedAt: readonly number[],
  outputs: readonly SimulationOutput[],
): Panel {
  const from = name === "idle_time_spread" ? LEAST_FOR_SPREAD : 0;
  const experiments = PREDICTED_AT.map((n) => rateScaling.configure(settingsAt(n), "1"));
  const series: Series[] = [
    {
      quantity: label,
      role: "simulated",
      points: measuredPoints(simulatedAt, outputs, name).filter(({ x }) => x >= from),
    },
    { quantity: label, role: "exact", points: predictedPoints(PREDICTED_AT, experiments, name, ["exact"]) },
    { quantity: label, role: "limit", points: predictedPoints(PREDICTED_AT, experiments, name, ["limit"]) },
    { quantity: "at least", role: "bound", points: boundPoints(PREDICTED_AT, experiments, name, "atLeast") },
    { quantity: "at most", role: "bound", points: boundPoints(PREDICTED_AT, experiments, name, "atMost") },
  ];
  return {
    title: label,
    x: { label: "number of servers n", unit: "", scale: "linear", min: 0 },
    y: { label, unit, scale: "linear" },
    series: series.filter(({ points }) => points.length > 0),
  };
}
