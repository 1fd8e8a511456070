import { Chart } from "../chart.js";
import type { ClaimChart } from "../claim-chart.js";
import { CLASS_STYLES } from "./class-styles.js";
import { shownLevels } from "./shown-levels.js";

/** The fraction of the servers of each class with at least 1, 2, ... jobs. */
export function queuesByClass(): ClaimChart {
  const chart = new Chart({
    title: "Queue lengths by class",
    xLabel: "jobs at a server, i",
    yLabel: "fraction of the class with ≥ i",
    counts: true,
    fromZero: true,
    upTo: 1.05,
  });
  return {
    title: "Queue lengths by class of servers",
    content: chart.root,
    isAbout: () => false,
    claim: ({ run }) =>
      run.system.classes.length > 1 && run.system.discipline !== "pool"
        ? "How the load is divided between the classes: of each, the fraction of time that a server holds at least so many jobs."
        : undefined,
    draw({ run, update }) {
      const tails = update.distributions.queueTailsByClass;
      const x = shownLevels(tails);
      chart.update({
        x,
        series: tails.map((tail, i) => ({
          label: `${run.system.classes[i].name} (${run.system.classes[i].servers} servers)`,
          ...CLASS_STYLES[i % CLASS_STYLES.length],
          values: x.map((jobs) => tail[jobs] ?? 0),
        })),
      });
    },
  };
}
