import type { QuantityEvidence } from "../../experiments/evidence.js";
import { Chart } from "../chart.js";
import { DOTS, predictedColour, predictedMarkers, THIN } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";
import type { View } from "../view.js";

/** The part of all jobs that each server, or each class of servers, is given. */
export function shares(): ClaimChart {
  const chart = new Chart({
    title: "Shares of the jobs",
    xLabel: "server or class, by its number",
    yLabel: "part of all jobs",
    counts: true,
    fromZero: true,
  });
  return {
    title: "Who gets the jobs",
    content: chart.root,
    isAbout: isShare,
    claim: (view) => {
      const [first] = sharesIn(view);
      if (first === undefined) return undefined;
      const [known] = first.predictions;
      return known === undefined
        ? "The part of all jobs that each has been given. Nothing is known of it beforehand: it depends on the queues."
        : `The part of all jobs that each has been given. Theory: ${known.source}.`;
    },
    draw(view) {
      const measured = sharesIn(view);
      const predicted = measured.map(({ predictions: [sharpest] }) => sharpest);
      const kind = predicted[0]?.kind;
      chart.update({
        x: measured.map(({ name }) => Number(name.slice(name.lastIndexOf("_") + 1))),
        series: [
          { label: "interval, low", colour: "measured", style: THIN, values: measured.map(({ ciLow }) => ciLow) },
          {
            label: "high",
            colour: "measured",
            style: THIN,
            values: measured.map(({ ciHigh }) => ciHigh),
            filledToPrevious: true,
          },
          ...(kind === undefined
            ? []
            : [
                {
                  label: kind,
                  colour: predictedColour(kind),
                  style: predictedMarkers(kind),
                  values: predicted.map((one) => (one !== undefined && "value" in one ? one.value : null)),
                },
              ]),
          // Last, so that no open marker covers it.
          { label: "measured", colour: "measured", style: DOTS, values: measured.map((share) => share.measured) },
        ],
      });
    },
  };
}

function isShare(quantity: string): boolean {
  return /^(server|class)_share_\d+$/.test(quantity);
}

function sharesIn({ update }: View): QuantityEvidence[] {
  return update.state.quantities.filter(({ name }) => isShare(name));
}
