import { wrapped } from "../model/wrapped.js";
import { type Figure, nameOf } from "./figure.js";
import { inSymbols } from "./look.js";

/** A page or a screen, with the legend beside each panel; or a column of a paper, with the legend below. */
export const WIDTHS = ["page", "column"] as const;
export type Width = (typeof WIDTHS)[number];

/** The sizes that a layout is made of, in pixels of 1/96 inch. */
interface Measures {
  readonly width: number;
  /** Of the title of the figure; 0 where there is none, since papers have captions. */
  readonly head: number;
  /** From the top of a panel to its axes, and their height. */
  readonly top: number;
  readonly plot: number;
  readonly left: number;
  /** Below the axes: their labels and the name of the horizontal one. */
  readonly bottom: number;
  /** Room for rotated names. */
  readonly names: number;
  readonly fontSize: number;
  readonly legendSymbol: number;
  readonly marker: number;
  readonly nameGaps: { readonly x: number; readonly y: number };
}

const MEASURES: Readonly<Record<Width, Measures>> = {
  page: {
    ...{ width: 940, head: 44, top: 44, plot: 290, left: 78, bottom: 66, names: 36, fontSize: 12 },
    ...{ legendSymbol: 40, marker: 7, nameGaps: { x: 34, y: 56 } },
  },
  // 3.5 inches, and type of 7 points.
  column: {
    ...{ width: 336, head: 0, top: 12, plot: 185, left: 50, bottom: 40, names: 30, fontSize: 9.5 },
    ...{ legendSymbol: 30, marker: 5, nameGaps: { x: 22, y: 36 } },
  },
};
/** Beside panels. */
const LEGEND_WIDTH = 232;
const RIGHT = { page: LEGEND_WIDTH, column: 12 } as const;
/** Width of a letter, and height of a line, in units of the font size. */
const [LETTER, LINE] = [0.53, 1.45];
/** Titles are bold. */
const BOLD_LETTER = 0.62;
const GAP = 8;

/** Where the parts of a panel are. */
export interface PanelPlace {
  /** The title in lines that fit. */
  readonly title: { readonly top: number; readonly text: string };
  readonly grid: { readonly left: number; readonly right: number; readonly top: number; readonly height: number };
  readonly legend: { readonly left: number; readonly top: number; readonly textWidth: number };
}

export interface Layout extends Measures {
  readonly height: number;
  readonly right: number;
  readonly panels: readonly PanelPlace[];
}

/** Where everything in a picture of a figure is, its panels one under the other. */
export function layoutOf({ panels, isPreview }: Figure, width: Width): Layout {
  const measures = MEASURES[width];
  const right = RIGHT[width];
  const isBeside = width === "page";
  const { head, left, bottom, fontSize, legendSymbol } = measures;
  const textWidth = isBeside ? LEGEND_WIDTH - 84 : measures.width - left - right - legendSymbol - GAP;
  const linesOf = (text: string, room: number, size: number): number => Math.ceil((text.length * LETTER * size) / room);
  // A preview says so above its first panel.
  let next = head === 0 && isPreview === true ? LINE * (fontSize + 2) : head;
  const places = panels.map((panel): PanelPlace => {
    const top = next;
    const titleLetters = Math.floor((measures.width - 2 * GAP) / (BOLD_LETTER * (fontSize + 2)));
    const text = wrapped(inSymbols(panel.title), titleLetters, "");
    const titleLines = isBeside || text === "" ? 0 : text.split("\n").length;
    const names = panel.x.names === undefined ? 0 : measures.names;
    const gridTop = top + measures.top + titleLines * LINE * (fontSize + 2);
    // As a page has always had it, names take from the axes; in a column there is nothing to take from.
    const height = measures.plot - (isBeside ? names : 0);
    const belowAxes = gridTop + height + bottom + (isBeside ? 0 : names);
    const legendLines = [...new Set(panel.series.map(nameOf))].map((name) => linesOf(name, textWidth, fontSize));
    const legendHeight = isBeside ? 0 : GAP + legendLines.reduce((sum, lines) => sum + lines, 0) * LINE * fontSize;
    next = isBeside ? top + measures.top + measures.plot + bottom : belowAxes + legendHeight + GAP;
    return {
      title: { top: top + (isBeside ? 12 : 4), text },
      grid: { left, right, top: gridTop, height },
      legend: isBeside
        ? { left: measures.width - LEGEND_WIDTH + 14, top: gridTop, textWidth }
        : { left, top: belowAxes, textWidth },
    };
  });
  return { ...measures, right, height: Math.ceil(next), panels: places };
}
