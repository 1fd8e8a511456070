import { Chart } from "../chart.js";
import { STRONG } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";

/** How far off the views of several dispatchers are. */
export function views(): ClaimChart {
  const chart = new Chart({
    title: "Error of views",
    xLabel: "time (time units)",
    yLabel: "jobs",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "What the dispatchers do not know",
    content: chart.root,
    isAbout: () => false,
    claim: ({ update }) =>
      update.state.views === undefined
        ? undefined
        : "Each dispatcher sees queues as they were a message ago: mean difference between the queue length that a job finds and the one that its dispatcher assumed.",
    draw({ history, events }) {
      chart.update({
        x: history.pointTimes,
        events,
        series: [
          { label: "mean error so far", colour: "measured", style: STRONG, values: history.column("view error") },
        ],
      });
    },
  };
}
