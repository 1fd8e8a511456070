import type { History } from "../live/history.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { Prediction } from "../theory/prediction.js";
import { Chart, type ChartSeries } from "./chart.js";
import { panelCard } from "./panel-card.js";
import type { Panel, View } from "./view.js";

/** The charts over time of how the live system itself does: what they are, and what to read from them. */
const OPERATIONS = [
  {
    column: "throughput",
    title: "Throughput",
    unit: "jobs per second",
    claim: "Jobs completed. Steady state: as many as are offered less those blocked.",
  },
  {
    column: "blocked",
    title: "Blocked",
    unit: "fraction of jobs",
    claim: "Jobs that no server took, between two looks.",
  },
  {
    column: "lateness",
    title: "Lateness of completions",
    unit: "ms",
    claim: "How late timers deliver a completion. It does not change the law of service: due times are kept.",
  },
  {
    column: "scheduleLag",
    title: "Schedule lag",
    unit: "ms",
    claim: "How late the load generator sends. Above a tenth of a time unit on average, the run is void.",
  },
] as const;

/** The rates of the servers over time. */
export class ServiceRatesPanel implements Panel {
  private readonly chart = new Chart({
    title: "Service rates",
    xLabel: "time (time units)",
    yLabel: "rate (per time unit)",
    fromZero: true,
    overTime: true,
  });
  readonly card = panelCard("Service rates over time", this.chart.root);

  render({ run, history, events, update }: View): void {
    this.card.show(run.claims["service-rates"]);
    if (run.claims["service-rates"] === undefined) return;
    const { quantities, targetRate } = update.state;
    const level = (label: string, value: number | null, style: "dashed" | "dotted"): ChartSeries[] =>
      value === null ? [] : [{ label, colour: "predicted", style, values: flat(history, value) }];
    const servers = history.columnsUnder("rate of server ").map(
      (name): ChartSeries => ({
        label: name,
        colour: "faint",
        style: "thin",
        values: history.column(name),
        inLegend: false,
      }),
    );
    this.chart.update({
      x: history.pointTimes,
      events,
      series: [
        ...servers,
        { label: "5th percentile", colour: "measured", style: "thin", values: history.column("rate p05") },
        {
          label: "95th percentile",
          colour: "measured",
          style: "thin",
          values: history.column("rate p95"),
          filledToPrevious: true,
        },
        { label: "mean", colour: "measured", style: "strong", values: history.column("rate mean") },
        ...level("optimum, the limit", targetRate, "dashed"),
        ...level("predicted 95th percentile", sharpestValue(quantities, "service_rate_p95"), "dotted"),
        ...level("predicted 5th percentile", sharpestValue(quantities, "service_rate_p05"), "dotted"),
      ],
    });
  }
}

/** One quantity over time, as it was measured until then, beside its predictions. */
export class QuantityPanel implements Panel {
  private readonly chart = new Chart({
    title: "Quantity",
    xLabel: "time (time units)",
    yLabel: "value",
    overTime: true,
  });
  readonly card = panelCard("", this.chart.root);
  /** Set by the table of verdicts. */
  selected: string | undefined;

  render({ history, events, update }: View): void {
    const { quantities } = update.state;
    const quantity = quantities.find(({ name }) => name === this.selected) ?? quantities[0];
    if (quantity === undefined) return;
    const { name, description, unit, predictions } = quantity;
    this.card.title(`${name} as measured so far${unit === "" ? "" : ` (${unit})`}`);
    this.card.show(`${description}. ${sourceOf(predictions)}`);
    this.chart.update({
      x: history.pointTimes,
      events,
      series: [
        { label: "interval, low", colour: "measured", style: "thin", values: history.column(`${name} low`) },
        {
          label: "high",
          colour: "measured",
          style: "thin",
          values: history.column(`${name} high`),
          filledToPrevious: true,
        },
        { label: "measured", colour: "measured", style: "strong", values: history.column(name) },
        ...sharpestOfEachKind(predictions).map(
          (prediction): ChartSeries => ({
            label: labelOf(prediction),
            colour: prediction.kind === "limit" ? "second" : "predicted",
            style: prediction.kind === "bound" ? "dotted" : "dashed",
            values: flat(history, claimed(prediction)),
          }),
        ),
      ],
    });
  }
}

/** How the live system does, one chart over time each. */
export function operationPanels(): (Panel & { readonly card: ReturnType<typeof panelCard> })[] {
  return OPERATIONS.map(({ column, title, unit, claim }) => {
    const chart = new Chart({
      title,
      xLabel: "time (time units)",
      yLabel: unit,
      fromZero: true,
      low: true,
      overTime: true,
    });
    const card = panelCard(`${title} over time`, chart.root);
    card.show(claim);
    return {
      card,
      render({ history, events }: View): void {
        chart.update({
          x: history.pointTimes,
          events,
          series: [
            {
              label: `${title.toLowerCase()}, ${unit}`,
              colour: "measured",
              style: "strong",
              values: history.column(column),
            },
          ],
        });
      },
    };
  });
}

function flat(history: History, value: number): number[] {
  return history.pointTimes.map(() => value);
}

/** The value of the sharpest prediction that gives one; null if none does. */
export function sharpestValue(quantities: readonly QuantityEvidence[], name: string): number | null {
  const predictions = quantities.find((quantity) => quantity.name === name)?.predictions ?? [];
  return predictions.flatMap((claim) => ("value" in claim ? [claim.value] : []))[0] ?? null;
}

function sourceOf(predictions: readonly Prediction[]): string {
  const sharpest = predictions[0];
  return sharpest === undefined ? "No theorem says what it should be." : `Theory: ${sharpest.source}.`;
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
