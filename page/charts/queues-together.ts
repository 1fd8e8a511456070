import { Chart } from "../chart.js";
import { STRONG, THIN } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import { measures } from "./predictions.js";

/** The shortest, the mean and the longest queue over time. */
export function queuesTogether(): ClaimChart {
  const chart = new Chart({
    title: "Shortest and longest queue",
    xLabel: "time (time units)",
    yLabel: "jobs at a server",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "The queues side by side",
    content: chart.root,
    isAbout: (quantity) => quantity.startsWith("perpendicular_moment") || quantity === "mean_queue_length",
    claim: (view) => {
      if (view.run.system.adaptsRates || view.run.system.discipline === "pool") return undefined;
      return measures(view, "perpendicular_moment_1")
        ? "State-space collapse: the queues rise and fall together, and their differences are small against their sum (Proposition 1)."
        : "The shortest, the mean and the longest queue at each moment: the closer together, the better the policy balances.";
    },
    draw({ history, events }) {
      chart.update({
        x: history.pointTimes,
        events,
        series: [
          { label: "shortest", colour: "measured", style: THIN, values: history.column("queue least") },
          {
            label: "longest",
            colour: "measured",
            style: THIN,
            values: history.column("queue most"),
            filledToPrevious: true,
          },
          { label: "mean", colour: "measured", style: STRONG, values: history.column("queue mean") },
        ],
      });
    },
  };
}
