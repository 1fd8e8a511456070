import type { PredictionKind } from "../../theory/prediction.js";
import { Chart, type ChartSeries } from "../chart.js";
import { predictedColour, predictedMarkers } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";
import { CLASS_STYLES } from "./class-styles.js";
import { shownLevels } from "./shown-levels.js";

/** The fraction of the pools of each class with at least 1, 2, ... tasks, beside the optimal assignment. */
export function tasksByClass(): ClaimChart {
  const chart = new Chart({
    title: "Tasks in the pools of each class",
    xLabel: "tasks in a pool, j",
    yLabel: "fraction of the class with ≥ j",
    counts: true,
    fromZero: true,
    upTo: 1.05,
  });
  return {
    title: "Where tasks go: pools by class",
    content: chart.root,
    isAbout: (quantity) => quantity.startsWith("occupancy_") || quantity === "mean_utility",
    claim: ({ run }) => (run.system.discipline === "pool" ? run.claims["queue-lengths"] : undefined),
    draw(view) {
      const { run, update } = view;
      const { queueTailsByClass, queueTail } = update.distributions;
      const tails = queueTailsByClass.length > 0 ? queueTailsByClass : [queueTail];
      const x = shownLevels(
        tails,
        Math.max(0, ...update.state.quantities.map(({ name }) => levelOf(name)?.level ?? 0)),
      );
      const measured = tails.map((tail, i) => ({
        label: `${run.system.classes[i].name}, measured`,
        ...CLASS_STYLES[i % CLASS_STYLES.length],
        values: x.map((tasks) => tail[tasks] ?? 0),
      }));
      chart.update({ x, series: [...measured, ...predictedLevels(view, x)] });
    },
  };
}

/** The level of the class that a quantity is about; undefined if it is about none. */
function levelOf(quantity: string): { classIndex: number; level: number } | undefined {
  const [, number, level] = /^occupancy_(\d+)_(\d+)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : { classIndex: Number(number) - 1, level: Number(level) };
}

/** What is predicted of each level that the run measures, as a fraction of its class. */
function predictedLevels({ run, update }: View, x: readonly number[]): ChartSeries[] {
  const { classes } = run.system;
  const pools = classes.reduce((sum, { servers }) => sum + servers, 0);
  const byKind = new Map<string, ChartSeries & { values: (number | null)[] }>();
  for (const { name, predictions } of update.state.quantities) {
    const found = levelOf(name);
    if (found === undefined) continue;
    const of = classes[found.classIndex];
    const { width } = CLASS_STYLES[found.classIndex % CLASS_STYLES.length].style;
    for (const kind of ["refined", "limit"] satisfies PredictionKind[]) {
      const claim = predictions.find((prediction) => prediction.kind === kind);
      if (claim === undefined || !("value" in claim)) continue;
      const label = `${of.name}, ${kind === "limit" ? "optimal (limit)" : kind}`;
      const series = byKind.get(label) ?? {
        label,
        colour: predictedColour(kind),
        // Outlines are thinner than lines, so that markers stay open.
        style: predictedMarkers(kind, 0.7 * width),
        values: x.map(() => null),
      };
      series.values[found.level] = (claim.value * pools) / of.servers;
      byKind.set(label, series);
    }
  }
  return [...byKind.values()];
}
