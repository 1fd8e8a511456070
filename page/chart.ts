import uPlot from "uplot";
import type { RunEvent } from "../live/http/page-feed.js";
import { axisNumber, decades, powersOfTen, valueRange } from "./axis.js";
import { markerPath, type SeriesStyle, swatch } from "./chart-style.js";
import { element, setText } from "./element.js";
import { drawEvents } from "./event-marks.js";
import { formatNumber } from "./format.js";
import { type Colour, colour, onThemeChange } from "./theme.js";

export interface ChartSeries {
  readonly label: string;
  readonly colour: Colour;
  readonly style: SeriesStyle;
  readonly values: readonly (number | null)[];
  /** Whether it has its own legend entry. */
  readonly inLegend?: boolean;
  /** Fills the area down to the previous series. */
  readonly filledToPrevious?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logarithmic?: boolean;
  /** Whether the vertical axis starts at 0. */
  readonly fromZero?: boolean;
  /** Where the vertical axis ends; by default where the data do. */
  readonly upTo?: number;
  readonly low?: boolean;
  /** Whether the horizontal axis counts something; otherwise it is continuous. */
  readonly counts?: boolean;
  /** Whether the horizontal axis is time, whose latest values the legend shows. */
  readonly overTime?: boolean;
}

export interface ChartData {
  readonly x: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Drawn as vertical lines, numbered from 1 as in the list of events. */
  readonly events?: readonly RunEvent[];
}

/** The font size, in pixels, for which line widths are given. */
const SMALL_TYPE = 12;
const COUNTING_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** A uPlot chart that adapts to the theme, its size and its font size, with a legend of the latest values or those under the pointer. */
export class Chart {
  readonly root: HTMLElement;
  private readonly host: HTMLElement;
  private readonly legend = element("ul", "legend");
  private plot: uPlot | undefined;
  private shape = "";
  private fontSize = 0;
  private data: ChartData = { x: [], series: [] };

  constructor(private readonly options: ChartOptions) {
    this.host = element("div", options.low === true ? "chart low" : "chart");
    this.host.setAttribute("role", "img");
    this.root = element("div", "plot", this.host, this.legend);
    new ResizeObserver(() => this.resize()).observe(this.host);
    onThemeChange(() => this.rebuild());
  }

  update(data: ChartData): void {
    this.data = data;
    const shape = data.series.map(({ label, style }) => `${label}/${JSON.stringify(style)}`).join("|");
    if (shape !== this.shape) {
      this.shape = shape;
      this.rebuild();
    } else this.plot?.setData(aligned(data));
    this.showValues(null);
    this.describe();
  }

  private resize(): void {
    if (this.currentFontSize() === this.fontSize) this.plot?.setSize(this.size());
    else this.rebuild();
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (this.data.series.length === 0) return;
    this.fontSize = this.currentFontSize();
    this.plot = new uPlot(this.plotOptions(), aligned(this.data), this.host);
    this.fillLegend();
  }

  private currentFontSize(): number {
    return Number.parseFloat(getComputedStyle(this.host).fontSize);
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.host.clientWidth), height: Math.max(100, this.host.clientHeight) };
  }

  private plotOptions(): uPlot.Options {
    const { xLabel, yLabel, counts } = this.options;
    const font = `${this.fontSize}px system-ui, "DejaVu Sans", sans-serif`;
    const axis = (label: string, size: number): uPlot.Axis => ({
      label,
      size: size * this.fontSize,
      labelSize: 1.5 * this.fontSize,
      labelFont: font,
      font,
      gap: 0.4 * this.fontSize,
      stroke: colour("quiet"),
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { stroke: colour("grid"), width: 1 },
      values: (_plot, splits) => splits.map((split) => (split === null ? "" : axisNumber(split))),
    });
    return {
      ...this.size(),
      padding: [this.fontSize, this.fontSize, 0, 0],
      series: [{}, ...this.data.series.map((series) => toPlotSeries(series, this.fontSize / SMALL_TYPE))],
      bands: this.data.series.flatMap((series, i) =>
        series.filledToPrevious === true ? [{ series: [i + 1, i] as [number, number], fill: colour("band") }] : [],
      ),
      axes: [
        { ...axis(xLabel, 2.4), space: 4.5 * this.fontSize, ...(counts === true ? { incrs: COUNTING_STEPS } : {}) },
        {
          ...axis(yLabel, 4.2),
          space: 2.5 * this.fontSize,
          ...(this.options.logarithmic === true ? { splits: (_plot, _axis, low, high) => powersOfTen(low, high) } : {}),
        },
      ],
      scales: this.scales(),
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      hooks: {
        draw: [(plot) => drawEvents(plot, this.data.events ?? [], this.fontSize)],
        drawSeries: [(plot, series) => this.drawMarkers(plot, series)],
        setCursor: [(plot) => this.showValues(plot.cursor.idx ?? null)],
      },
    };
  }

  private scales(): uPlot.Scales {
    const { logarithmic, fromZero, upTo, counts } = this.options;
    return {
      x: {
        time: false,
        ...(counts === true ? { range: (_plot, low, high) => [(low ?? 0) - 0.5, (high ?? 1) + 0.5] } : {}),
      },
      y:
        logarithmic === true
          ? { distr: 3, range: (_plot, low, high) => decades(low, high) }
          : {
              range: (_plot, low, high) => {
                const [least, most] = valueRange(low, high, fromZero === true);
                return [least, upTo ?? most];
              },
            },
    };
  }

  private drawMarkers(plot: uPlot, index: number): void {
    const { style, colour: name, values } = this.data.series[index - 1];
    if (style.marker === undefined) return;
    const { ctx } = plot;
    const many = values.length > 300 ? 0.5 : values.length > 100 ? 0.75 : 1;
    const radius = 0.33 * this.fontSize * many * devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = colour(name);
    ctx.fillStyle = style.marker === "dot" ? colour(name) : colour("card");
    ctx.lineWidth = style.width * devicePixelRatio;
    for (const [i, value] of values.entries()) {
      if (value === null) continue;
      const [x, y] = [plot.valToPos(this.data.x[i], "x", true), plot.valToPos(value, "y", true)];
      const path = markerPath(style.marker, x, y, radius);
      ctx.fill(path);
      if (style.marker !== "dot") ctx.stroke(path);
    }
    ctx.restore();
  }

  private fillLegend(): void {
    this.legend.replaceChildren(
      ...this.legendEntries().map((series) =>
        element("li", "", swatch(series.colour, series.style), element("span", "", series.label), element("span")),
      ),
    );
  }

  private legendEntries(): readonly ChartSeries[] {
    return this.data.series.filter(({ inLegend }) => inLegend !== false);
  }

  /** Fills in the values at a point; those of the last one for null. */
  private showValues(index: number | null): void {
    for (const [i, { values }] of this.legendEntries().entries()) {
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
    const latest = this.legendEntries().map(({ label, values }) => `${label} ${formatNumber(lastOf(values))}`);
    this.host.setAttribute("aria-label", `${this.options.title}: ${latest.join(", ")}`);
  }
}

function lastOf(values: readonly (number | null)[]): number | null | undefined {
  return values.findLast((value) => value !== null);
}

function aligned({ x, series }: ChartData): uPlot.AlignedData {
  return [x as number[], ...series.map(({ values }) => values as (number | null)[])];
}

/** @param enlarged how much larger than usual the chart is: in a lecture hall lines are thicker, too */
function toPlotSeries({ colour: name, style }: ChartSeries, enlarged: number): uPlot.Series {
  const { width, dash, marker, isBars } = style;
  return {
    stroke: colour(name),
    width: width * enlarged,
    spanGaps: true,
    points: { show: false },
    ...(dash === undefined ? {} : { dash: dash.map((length) => length * enlarged) }),
    // Markers are drawn over all lines, in shapes that uPlot does not have.
    ...(marker === undefined ? {} : { paths: () => null }),
    ...(isBars === true ? { paths: uPlot.paths.bars?.({ size: [0.7, 60] }) ?? null, fill: colour("band") } : {}),
  } as uPlot.Series;
}
