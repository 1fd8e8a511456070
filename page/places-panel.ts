import { Chart, type ChartSeries } from "./chart.js";
import { panelCard } from "./panel-card.js";
import type { Colour } from "./theme.js";
import type { Panel, View } from "./view.js";

/** Servers are told apart by how many jobs they hold: from so many on. */
const LEVELS: readonly { readonly label: string; readonly least: number; readonly colour: Colour }[] = [
  { label: "idle", least: 0, colour: "level0" },
  { label: "1 job", least: 1, colour: "level1" },
  { label: "2 jobs", least: 2, colour: "level2" },
  { label: "3 to 5 jobs", least: 3, colour: "level3" },
  { label: "6 jobs and more", least: 6, colour: "level4" },
];

/** Servers where they stand, in graphs that are made from places. */
export class PlacesPanel implements Panel {
  private readonly chart = new Chart({ title: "Servers where they stand", xLabel: "x", yLabel: "y", fromZero: true });
  readonly card = panelCard("Queues where they stand", this.chart.root);

  render({ run, update }: View): void {
    const { places } = run;
    this.card.show(
      places === null
        ? undefined
        : "The servers at their places on the torus: where few servers are in reach of a task type, long queues stand together.",
    );
    if (places === null) return;
    const { numbers, queueLengths } = update.fleet;
    const order = numbers.map((_, i) => i).sort((a, b) => places.x[numbers[a]] - places.x[numbers[b]]);
    const levelOf = (jobs: number): number => LEVELS.findLastIndex(({ least }) => jobs >= least);
    const series = LEVELS.map(
      ({ label, colour }, level): ChartSeries => ({
        label,
        colour,
        style: "points",
        values: order.map((i) => (levelOf(queueLengths[i]) === level ? places.y[numbers[i]] : null)),
      }),
    );
    this.chart.update({ x: order.map((i) => places.x[numbers[i]]), series });
  }
}
