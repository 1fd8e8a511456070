import { Chart, type ChartSeries } from "../chart.js";
import { STRONG, THIN } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";
import { CLASS_STYLES } from "./class-styles.js";

/** The thresholds of the classes over time, which follow from the rank that SLTA learns. */
export function thresholdsOfClasses(): ClaimChart {
  const chart = new Chart({
    title: "The thresholds of the classes",
    xLabel: "time (time units)",
    yLabel: "threshold (tasks)",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "The threshold of each class",
    content: chart.root,
    isAbout: (quantity) => quantity.startsWith("occupancy_"),
    claim: (view) =>
      hasThresholds(view)
        ? "All pools of a class are filled up to its threshold. One threshold moves by one at a time, and in the end all stay where the optimal assignment has them."
        : undefined,
    draw({ run, history, events }) {
      const series = run.system.classes.map(
        ({ name }, i): ChartSeries => ({
          label: name,
          ...CLASS_STYLES[i % CLASS_STYLES.length],
          values: history.column(`threshold of class ${i}`),
        }),
      );
      chart.update({ x: history.pointTimes, events, series });
    },
  };
}

/** The tokens over time, from which SLTA concludes that its thresholds are too high or too low. */
export function tokens(): ClaimChart {
  const chart = new Chart({
    title: "Tokens",
    xLabel: "time (time units)",
    yLabel: "pools with a token",
    fromZero: true,
    overTime: true,
  });
  return {
    title: "The tokens that are left",
    content: chart.root,
    isAbout: () => false,
    claim: (view) =>
      hasThresholds(view)
        ? "A pool below its threshold has a green token, one of the class to be filled next a yellow one if it is not above. A threshold rises when no green token and at most one yellow one is left, and falls when too many are green."
        : undefined,
    draw({ history, events }) {
      chart.update({
        x: history.pointTimes,
        events,
        series: [
          { label: "green", colour: "measured", style: STRONG, values: history.column("green tokens") },
          { label: "yellow", colour: "predicted", style: THIN, values: history.column("yellow tokens") },
        ],
      });
    },
  };
}

function hasThresholds({ update }: View): boolean {
  return update.state.thresholds !== undefined;
}
