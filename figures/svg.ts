import type { CustomSeriesOption, EChartsOption, LineSeriesOption, ScatterSeriesOption, SeriesOption } from "echarts";
import { type Axis, axisName, type Figure, markOf, nameOf, type Panel, type Point, type Series } from "./figure.js";

export type Theme = "light" | "dark";

const WIDTH = 940;
const PANEL_HEIGHT = 400;
const MARGIN = { left: 78, right: 232, top: 64, bottom: 58 } as const;

const INK: Readonly<Record<Theme, { readonly text: string; readonly faint: string; readonly background: string }>> = {
  light: { text: "#1c2430", faint: "#d9dee5", background: "#ffffff" },
  dark: { text: "#dde3ea", faint: "#39424e", background: "#14181d" },
};
/** One colour for each quantity, told apart by those who see few colours too (after Okabe and Ito 2008). */
const COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#d55e00", "#009e73", "#a8519a", "#8a6d00", "#5a6b7b", "#1b9fc9"],
  dark: ["#56b4e9", "#ff8c42", "#2fd0a0", "#e29bd1", "#e6c619", "#a7b6c5", "#8fd8ff"],
};
const LINE_TYPES: Readonly<Record<Series["role"], "solid" | "dashed" | "dotted">> = {
  simulated: "solid",
  live: "solid",
  paper: "solid",
  refined: "solid",
  exact: "solid",
  limit: "dashed",
  bound: "dotted",
};
const SYMBOLS: Readonly<Record<Series["role"], string>> = {
  simulated: "circle",
  live: "diamond",
  paper: "rect",
  refined: "triangle",
  exact: "triangle",
  limit: "triangle",
  bound: "triangle",
};
/** Room for names that lean. */
const NAMES_HEIGHT = 36;
/** More lines than these of one name are a bundle: drawn thin. */
const BUNDLE = 8;
/** Stands for anything not above 0 on a logarithmic axis: far outside the picture, which cuts it off. */
const LOG_OF_NOTHING = 1e-280;

/** Draws a figure as SVG, its panels one under the other: theory as lines, measurements as points with their intervals. */
export async function renderSvg(figure: Figure, theme: Theme): Promise<string> {
  // Loaded here and not above: only drawing needs it, and it is large.
  const { init } = await import("echarts");
  const height = figure.panels.length * PANEL_HEIGHT + 20;
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption(optionOf(figure, theme));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function optionOf({ title, panels }: Figure, theme: Theme): EChartsOption {
  const { text, background } = INK[theme];
  const quantities = [...new Set(panels.flatMap(({ series }) => series.map(({ quantity }) => quantity)))];
  const colourOf = (quantity: string): string => {
    const colours = COLOURS[theme];
    return colours[quantities.indexOf(quantity) % colours.length];
  };
  const headings = panels.map((panel, i) => ({
    text: panel.title === "" ? title : `${title}: ${panel.title}`,
    left: 16,
    top: i * PANEL_HEIGHT + 16,
    textStyle: { color: text, fontSize: 15 },
  }));
  return {
    animation: false,
    backgroundColor: background,
    textStyle: { fontFamily: "system-ui, sans-serif", color: text },
    title: headings,
    grid: panels.map((_, i) => ({
      left: MARGIN.left,
      right: MARGIN.right,
      top: i * PANEL_HEIGHT + MARGIN.top,
      height: PANEL_HEIGHT - MARGIN.top - MARGIN.bottom - (panels[i].x.names === undefined ? 0 : NAMES_HEIGHT),
    })),
    legend: panels.map(({ series }, i) => ({
      // A line is shown as a line, without the dot that a legend would put on it.
      data: [...new Map(series.map((one) => [nameOf(one), one])).entries()].map(([name, one]) => ({
        name,
        itemStyle: { opacity: markOf(one) === "line" ? 0 : 1 },
      })),
      orient: "vertical" as const,
      left: WIDTH - MARGIN.right + 14,
      top: i * PANEL_HEIGHT + MARGIN.top,
      textStyle: { color: text, fontSize: 12, width: MARGIN.right - 60, overflow: "break" as const },
    })),
    xAxis: panels.map(({ x }, i) => axisOption(x, i, theme, 34)),
    yAxis: panels.map(({ y }, i) => axisOption(y, i, theme, 56)),
    series: panels.flatMap((panel, i) => seriesOptions(panel, i, colourOf)),
  };
}

function axisOption(axis: Axis, gridIndex: number, theme: Theme, nameGap: number) {
  const { text, faint } = INK[theme];
  return {
    type: axis.scale === "log" ? ("log" as const) : ("value" as const),
    gridIndex,
    name: axisName(axis),
    nameLocation: "middle" as const,
    nameGap,
    nameTextStyle: { color: text, fontSize: 13 },
    // Room is made for what is there, not for 0.
    scale: true,
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    ...namedAxis(axis),
    axisLabel: { color: text, ...labelsOf(axis) },
    axisLine: { show: true, onZero: false, lineStyle: { color: text } },
    splitLine: { lineStyle: { color: faint } },
  };
}

/** An axis that lists things has a place for each, and no line of the grid in between. */
function namedAxis({ names }: Axis) {
  return names === undefined ? {} : { min: 0.5, max: names.length + 0.5, interval: 0.5, axisTick: { show: false } };
}

function labelsOf({ names, scale }: Axis) {
  if (names === undefined) return scale === "log" ? { formatter: tickLabel } : {};
  return { rotate: 35, showMinLabel: false, showMaxLabel: false, formatter: (place: number) => names[place - 1] ?? "" };
}

/** Powers of ten come out of the axis with what rounding has left of them. */
function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return rounded < 0.001 || rounded >= 1e6 ? rounded.toExponential() : rounded.toLocaleString("en");
}

function seriesOptions(panel: Panel, index: number, colourOf: (quantity: string) => string): SeriesOption[] {
  const counts = new Map<string, number>();
  for (const series of panel.series) counts.set(nameOf(series), (counts.get(nameOf(series)) ?? 0) + 1);
  return panel.series.flatMap((series): SeriesOption[] => {
    const name = nameOf(series);
    // Without a name: the legend is about lines and points, not about their bands and bars.
    const unnamed = { xAxisIndex: index, yAxisIndex: index, color: colourOf(series.quantity), silent: true };
    const named = { ...unnamed, name };
    const points = series.points.filter(
      ({ x, y }) =>
        Number.isFinite(y) && (panel.x.scale === "linear" || x > 0) && (panel.y.scale === "linear" || y > 0),
    );
    const ranges = points.filter(({ low, high }) => low !== undefined && high !== undefined);
    const logarithmic = panel.y.scale === "log";
    if (markOf(series) === "points") {
      return [
        ...(ranges.length === 0 ? [] : [{ ...unnamed, ...errorBars(ranges, logarithmic) }]),
        { ...named, ...dots(points, series) },
      ];
    }
    const bundled = (counts.get(name) ?? 0) > BUNDLE;
    return [
      ...(ranges.length === 0 ? [] : [{ ...unnamed, ...band(ranges, logarithmic) }]),
      { ...named, ...line(points, series, bundled) },
    ];
  });
}

function line(points: readonly Point[], { role }: Series, bundled: boolean): LineSeriesOption {
  return {
    type: "line",
    data: points.map(({ x, y }) => [x, y]),
    symbol: "none",
    lineStyle: { type: LINE_TYPES[role], width: bundled ? 0.7 : 1.8, opacity: bundled ? 0.55 : 1 },
    z: bundled ? 2 : 3,
  };
}

function dots(points: readonly Point[], { role }: Series): ScatterSeriesOption {
  return { type: "scatter", data: points.map(({ x, y }) => [x, y]), symbol: SYMBOLS[role], symbolSize: 7, z: 5 };
}

/** Data of [x, low, high]; on a logarithmic axis a low end at or below 0 runs out of the picture and makes no room for itself. */
function rangeData(points: readonly Point[], logarithmic: boolean) {
  return {
    data: points.map(({ x, y, low = y, high = y }) => [x, logarithmic ? Math.max(low, LOG_OF_NOTHING) : low, high]),
    encode: { x: 0, y: logarithmic ? [2] : [1, 2] },
    clip: true,
  };
}

function errorBars(points: readonly Point[], logarithmic: boolean): CustomSeriesOption {
  return {
    type: "custom",
    ...rangeData(points, logarithmic),
    z: 4,
    renderItem: (_, api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const style = { stroke: String(api.visual("color")), lineWidth: 1.3 };
      const bar = (x1: number, y1: number, x2: number, y2: number) =>
        ({ type: "line", shape: { x1, y1, x2, y2 }, style }) as const;
      return {
        type: "group",
        children: [bar(x, low, x, high), bar(x - 4, low, x + 4, low), bar(x - 4, high, x + 4, high)],
      };
    },
  };
}

function band(points: readonly Point[], logarithmic: boolean): CustomSeriesOption {
  const { data, ...rest } = rangeData(points, logarithmic);
  return {
    type: "custom",
    data,
    ...rest,
    z: 2,
    renderItem: ({ dataIndex }, api) => {
      // One polygon for all points, drawn with the first.
      if (dataIndex > 0) return null;
      const lower = data.map(([x, low]) => api.coord([x, low]));
      const upper = data.map(([x, , high]) => api.coord([x, high])).reverse();
      return {
        type: "polygon",
        shape: { points: [...lower, ...upper] },
        style: { fill: String(api.visual("color")), opacity: 0.16 },
      };
    },
  };
}
