import type { QuantityName } from "../../scenarios/index.js";
import type { Prediction, PredictionKind } from "../../theory/prediction.js";
import type { ChartSeries } from "../chart.js";
import { predictedColour, predictedLine } from "../chart-style.js";
import type { View } from "../view.js";

export type ValuePrediction = Extract<Prediction, { value: number }>;

/** The predicted values of a quantity, sharpest first; empty where the run does not measure it. */
export function valuesPredicted({ update }: View, name: QuantityName): ValuePrediction[] {
  const { quantities } = update.state;
  const predictions = quantities.find((quantity) => quantity.name === name)?.predictions ?? [];
  return predictions.filter((prediction): prediction is ValuePrediction => "value" in prediction);
}

/** Whether the run measures a quantity of this name. */
export function measures({ update }: View, name: QuantityName): boolean {
  return update.state.quantities.some((quantity) => quantity.name === name);
}

/** A horizontal line at a predicted value. */
export function levelLine(points: number, kind: PredictionKind, value: number, label: string): ChartSeries {
  return {
    label,
    colour: predictedColour(kind),
    style: predictedLine(kind),
    values: new Array<number>(points).fill(value),
  };
}

/** The line at the sharpest predicted value; none where nothing is predicted. */
export function sharpestLine(view: View, name: QuantityName, points: number, label: string): ChartSeries[] {
  const [sharpest] = valuesPredicted(view, name);
  return sharpest === undefined ? [] : [levelLine(points, sharpest.kind, sharpest.value, `${label}, ${sharpest.kind}`)];
}
