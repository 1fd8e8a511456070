import { Chart } from "../chart.js";
import { STRONG } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";

/** Charts of the live system's operation, with how to read them. */
const OPERATIONS = [
  {
    column: "throughput",
    title: "Throughput",
    unit: "jobs per second",
    claim: "Jobs completed. In steady state the rate equals that of offered minus blocked jobs.",
  },
  {
    column: "blocked",
    title: "Blocked",
    unit: "fraction of jobs",
    claim: "Jobs that no server accepted, between two samples.",
  },
  {
    column: "lateness",
    title: "Lateness of completions",
    unit: "ms",
    claim: "How late timers deliver completions. This does not change service times, which are accounted by due times.",
  },
  {
    column: "scheduleLag",
    title: "Schedule lag",
    unit: "ms",
    claim: "How late the load generator sends. If the mean exceeds a tenth of a time unit, the run is void.",
  },
] as const;

/** The live system's operation, one time chart each. */
export function operations(): ClaimChart[] {
  return OPERATIONS.map(({ column, title, unit, claim }) => {
    const chart = new Chart({
      title,
      xLabel: "time (time units)",
      yLabel: unit,
      fromZero: true,
      low: true,
      overTime: true,
    });
    return {
      title: `${title} over time`,
      content: chart.root,
      isAbout: () => false,
      claim: () => claim,
      draw({ history, events }) {
        const label = `${title.toLowerCase()}, ${unit}`;
        const values = history.column(column);
        chart.update({
          x: history.pointTimes,
          events,
          series: [{ label, colour: "measured", style: STRONG, values }],
        });
      },
    };
  });
}
