import { Chart, type ChartSeries } from "../chart.js";
import { DOTS } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { Colour } from "../theme.js";

/** Servers are coloured by number of jobs, from these minima on. */
const LEVELS: readonly { readonly label: string; readonly least: number; readonly colour: Colour }[] = [
  { label: "idle", least: 0, colour: "level0" },
  { label: "1 job", least: 1, colour: "level1" },
  { label: "2 jobs", least: 2, colour: "level2" },
  { label: "3 to 5 jobs", least: 3, colour: "level3" },
  { label: "6 or more jobs", least: 6, colour: "level4" },
];

/** Servers at their positions, in geometric graphs. */
export function positions(): ClaimChart {
  const chart = new Chart({ title: "Servers by position", xLabel: "x", yLabel: "y", fromZero: true });
  return {
    title: "Queues by position",
    content: chart.root,
    isAbout: (quantity) => quantity === "neighbourhood_spread",
    claim: ({ run }) =>
      run.positions === null
        ? undefined
        : "The servers at their positions on the torus: where task types have few servers within reach, long queues cluster.",
    draw({ run, update }) {
      const places = run.positions;
      if (places === null) return;
      const { numbers, queueLengths } = update.fleet;
      const order = numbers.map((_, i) => i).sort((a, b) => places.x[numbers[a]] - places.x[numbers[b]]);
      const levelOf = (jobs: number): number => LEVELS.findLastIndex(({ least }) => jobs >= least);
      const series = LEVELS.map(
        ({ label, colour }, level): ChartSeries => ({
          label,
          colour,
          style: DOTS,
          values: order.map((i) => (levelOf(queueLengths[i]) === level ? places.y[numbers[i]] : null)),
        }),
      );
      chart.update({ x: order.map((i) => places.x[numbers[i]]), series });
    },
  };
}
