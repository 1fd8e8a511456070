import { Chart } from "../chart.js";
import { BARS, predictedColour, predictedMarkers } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import { shownLevels } from "./shown-levels.js";

/** The fraction of servers with at least 1, 2, ... jobs. */
export function queueLengths(): ClaimChart {
  const chart = new Chart({
    title: "Queue lengths",
    xLabel: "jobs at a server, i",
    yLabel: "fraction with ≥ i",
    counts: true,
    fromZero: true,
  });
  return {
    title: "Queue lengths",
    content: chart.root,
    isAbout: (quantity) => quantity.startsWith("queue_tail_") || quantity === "busy_fraction",
    // Of pools, those of each class are shown instead.
    claim: ({ run }) => (run.system.discipline === "pool" ? undefined : run.claims["queue-lengths"]),
    draw({ update }) {
      const { queueTail, predictedQueueTail: predicted } = update.distributions;
      const x = shownLevels([queueTail, predicted?.fractions ?? []]);
      chart.update({
        x,
        series: [
          { label: "measured", colour: "measured", style: BARS, values: x.map((jobs) => queueTail[jobs] ?? 0) },
          ...(predicted === null
            ? []
            : [
                {
                  label: predicted.kind,
                  colour: predictedColour(predicted.kind),
                  style: predictedMarkers(predicted.kind),
                  values: x.map((jobs) => predicted.fractions[jobs] ?? null),
                },
              ]),
        ],
      });
    },
  };
}
