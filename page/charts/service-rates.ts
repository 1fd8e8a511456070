import { Chart, type ChartSeries } from "../chart.js";
import { STRONG, THIN } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";
import { levelLine, sharpestLine } from "./predictions.js";

/** The rates of the servers over time, which all come to the optimum. */
export function serviceRates(): ClaimChart {
  const chart = new Chart({
    title: "Service rates",
    xLabel: "time (time units)",
    yLabel: "rate (per time unit)",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "Service rates over time",
    content: chart.root,
    isAbout: (quantity) => quantity === "mean_service_rate" || quantity.startsWith("service_rate_"),
    claim: ({ run }) => (run.system.adaptsRates ? run.claims["service-rates"] : undefined),
    draw(view: View) {
      const { history, events } = view;
      chart.update({ x: history.pointTimes, events, series: [...serverLines(view), ...summaryLines(view)] });
    },
  };
}

function serverLines({ history }: View): ChartSeries[] {
  return history.columnsUnder("rate of server ").map((name) => ({
    label: name,
    colour: "faint",
    style: THIN,
    values: history.column(name),
    inLegend: false,
  }));
}

function summaryLines(view: View): ChartSeries[] {
  const { history, update } = view;
  const { targetRate } = update.state;
  const points = history.pointTimes.length;
  return [
    { label: "5th percentile", colour: "measured", style: THIN, values: history.column("rate p05") },
    {
      label: "95th percentile",
      colour: "measured",
      style: THIN,
      values: history.column("rate p95"),
      filledToPrevious: true,
    },
    { label: "mean", colour: "measured", style: STRONG, values: history.column("rate mean") },
    ...(targetRate === null ? [] : [levelLine(points, "limit", targetRate, "optimum, limit")]),
    ...sharpestLine(view, "service_rate_p95", points, "95th percentile"),
    ...sharpestLine(view, "service_rate_p05", points, "5th percentile"),
  ];
}
