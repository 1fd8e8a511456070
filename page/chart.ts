import uPlot from "uplot";
import type { RunEvent } from "../live/page-feed.js";
import { axisNumber, decades, powersOfTen, valueRange } from "./axis.js";
import { element, setText } from "./element.js";
import { formatNumber } from "./format.js";
import { type Colour, colour, onThemeChange } from "./theme.js";

export type SeriesStyle = "strong" | "thin" | "dashed" | "dotted" | "points" | "circles" | "bars";

export interface ChartSeries {
  readonly label: string;
  readonly colour: Colour;
  readonly style: SeriesStyle;
  readonly values: readonly (number | null)[];
  /** Whether it has an entry of its own in the legend. */
  readonly inLegend?: boolean;
  /** Fills the space down to the series before this one. */
  readonly filledToPrevious?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logarithmic?: boolean;
  /** Whether the vertical axis starts at 0. */
  readonly fromZero?: boolean;
  readonly low?: boolean;
  /** Whether the horizontal axis counts something; else it is continuous. */
  readonly counts?: boolean;
  /** Whether the horizontal axis is time, whose latest values the legend shows. */
  readonly overTime?: boolean;
}

export interface ChartData {
  readonly x: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Marked by vertical lines. */
  readonly events?: readonly RunEvent[];
}

const AXIS_FONT = '12px system-ui, "DejaVu Sans", sans-serif';
const COUNTING_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const WIDTHS: Readonly<Record<SeriesStyle, number>> = {
  strong: 2.5,
  thin: 1,
  dashed: 1.5,
  dotted: 1.5,
  points: 0,
  circles: 0,
  bars: 1,
};

/** A chart by uPlot that follows the theme and its own width, with a legend that shows the latest values or those pointed at. */
export class Chart {
  readonly root: HTMLElement;
  private readonly host: HTMLElement;
  private readonly legend = element("ul", "legend");
  private plot: uPlot | undefined;
  private shape = "";
  private data: ChartData = { x: [], series: [] };

  constructor(private readonly options: ChartOptions) {
    this.host = element("div", options.low === true ? "chart low" : "chart");
    this.host.setAttribute("role", "img");
    this.root = element("div", "", this.host, this.legend);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.host);
    onThemeChange(() => this.rebuild());
  }

  update(data: ChartData): void {
    this.data = data;
    const shape = data.series.map(({ label, style }) => `${label}/${style}`).join("|");
    if (shape !== this.shape) {
      this.shape = shape;
      this.rebuild();
    } else this.plot?.setData(aligned(data));
    this.showValues(null);
    this.describe();
  }

  private rebuild(): void {
    this.plot?.destroy();
    if (this.data.series.length === 0) return;
    this.plot = new uPlot(this.plotOptions(), aligned(this.data), this.host);
    this.fillLegend();
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.host.clientWidth), height: this.host.clientHeight };
  }

  private plotOptions(): uPlot.Options {
    const { xLabel, yLabel, logarithmic, fromZero, counts } = this.options;
    const axis = (label: string, size: number): uPlot.Axis => ({
      label,
      size,
      labelSize: 18,
      labelFont: AXIS_FONT,
      font: AXIS_FONT,
      stroke: colour("quiet"),
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { stroke: colour("grid"), width: 1 },
      values: (_plot, splits) => splits.map((split) => (split === null ? "" : axisNumber(split))),
    });
    return {
      ...this.size(),
      padding: [8, 12, 0, 0],
      series: [{}, ...this.data.series.map(toPlotSeries)],
      bands: this.data.series.flatMap((series, i) =>
        series.filledToPrevious === true ? [{ series: [i + 1, i] as [number, number], fill: colour("band") }] : [],
      ),
      axes: [
        { ...axis(xLabel, 30), ...(counts === true ? { incrs: COUNTING_STEPS } : {}) },
        {
          ...axis(yLabel, 50),
          ...(logarithmic === true ? { splits: (_plot, _axis, low, high) => powersOfTen(low, high) } : {}),
        },
      ],
      scales: {
        x: {
          time: false,
          ...(counts === true ? { range: (_plot, low, high) => [(low ?? 0) - 0.5, (high ?? 1) + 0.5] } : {}),
        },
        y:
          logarithmic === true
            ? { distr: 3, range: (_plot, low, high) => decades(low, high) }
            : { range: (_plot, low, high) => valueRange(low, high, fromZero === true) },
      },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      hooks: {
        draw: [(plot) => this.drawEvents(plot)],
        setCursor: [(plot) => this.showValues(plot.cursor.idx ?? null)],
      },
    };
  }

  private drawEvents(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour("event");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    const [first = 0, last = 0] = [this.data.x[0], this.data.x[this.data.x.length - 1]];
    for (const { time } of this.data.events ?? []) {
      if (time < first || time > last) continue;
      const x = Math.round(plot.valToPos(time, "x", true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  private fillLegend(): void {
    const entries = this.data.series.filter(({ inLegend }) => inLegend !== false);
    this.legend.replaceChildren(
      ...entries.map((series) => element("li", "", swatch(series), element("span", "", series.label), element("span"))),
    );
  }

  /** Fills in the values at a point; those of the last one for null. */
  private showValues(index: number | null): void {
    const entries = this.data.series.filter(({ inLegend }) => inLegend !== false);
    for (const [i, { values }] of entries.entries()) {
      const last = this.options.overTime === true ? lastOf(values) : undefined;
      const value = index === null ? last : values[index];
      const shown = this.legend.children[i]?.lastElementChild;
      if (shown !== null && shown !== undefined) setText(shown, value === undefined ? "" : ` ${formatNumber(value)}`);
    }
    const event =
      index === null ? undefined : this.data.events?.findLast(({ time }) => time <= (this.data.x[index] ?? 0));
    this.host.title = event === undefined ? "" : `${event.text} (at ${formatNumber(event.time)})`;
  }

  private describe(): void {
    const entries = this.data.series.filter(({ inLegend }) => inLegend !== false);
    const latest = entries.map(({ label, values }) => `${label} ${formatNumber(lastOf(values))}`).join(", ");
    this.host.setAttribute("aria-label", `${this.options.title}: ${latest}`);
  }
}

function lastOf(values: readonly (number | null)[]): number | null | undefined {
  return values.findLast((value) => value !== null);
}

function aligned({ x, series }: ChartData): uPlot.AlignedData {
  return [x as number[], ...series.map(({ values }) => values as (number | null)[])];
}

function toPlotSeries({ colour: name, style }: ChartSeries): uPlot.Series {
  const stroke = colour(name);
  const markers = style === "points" || style === "circles";
  return {
    stroke,
    width: WIDTHS[style],
    spanGaps: true,
    points: markers
      ? { show: true, size: 7, stroke, width: 1.5, fill: style === "points" ? stroke : colour("grid") }
      : { show: false },
    ...(markers ? { paths: () => null } : {}),
    ...(style === "dashed" ? { dash: [7, 4] } : {}),
    ...(style === "dotted" ? { dash: [2, 3] } : {}),
    ...(style === "bars" ? { paths: uPlot.paths.bars?.({ size: [0.7, 60] }) ?? null, fill: colour("band") } : {}),
  } as uPlot.Series;
}

/** The legend's picture of a series. */
function swatch({ colour: name, style }: ChartSeries): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", "22");
  svg.setAttribute("height", "10");
  svg.setAttribute("aria-hidden", "true");
  const marker = style === "points" || style === "circles";
  const shape = document.createElementNS(svg.namespaceURI, marker ? "circle" : "path") as SVGElement;
  const attributes: Record<string, string> = marker
    ? { cx: "11", cy: "5", r: "3.5" }
    : { d: style === "bars" ? "M6 9V2h10v7z" : "M1 5h20" };
  const paint: Record<string, string> = {
    stroke: `var(--${name})`,
    fill: style === "points" ? `var(--${name})` : style === "bars" ? "var(--band)" : "none",
    "stroke-width": style === "strong" ? "2.5" : "1.5",
    "stroke-dasharray": style === "dashed" ? "5 3" : style === "dotted" ? "2 2" : "none",
  };
  for (const [key, value] of Object.entries({ ...attributes, ...paint })) shape.setAttribute(key, value);
  svg.append(shape);
  return svg;
}
