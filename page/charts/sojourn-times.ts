import { Chart } from "../chart.js";
import { predictedColour, predictedLine, STRONG } from "../chart-style.js";
import type { ClaimChart } from "../claim-chart.js";

/** The tail of the sojourn times; an exponential distribution is a straight line. */
export function sojournTimes(): ClaimChart {
  const chart = new Chart({
    title: "Sojourn times",
    xLabel: "t (time units)",
    yLabel: "fraction longer than t",
    logarithmic: true,
  });
  return {
    title: "Sojourn times",
    content: chart.root,
    isAbout: (quantity) => quantity.includes("sojourn_time"),
    claim: ({ run }) =>
      run.claims["sojourn-times"] ??
      "How long jobs stay, from submission to completion: on this scale an exponential law is a straight line.",
    draw({ run, update }) {
      const { sojournTail, predictedSojournTail: predicted } = update.distributions;
      const slo = Number(run.parameters.find(({ name }) => name === "slo")?.value);
      const atSlo = sojournTail.times.findIndex((time) => time >= slo);
      chart.update({
        x: sojournTail.times,
        series: [
          { label: "measured", colour: "measured", style: STRONG, values: positive(sojournTail.fractions) },
          ...(predicted === null
            ? []
            : [
                {
                  label: predicted.kind,
                  colour: predictedColour(predicted.kind),
                  style: predictedLine(predicted.kind),
                  values: inSight(positive(predicted.fractions), sojournTail.fractions),
                },
              ]),
          ...(atSlo < 0
            ? []
            : [
                {
                  label: `longer than the slo of ${slo}`,
                  colour: "event" as const,
                  style: { width: 0, marker: "diamond" as const },
                  values: positive(sojournTail.fractions).map((fraction, i) => (i === atSlo ? fraction : null)),
                },
              ]),
        ],
      });
    },
  };
}

/** What a logarithmic axis can show. */
export function positive(fractions: readonly (number | null)[]): (number | null)[] {
  return fractions.map((fraction) => (fraction !== null && fraction > 0 ? fraction : null));
}

/** Without what is far below all that is measured, which would press it together. */
function inSight(predicted: readonly (number | null)[], measured: readonly number[]): (number | null)[] {
  const least = Math.min(...measured.filter((fraction) => fraction > 0)) / 10;
  return predicted.map((fraction) => (fraction !== null && fraction >= least ? fraction : null));
}
