import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { jointConfidence } from "../../model/statistics/multiplicity.js";
import type { ModelTime } from "../../model/units.js";
import { rateScaling } from "../../scenarios/rate-scaling.js";
import type { Experiment } from "../../scenarios/scenario.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import type { PredictionKind } from "../../theory/prediction.js";
import { relaxationTime } from "../../theory/rate-scaling.js";
import {
  type Axis,
  counter,
  type Figure,
  type FigureOptions,
  type FigureSource,
  type Point,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";

/** Rates in steady state, as one parameter is varied. */
export interface SteadyStateFigure extends Pick<FigureSource, "id" | "title">, Pick<Figure, "source" | "claim"> {
  /** What holds throughout, as `--set` takes it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameter that is varied. */
  readonly varied: string;
  readonly axis: Axis;
  readonly simulatedAt: readonly number[];
  readonly predictedAt: readonly number[];
}

/** Each interval by itself. */
const CONFIDENCE = 0.95;
const QUANTITIES = [
  { name: "mean_service_rate", label: "mean rate" },
  { name: "service_rate_p05", label: "5th percentile" },
  { name: "service_rate_p95", label: "95th percentile" },
] as const;
/** Independent looks at a server's rate that a point rests on: its mean is then known to 4 % of the rates' spread. */
const INDEPENDENT_LOOKS = 600;
const LEAST_RELAXATION_TIMES = 30;
/** Every how many points a preview has one, and how much shorter its runs are. */
const PREVIEW = { stride: 3, part: 0.1 } as const;

/** The source of such a figure: simulated points, the refined prediction at every value, and the limit. */
export function steadyStateFigure(figure: SteadyStateFigure): FigureSource {
  return {
    id: figure.id,
    title: figure.title,
    make: (options, progress) => make(figure, options, progress),
  };
}

async function make(figure: SteadyStateFigure, options: FigureOptions, progress: Progress): Promise<Figure> {
  const { seed, preview, runner } = options;
  const simulatedAt = figure.simulatedAt.filter((_, i) => !preview || i % PREVIEW.stride === 0);
  const inputs = simulatedAt.map((value) => inputOf(figure, value, seed, preview));
  const outputs = await runner.map(simulation, inputs, counter(inputs.length, progress));
  const predicted = figure.predictedAt.map((value) => experimentAt(figure, value, seed));
  return {
    id: figure.id,
    title: figure.title,
    source: figure.source,
    caption:
      "Points: simulated, with 95 % confidence intervals. Solid lines: the refined prediction for this number of servers and " +
      "this step, with bands for how far it may be off. Dashed lines: the limit for many servers, with the spread of a constant step.",
    claim: figure.claim,
    parameters: figure.parameters,
    seed,
    confidence: CONFIDENCE,
    panels: [
      {
        title: "",
        x: figure.axis,
        y: { label: "service rate", unit: "per time unit", scale: "linear" },
        series: QUANTITIES.flatMap(({ name, label }): Series[] => [
          { quantity: label, role: "simulated", points: measuredPoints(simulatedAt, outputs, name) },
          { quantity: label, role: "refined", points: predictedPoints(figure.predictedAt, predicted, name, "refined") },
          { quantity: label, role: "limit", points: predictedPoints(figure.predictedAt, predicted, name, "limit") },
        ]),
      },
    ],
    tables: [tableOf(figure, simulatedAt, outputs)],
  };
}

function settingsAt({ parameters, varied }: SteadyStateFigure, value: number): Record<string, string> {
  return { ...parameters, [varied]: String(value) };
}

function experimentAt(figure: SteadyStateFigure, value: number, seed: string): Experiment {
  return rateScaling.configure(settingsAt(figure, value), seed);
}

function inputOf(figure: SteadyStateFigure, value: number, seed: string, preview: boolean): SimulationInput {
  const experiment = experimentAt(figure, value, seed);
  const time = measuringTime(experiment);
  return {
    scenario: rateScaling.name,
    settings: settingsAt(figure, value),
    seed: `${seed}/${figure.id}/${value}`,
    measuringTime: preview ? PREVIEW.part * time : time,
    familyConfidence: jointConfidence(CONFIDENCE, experiment.quantities.length),
    chainWillDo: true,
  };
}

/** Two relaxation times make an independent look at each server. */
function measuringTime({ parameters, system }: Experiment): ModelTime {
  const relaxation = relaxationTime({
    arrivalRate: Number(parameters.arrivalRate),
    inverseStep: Number(parameters.inverseStep),
    g: parseSojournCost(parameters.costG),
    h: parseRateCost(parameters.costH),
  });
  return relaxation * Math.max(LEAST_RELAXATION_TIMES, (2 * INDEPENDENT_LOOKS) / system.servers);
}

function measuredPoints(values: readonly number[], outputs: readonly SimulationOutput[], name: string): Point[] {
  return values.flatMap((x, i) => {
    const found = outputs[i].quantities.find((quantity) => quantity.name === name);
    if (found === undefined || found.measured === null) return [];
    const { measured, ciLow, ciHigh } = found;
    return [{ x, y: measured, ...(ciLow === null || ciHigh === null ? {} : { low: ciLow, high: ciHigh }) }];
  });
}

function predictedPoints(
  values: readonly number[],
  experiments: readonly Experiment[],
  name: string,
  kind: PredictionKind,
): Point[] {
  return values.flatMap((x, i) => {
    const claims = experiments[i].predict({ messageDelay: 0, heldUpFraction: 0 }).get(name) ?? [];
    const claim = claims.find((candidate) => candidate.kind === kind);
    if (claim === undefined || !("value" in claim)) return [];
    const { value: y, modelError } = claim;
    return [{ x, y, ...(modelError === 0 ? {} : { low: y - modelError, high: y + modelError }) }];
  });
}

function tableOf(figure: SteadyStateFigure, values: readonly number[], outputs: readonly SimulationOutput[]): Table {
  const rows = values.flatMap((x, i) =>
    QUANTITIES.map(({ name }) => {
      const found = outputs[i].quantities.find((quantity) => quantity.name === name);
      const predicted = (kind: PredictionKind): number | null => {
        const claim = found?.predictions.find((prediction) => prediction.kind === kind);
        return claim !== undefined && "value" in claim ? claim.value : null;
      };
      return [
        x,
        name,
        found?.measured ?? null,
        found?.ciLow ?? null,
        found?.ciHigh ?? null,
        predicted("refined"),
        found?.predictions.find(({ kind }) => kind === "refined")?.modelError ?? null,
        predicted("limit"),
      ];
    }),
  );
  const columns = [figure.varied, "quantity", "simulated", "low", "high", "refined", "± model error", "limit"];
  return { title: "Simulated and predicted", columns, rows };
}
