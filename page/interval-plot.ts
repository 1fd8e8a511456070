import type { QuantityEvidence } from "../experiments/evidence.js";
import { svgElement } from "./chart-style.js";
import { decisive } from "./summary.js";

const [WIDTH, HEIGHT] = [150, 18];
const MIDDLE = HEIGHT / 2;

/** The interval of a quantity beside its prediction and the margin around it, on a scale of its own; nothing where there is no interval. */
export function intervalPlot(quantity: QuantityEvidence): SVGElement {
  const { measured, ciLow, ciHigh, margin } = quantity;
  const claim = decisive(quantity);
  const svg = svgElement("svg", {
    width: WIDTH,
    height: HEIGHT,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    "aria-hidden": "true",
  });
  if (measured === null || ciLow === null || ciHigh === null || claim === undefined) return svg;
  const claimed = "value" in claim ? claim.value : "atMost" in claim ? claim.atMost : claim.atLeast;
  const around = margin ?? claim.modelError;
  const [least, most] = [Math.min(ciLow, claimed - around), Math.max(ciHigh, claimed + around)];
  const span = most - least || 1;
  const place = (value: number): number => Number((6 + ((WIDTH - 12) * (value - least)) / span).toFixed(1));
  const x = place(claimed);
  svg.append(
    svgElement("rect", {
      class: "plot-margin",
      ...{ x: place(claimed - around), y: 2, height: HEIGHT - 4 },
      width: Math.max(0, place(claimed + around) - place(claimed - around)),
    }),
    svgElement("path", { class: "plot-interval", d: `M${place(ciLow)} ${MIDDLE}H${place(ciHigh)}` }),
    svgElement("path", {
      class: "plot-interval",
      d: `M${place(ciLow)} ${MIDDLE - 4}v8M${place(ciHigh)} ${MIDDLE - 4}v8`,
    }),
    svgElement("path", { class: "plot-claim", d: claimPath(claim, x) }),
    svgElement("circle", { class: "plot-measured", cx: place(measured), cy: MIDDLE, r: 3.2 }),
  );
  return svg;
}

/** A line for a value; for a bound also towards where the values may be. */
function claimPath(claim: object, x: number): string {
  const line = `M${x} 1V${HEIGHT - 1}`;
  if ("value" in claim) return line;
  const side = "atMost" in claim ? -5 : 5;
  return `${line}M${x} 2h${side}M${x} ${HEIGHT - 2}h${side}`;
}
