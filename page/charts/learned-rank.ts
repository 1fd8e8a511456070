import { Chart } from "../chart.js";
import { STRONG } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import { sharpestLine } from "./predictions.js";

/** The rank that SLTA learns, from which the thresholds of all pools follow. */
export function learnedRank(): ClaimChart {
  const chart = new Chart({
    title: "The learned rank",
    xLabel: "time (time units)",
    yLabel: "rank r",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "Learning the thresholds",
    content: chart.root,
    isAbout: (quantity) => quantity === "mean_rank" || quantity === "rank_distance",
    claim: ({ update }) =>
      update.state.information.learned === null
        ? undefined
        : "The rank `r` from which the thresholds of all pools follow rises while too few pools have tokens, and falls while too many do: it converges to `r*`.",
    draw(view) {
      const { history, events } = view;
      chart.update({
        x: history.pointTimes,
        events,
        series: [
          { label: "r", colour: "measured", style: STRONG, values: history.column("learned") },
          ...sharpestLine(view, "mean_rank", history.pointTimes.length, "r*"),
        ],
      });
    },
  };
}
