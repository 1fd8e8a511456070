import { Chart } from "../chart.js";
import { predictedColour, predictedLine, STRONG } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";
import { measures, valuesPredicted } from "./predictions.js";
import { positive } from "./sojourn-times.js";

/** The tail of the scaled total queue; in the limit an exponential law, a straight line. */
export function totalQueue(): ClaimChart {
  const chart = new Chart({
    title: "The scaled total queue",
    xLabel: "x = n⁻ᵅ · jobs in the system",
    yLabel: "fraction of time above x",
    logarithmic: true,
  });
  return {
    title: "The total queue and its exponential limit",
    content: chart.root,
    isAbout: (quantity) => quantity.startsWith("scaled_") || quantity.endsWith("_distance"),
    claim: (view) =>
      measures(view, "scaled_total_queue")
        ? "The number of jobs in the system, times `n^-alpha`, converges to an exponential variable: on this scale a straight line."
        : undefined,
    draw(view) {
      const { jobs, fractions } = view.update.distributions.totalTail;
      const scaled = jobs.map((total) => total * scaleOf(view));
      const limit = valuesPredicted(view, "scaled_total_queue").find(({ kind }) => kind === "limit");
      chart.update({
        x: scaled,
        series: [
          { label: "measured", colour: "measured", style: STRONG, values: positive(fractions) },
          ...(limit === undefined
            ? []
            : [
                {
                  label: `limit: exponential with mean ${limit.value.toPrecision(3)}`,
                  colour: predictedColour("limit"),
                  style: predictedLine("limit"),
                  values: scaled.map((x) => Math.exp(-x / limit.value)),
                },
              ]),
        ],
      });
    },
  };
}

/** n^-alpha, which is 1 minus the load. */
function scaleOf({ run }: View): number {
  const servers = run.system.classes.reduce((sum, one) => sum + one.servers, 0);
  return 1 - run.system.totalArrivalRate / servers;
}
