import type { PredictionKind } from "../theory/prediction.js";
import type { Colour } from "./theme.js";

/** Shapes that are told apart without colour. */
export type Marker = "dot" | "circle" | "square" | "diamond" | "triangle" | "inverted triangle" | "cross";

/** How a series is drawn: as a line, as markers, or as bars. */
export interface SeriesStyle {
  /** Of a line, or of the outline of a marker. */
  readonly width: number;
  readonly dash?: readonly number[];
  readonly marker?: Marker;
  readonly isBars?: true;
}

/** What is measured is solid. */
export const STRONG: SeriesStyle = { width: 2.5 };
export const THIN: SeriesStyle = { width: 1 };
export const DOTS: SeriesStyle = { width: 0, marker: "dot" };
export const BARS: SeriesStyle = { width: 1, isBars: true };

/** What is predicted is broken or open, in a way of its own for each kind. */
const PREDICTED: Readonly<Record<PredictionKind, { readonly dash: readonly number[]; readonly marker: Marker }>> = {
  exact: { dash: [14, 4], marker: "circle" },
  refined: { dash: [6, 4], marker: "diamond" },
  simulated: { dash: [6, 2, 2, 2, 2, 2], marker: "square" },
  limit: { dash: [10, 3, 2, 3], marker: "triangle" },
  bound: { dash: [2, 3], marker: "inverted triangle" },
  heuristic: { dash: [2, 8], marker: "cross" },
};

export function predictedLine(kind: PredictionKind): SeriesStyle {
  return { width: 1.8, dash: PREDICTED[kind].dash };
}

export function predictedMarkers(kind: PredictionKind, width = 1.6): SeriesStyle {
  return { width, marker: PREDICTED[kind].marker };
}

export function predictedColour(kind: PredictionKind): Colour {
  return kind === "limit" ? "second" : "predicted";
}

/** The outline of a marker around a point, as corners in units of its radius; undefined for a round one. */
const CORNERS: Readonly<Partial<Record<Marker, readonly (readonly [x: number, y: number])[]>>> = {
  diamond: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
  square: [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
  triangle: [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  "inverted triangle": [
    [0, 1.2],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
};

/** The path of a marker. */
export function markerPath(marker: Marker, x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  const corners = CORNERS[marker];
  if (marker === "cross") {
    for (const side of [-1, 1]) {
      path.moveTo(x - radius, y - side * radius);
      path.lineTo(x + radius, y + side * radius);
    }
  } else if (corners === undefined) path.arc(x, y, radius, 0, 2 * Math.PI);
  else {
    for (const [dx, dy] of corners) path.lineTo(x + dx * radius, y + dy * radius);
    path.closePath();
  }
  return path;
}

const SVG = "http://www.w3.org/2000/svg";
const SWATCH = { width: 26, height: 12 };

/** The legend symbol of a series. */
export function swatch(colour: Colour, { width, dash, marker, isBars }: SeriesStyle): SVGElement {
  const svg = svgElement("svg", { ...SWATCH, viewBox: `0 0 ${SWATCH.width} ${SWATCH.height}`, "aria-hidden": "true" });
  const stroke = `var(--${colour})`;
  const paint = { stroke, fill: "none", "stroke-width": Math.max(1.5, width) };
  const [x, y, radius] = [SWATCH.width / 2, SWATCH.height / 2, 4];
  if (marker === undefined && isBars !== true)
    svg.append(svgElement("path", { ...paint, d: `M1 ${y}h24`, "stroke-dasharray": dash?.join(" ") ?? "none" }));
  else if (isBars === true) svg.append(svgElement("path", { ...paint, fill: "var(--band)", d: "M8 11V2h10v9z" }));
  else if (marker === "cross") svg.append(svgElement("path", { ...paint, d: "M9 2l8 8M17 2l-8 8" }));
  else {
    const corners = CORNERS[marker ?? "dot"];
    const fill = marker === "dot" ? stroke : "none";
    svg.append(
      corners === undefined
        ? svgElement("circle", { ...paint, fill, cx: x, cy: y, r: radius })
        : svgElement("polygon", {
            ...paint,
            points: corners.map(([dx, dy]) => `${x + dx * radius},${y + dy * radius}`).join(" "),
          }),
    );
  }
  return svg;
}

/** An element of SVG. */
export function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
