import type { FleetSample } from "../../live/http/page-feed.js";
import { Chart, type ChartSeries } from "../chart.js";
import { DOTS, predictedColour, predictedMarkers } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";
import { measures, sharpestLine, valuesPredicted } from "./predictions.js";

/** The fraction of time that each server is busy, the fastest first. */
export function busyServers(): ClaimChart {
  const chart = new Chart({
    title: "Busy fraction of each server",
    xLabel: "server, the fastest first",
    yLabel: "fraction of time busy",
    counts: true,
    fromZero: true,
    upTo: 1.05,
  });
  return {
    title: "Who works: servers by speed",
    content: chart.root,
    isAbout: (quantity) => quantity === "idle_fast_servers" || quantity.startsWith("lemma_"),
    claim: (view) => (haveFixedRates(view) && differ(view.update.fleet) ? view.run.claims.fleet : undefined),
    draw(view) {
      const { fleet } = view.update;
      const order = fastestFirst(fleet);
      const needed = serversNeeded(view, order);
      chart.update({
        x: order.map((_, rank) => rank + 1),
        series: [
          ...(measures(view, "idle_fast_servers")
            ? [
                {
                  label: "limit: as many of the fastest as the load needs",
                  colour: predictedColour("limit"),
                  style: predictedMarkers("limit"),
                  values: order.map((_, rank) => Math.min(1, Math.max(0, needed - rank))),
                } satisfies ChartSeries,
              ]
            : []),
          { label: "measured", colour: "measured", style: DOTS, values: order.map((i) => fleet.busyFractions[i]) },
        ],
      });
    },
  };
}

/** The mean number of jobs at each server, the fastest first. */
export function jobsAtServers(): ClaimChart {
  const chart = new Chart({
    title: "Mean number of jobs at each server",
    xLabel: "server, the fastest first",
    yLabel: "mean number of jobs",
    counts: true,
    fromZero: true,
  });
  return {
    title: "Jobs at each server",
    content: chart.root,
    isAbout: (quantity) => quantity === "mean_queue_length",
    claim: (view) => {
      if (!haveFixedRates(view)) return undefined;
      if (!differ(view.update.fleet))
        return "The servers are equal, and so are their mean numbers of jobs, up to chance.";
      const [predicted] = valuesPredicted(view, "mean_queue_length");
      const line = predicted === undefined ? "" : " The line is what is predicted of the mean over all of them.";
      return `Mean number of jobs at each server since measuring began.${line}`;
    },
    draw(view) {
      const { fleet } = view.update;
      const order = fastestFirst(fleet);
      chart.update({
        x: order.map((_, rank) => rank + 1),
        series: [
          {
            label: "each server",
            colour: "measured",
            style: DOTS,
            values: order.map((i) => fleet.meanQueueLengths[i]),
          },
          ...sharpestLine(view, "mean_queue_length", order.length, "mean of all"),
        ],
      });
    },
  };
}

function haveFixedRates({ run }: View): boolean {
  return !run.system.adaptsRates && run.system.discipline !== "pool";
}

function differ({ rates }: FleetSample): boolean {
  const known = rates.filter((rate) => rate !== null);
  return known.some((rate) => rate !== known[0]);
}

/** The positions in the sample, by falling rate. */
function fastestFirst({ rates, statuses }: FleetSample): number[] {
  return [...rates.keys()].filter((i) => statuses[i] !== "gone").sort((a, b) => (rates[b] ?? 0) - (rates[a] ?? 0));
}

/** How many of the fastest servers it takes to serve all jobs, the last of them in part. */
function serversNeeded({ run, update }: View, order: readonly number[]): number {
  const { rates, oneIn } = update.fleet;
  let missing = run.system.totalArrivalRate / oneIn;
  for (const [rank, i] of order.entries()) {
    const rate = rates[i] ?? 0;
    if (missing <= rate) return rank + (rate === 0 ? 0 : missing / rate);
    missing -= rate;
  }
  return order.length;
}
