import { positiveNumber } from "../../experiments/parameters.js";
import type { Experiment } from "../../experiments/scenario.js";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { jointConfidence } from "../../model/statistics/multiplicity.js";
import type { ModelTime } from "../../model/units.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { type SimulationInput, type SimulationOutput, simulation } from "../../simulator/simulation.js";
import type { PredictionKind } from "../../theory/prediction.js";
import { relaxationTime } from "../../theory/rate-scaling/rate-scaling.js";
import {
  type Axis,
  CONFIDENCE,
  counter,
  type Figure,
  type FigureContent,
  type FigureOptions,
  type FigureSource,
  figureSource,
  type Progress,
  type Series,
  type Table,
} from "../figure.js";
import { listOf, withDefaults } from "../parameters.js";
import { measuredPoints, predictedPoints } from "./quantity-points.js";

/** Rates in steady state, as one parameter is varied. */
export interface SteadyStateFigure extends Pick<FigureSource, "id" | "title">, Pick<Figure, "source" | "claim"> {
  /** Fixed parameters, in the syntax of `--set`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameter that is varied. */
  readonly varied: string;
  readonly axis: Axis;
  readonly simulatedAt: readonly number[];
  readonly predictedAt: readonly number[];
}

const QUANTITIES = [
  { name: "mean_service_rate", label: "mean rate" },
  { name: "service_rate_p05", label: "5th percentile" },
  { name: "service_rate_p95", label: "95th percentile" },
] as const;
/** Independent samples of a server's rate per point: its mean is then known to 4 % of the rates' standard deviation. */
const INDEPENDENT_LOOKS = 600;
const LEAST_RELAXATION_TIMES = 30;
/** A preview has one of this many points, and runs shorter by this factor. */
const PREVIEW = { stride: 3, part: 0.1 } as const;

/** The source of such a figure: simulated points, refined predictions and the limit. All parameters can be set; of the one varied, a list. */
export function steadyStateFigure(figure: SteadyStateFigure): FigureSource {
  const { varied, simulatedAt } = figure;
  const { [varied]: along, ...others } = rateScaling.parameters;
  const values = listOf({ ...along, parse: positiveNumber }, simulatedAt);
  const parameters = { ...withDefaults(others, figure.parameters), [varied]: values };
  const content = (options: FigureOptions, progress: Progress): Promise<FigureContent> => {
    const { [varied]: list, ...settings } = options.settings ?? {};
    const { min: _, max: __, ...axis } = figure.axis;
    const at =
      list === undefined
        ? { simulatedAt: simulatedAt.filter((_, i) => !options.preview || i % PREVIEW.stride === 0) }
        : { axis, simulatedAt: values.parse(list), predictedAt: values.parse(list) };
    return make({ ...figure, ...at, parameters: { ...figure.parameters, ...settings } }, options, progress);
  };
  return figureSource(figure.id, figure.title, content, parameters);
}

async function make(figure: SteadyStateFigure, options: FigureOptions, progress: Progress): Promise<FigureContent> {
  const { seed, preview, runner } = options;
  const { simulatedAt } = figure;
  const inputs = simulatedAt.map((value) => inputOf(figure, value, seed, preview));
  const outputs = await runner.map(simulation, inputs, counter(inputs.length, progress));
  const predicted = figure.predictedAt.map((value) => experimentAt(figure, value, seed));
  return {
    source: figure.source,
    caption:
      "Points: simulated, with 95 % confidence intervals. Solid lines: the refined prediction for this number of servers and " +
      "this step size, with error bands. Dashed lines: the limit for many servers, with the spread due to the constant step.",
    claim: figure.claim,
    parameters: figure.parameters,
    panels: [
      {
        title: "",
        x: figure.axis,
        y: { label: "service rate", unit: "per time unit", scale: "linear" },
        series: QUANTITIES.flatMap(({ name, label }): Series[] => [
          { quantity: label, role: "simulated", points: measuredPoints(simulatedAt, outputs, name) },
          { quantity: label, role: "refined", points: predictedPoints(figure.predictedAt, predicted, name, FINITE) },
          { quantity: label, role: "limit", points: predictedPoints(figure.predictedAt, predicted, name, ["limit"]) },
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

/** Samples two relaxation times apart count as independent. */
function measuringTime({ parameters, system }: Experiment): ModelTime {
  const relaxation = relaxationTime({
    arrivalRate: Number(parameters.arrivalRate),
    inverseStep: Number(parameters.inverseStep),
    g: parseSojournCost(parameters.costG),
    h: parseRateCost(parameters.costH),
  });
  return relaxation * Math.max(LEAST_RELAXATION_TIMES, (2 * INDEPENDENT_LOOKS) / system.servers);
}

/** What is derived for this number of servers and this step, or fitted where steps are large. */
const FINITE: readonly PredictionKind[] = ["refined", "heuristic"];

function tableOf(figure: SteadyStateFigure, values: readonly number[], outputs: readonly SimulationOutput[]): Table {
  const rows = values.flatMap((x, i) =>
    QUANTITIES.map(({ name }) => {
      const found = outputs[i].quantities.find((quantity) => quantity.name === name);
      const predicted = (kinds: readonly PredictionKind[]): number | null => {
        const claim = found?.predictions.find(({ kind }) => kinds.includes(kind));
        return claim !== undefined && "value" in claim ? claim.value : null;
      };
      return [
        x,
        name,
        found?.measured ?? null,
        found?.ciLow ?? null,
        found?.ciHigh ?? null,
        predicted(FINITE),
        found?.predictions.find(({ kind }) => FINITE.includes(kind))?.modelError ?? null,
        predicted(["limit"]),
      ];
    }),
  );
  const columns = [figure.varied, "quantity", "simulated", "low", "high", "refined", "± model error", "limit"];
  return { title: "Simulated and predicted", columns, rows };
}
