import { Chart } from "../chart.js";
import { DOTS } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import { sharpestLine } from "./predictions.js";

/** Mean idle times per server, which are equal according to theory. */
export function idleTimes(): ClaimChart {
  const chart = new Chart({
    title: "Mean idle times",
    xLabel: "server",
    yLabel: "mean idle time (time units)",
    counts: true,
    fromZero: true,
  });
  return {
    title: "Idle times per server",
    content: chart.root,
    isAbout: (quantity) => quantity === "mean_idle_time" || quantity === "idle_time_spread",
    claim: ({ run }) => run.claims["idle-times"],
    draw(view) {
      const { numbers, meanIdleTimes } = view.update.fleet;
      const label = "each server, since measurement started";
      chart.update({
        x: numbers,
        series: [
          { label, colour: "measured", style: DOTS, values: meanIdleTimes },
          ...sharpestLine(view, "mean_idle_time", numbers.length, "mean"),
        ],
      });
    },
  };
}
