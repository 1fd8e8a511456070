import type { Prediction } from "../../theory/prediction.js";
import { Chart, type ChartSeries } from "../chart.js";
import { STRONG, THIN } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import { element, setText } from "../element.js";
import { withFormulas } from "../formula.js";
import { levelLine } from "./predictions.js";

/** The running estimate of one quantity over time, beside its predictions. */
export class QuantityChart implements ClaimChart {
  readonly title = "One quantity over time";
  private readonly chart = new Chart({
    title: "Quantity",
    xLabel: "time (time units)",
    yLabel: "value",
    overTime: true,
  });
  private readonly name = element("h3");
  readonly content = element("div", "plot", this.name, this.chart.root);
  /** Set by the verdict table; the first one unless set. */
  selected: string | undefined;

  isAbout(quantity: string): boolean {
    return quantity === this.selected;
  }

  claim({ update }: Parameters<ClaimChart["claim"]>[0]): string | undefined {
    const { quantities } = update.state;
    this.selected ??= (quantities.find(({ role }) => role === "headline") ?? quantities[0])?.name;
    const quantity = quantities.find(({ name }) => name === this.selected);
    if (quantity === undefined) return undefined;
    const { description, predictions } = quantity;
    const [sharpest] = predictions;
    const source = sharpest === undefined ? "There is no prediction" : `Theory: ${sharpest.source}`;
    return withFormulas(`${description}. ${source}.`);
  }

  draw({ history, events, update }: Parameters<ClaimChart["draw"]>[0]): void {
    const quantity = update.state.quantities.find(({ name }) => name === this.selected);
    if (quantity === undefined) return;
    const { name, unit, predictions } = quantity;
    setText(this.name, `${name}, running estimate${unit === "" ? "" : ` (${unit})`}`);
    this.chart.update({
      x: history.pointTimes,
      events,
      series: [
        { label: "interval, low", colour: "measured", style: THIN, values: history.column(`${name} low`) },
        {
          label: "high",
          colour: "measured",
          style: THIN,
          values: history.column(`${name} high`),
          filledToPrevious: true,
        },
        { label: "measured", colour: "measured", style: STRONG, values: history.column(name) },
        ...sharpestOfEachKind(predictions).map(
          (prediction): ChartSeries =>
            levelLine(history.pointTimes.length, prediction.kind, claimed(prediction), labelOf(prediction)),
        ),
      ],
    });
  }
}

function sharpestOfEachKind(predictions: readonly Prediction[]): Prediction[] {
  return predictions.filter(({ kind }, i) => predictions.findIndex((other) => other.kind === kind) === i);
}

function labelOf({ kind, status, ...claim }: Prediction): string {
  const relation = "value" in claim ? "" : "atMost" in claim ? " (at most)" : " (at least)";
  return `${kind}${relation}${status === "applies" ? "" : ", outside assumptions"}`;
}

function claimed(claim: Prediction): number {
  if ("value" in claim) return claim.value;
  return "atMost" in claim ? claim.atMost : claim.atLeast;
}
