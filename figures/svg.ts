import type { CustomSeriesOption, EChartsOption, LineSeriesOption, ScatterSeriesOption, SeriesOption } from "echarts";
import { type Axis, axisName, type Figure, markOf, nameOf, type Panel, type Point, type Series } from "./figure.js";
import { type Layout, layoutOf, type Width } from "./layout.js";
import { logAxis } from "./log-axis.js";
import { dashOf, INK, inSymbols, type Look, looksOf, type Theme } from "./look.js";

/** More lines of one name than this form a bundle, drawn thin. */
const BUNDLE = 8;
/** Markers along a line, about. */
const MARKERS_ON_LINE = 6;
/** Replaces values <= 0 on a logarithmic axis: far outside the clipped picture. */
const LOG_OF_NOTHING = 1e-280;

/** Draws a figure as SVG, its panels one under the other: theory as lines, measurements as points with their intervals. */
export async function renderSvg(figure: Figure, theme: Theme, width: Width = "page"): Promise<string> {
  // Loaded lazily: it is large, and only drawing needs it.
  const { init } = await import("echarts");
  const layout = layoutOf(figure, width);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: layout.width, height: layout.height });
  try {
    chart.setOption(optionOf(figure, theme, layout));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function optionOf({ title, panels, isPreview }: Figure, theme: Theme, layout: Layout): EChartsOption {
  const { text, background, warning } = INK[theme];
  const quantities = [...new Set(panels.flatMap(({ series }) => series.map(({ quantity }) => quantity)))];
  const looks = looksOf(quantities, theme);
  const { width, fontSize: size, head } = layout;
  const heading = (words: string, y: number, fontSize: number) => ({
    text: words,
    left: head === 0 ? 4 : 16,
    top: y,
    textStyle: { color: text, fontSize },
  });
  return {
    animation: false,
    backgroundColor: background,
    textStyle: { fontFamily: "system-ui, sans-serif", color: text, fontSize: size },
    title: [
      ...(head === 0 ? [] : [heading(inSymbols(title), 14, size + 4)]),
      ...panels.flatMap((panel, i) =>
        panel.title === "" ? [] : [heading(layout.panels[i].title.text, layout.panels[i].title.top, size + 2)],
      ),
      ...(isPreview === true
        ? [
            {
              text: "PREVIEW: few and short runs",
              left: width - 16,
              textAlign: "right" as const,
              top: head === 0 ? 0 : 14,
              textStyle: { color: warning, fontSize: size + 2 },
            },
          ]
        : []),
    ],
    grid: layout.panels.map(({ grid }) => grid),
    legend: panels.map(({ series }, i) => ({
      // Lines without markers have none in the legend either.
      data: [...new Map(series.map((one) => [nameOf(one), one])).entries()].map(([name, one]) => ({
        name,
        itemStyle: { opacity: markOf(one) === "line" && !isMarked(one, series) ? 0 : 1 },
        ...(markOf(one) === "points" ? { icon: looks.get(one.quantity)?.marker ?? "circle" } : {}),
      })),
      orient: "vertical" as const,
      left: layout.panels[i].legend.left,
      top: layout.panels[i].legend.top,
      padding: 5,
      formatter: inSymbols,
      itemWidth: layout.legendSymbol,
      itemHeight: 10,
      itemGap: head === 0 ? 3 : 10,
      textStyle: {
        color: text,
        fontSize: size,
        width: layout.panels[i].legend.textWidth,
        overflow: "break" as const,
      },
    })),
    xAxis: panels.map((panel, i) => axisOption(panel, "x", i, theme, layout)),
    yAxis: panels.map((panel, i) => axisOption(panel, "y", i, theme, layout)),
    series: panels.flatMap((panel, i) => seriesOptions(panel, i, looks, { background, marker: layout.marker })),
  };
}

/** Lines have markers where several quantities have lines, and none of the same quantity has points that tell it. */
function isMarked(one: Series, all: readonly Series[]): boolean {
  const lines = new Set(all.filter((series) => markOf(series) === "line").map(({ quantity }) => quantity));
  return lines.size > 1 && all.filter(({ quantity }) => quantity === one.quantity).length <= BUNDLE;
}

function axisOption(panel: Panel, direction: "x" | "y", gridIndex: number, theme: Theme, layout: Layout) {
  const axis = panel[direction];
  const { text, faint } = INK[theme];
  return {
    type: axis.scale === "log" ? ("log" as const) : ("value" as const),
    gridIndex,
    name: inSymbols(axisName(axis)),
    nameLocation: "middle" as const,
    nameGap: layout.nameGaps[direction],
    nameTextStyle: { color: text, fontSize: layout.fontSize + 1 },
    axisLine: { show: true, onZero: false, lineStyle: { color: text } },
    ...(axis.scale === "log" ? logScale(panel, direction, theme, layout) : linearScale(axis, theme, layout)),
    ...(axis.scale === "linear" ? { splitLine: { lineStyle: { color: faint } } } : {}),
  };
}

function linearScale(axis: Axis, theme: Theme, { fontSize }: Layout) {
  return {
    // Fit the axis to the data, not to 0.
    scale: true,
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    ...namedAxis(axis),
    axisLabel: { color: INK[theme].text, fontSize, ...labelsOf(axis) },
  };
}

/** ECharts has no minor ticks on a logarithmic axis: all ticks are given. */
function logScale(panel: Panel, direction: "x" | "y", theme: Theme, { fontSize }: Layout) {
  const { text, faint } = INK[theme];
  const { min, max, labelled, ticks } = logAxis(panel[direction], panel.series, direction);
  return {
    min,
    max,
    axisTick: { show: true, customValues: [...ticks] },
    axisLabel: { color: text, fontSize, customValues: [...labelled], formatter: tickLabel },
    splitLine: { lineStyle: { color: faint }, customValues: [...labelled] },
  };
}

/** A categorical axis has one tick per name, and no grid lines in between. */
function namedAxis({ names }: Axis) {
  return names === undefined ? {} : { min: 0.5, max: names.length + 0.5, interval: 0.5, axisTick: { show: false } };
}

function labelsOf({ names }: Axis) {
  if (names === undefined) return {};
  return { rotate: 35, showMinLabel: false, showMaxLabel: false, formatter: (place: number) => names[place - 1] ?? "" };
}

/** The axis gives powers of ten with rounding errors. */
function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return rounded < 0.001 || rounded >= 1e6 ? rounded.toExponential() : rounded.toLocaleString("en");
}

function seriesOptions(
  panel: Panel,
  index: number,
  looks: ReadonlyMap<string, Look>,
  { background, marker: size }: { readonly background: string; readonly marker: number },
): SeriesOption[] {
  const counts = new Map<string, number>();
  for (const series of panel.series) counts.set(nameOf(series), (counts.get(nameOf(series)) ?? 0) + 1);
  return panel.series.flatMap((series): SeriesOption[] => {
    const name = nameOf(series);
    const { colour, marker } = looks.get(series.quantity) ?? { colour: "", marker: "circle" };
    // Unnamed, so that bands and bars do not appear in the legend.
    const unnamed = { xAxisIndex: index, yAxisIndex: index, color: colour, silent: true };
    const named = { ...unnamed, name };
    const points = series.points.filter((point) => isWithin(point.x, panel.x) && isWithin(point.y, panel.y));
    const ranges = points.filter(({ low, high }) => low !== undefined && high !== undefined);
    const logarithmic = panel.y.scale === "log";
    if (markOf(series) === "points") {
      // What is from elsewhere, and not simulated, is open.
      const fill = series.role === "simulated" ? colour : background;
      return [
        ...(ranges.length === 0 ? [] : [{ ...unnamed, ...errorBars(ranges, logarithmic) }]),
        { ...named, ...dots(points, marker, size, { color: fill, borderColor: colour, borderWidth: 1.4 }) },
      ];
    }
    const bundled = (counts.get(name) ?? 0) > BUNDLE;
    const lineStyle = { ...lineStyleOf(series, bundled), color: colour };
    const bands = ranges.length === 0 ? [] : [{ ...unnamed, ...band(ranges, logarithmic) }];
    if (!isMarked(series, panel.series)) return [...bands, { ...named, ...line(points, bundled), lineStyle }];
    const open = { color: background, borderColor: colour, borderWidth: 1.4 };
    return [
      ...bands,
      // Without data: it is what the legend shows of the line and its markers.
      {
        ...named,
        type: "line",
        data: [],
        symbol: marker,
        symbolSize: size,
        symbolKeepAspect: true,
        itemStyle: open,
        lineStyle,
      },
      { ...unnamed, ...line(points, bundled), lineStyle },
      { ...unnamed, ...dots(someOf(points), marker, size, open) },
    ];
  });
}

interface MarkerPaint {
  readonly color: string;
  readonly borderColor: string;
  readonly borderWidth: number;
}

/** Whether an axis can show a value. */
function isWithin(
  value: number,
  { scale, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Axis,
): boolean {
  return Number.isFinite(value) && value >= min && value <= max && (scale === "linear" || value > 0);
}

function lineStyleOf(series: Series, bundled: boolean) {
  return { type: dashOf(series), width: bundled ? 0.7 : 1.8, opacity: bundled ? 0.55 : 1 };
}

function line(points: readonly Point[], bundled: boolean): LineSeriesOption {
  return { type: "line", data: points.map(({ x, y }) => [x, y]), symbol: "none", z: bundled ? 2 : 3 };
}

/** A few points along a line: enough for markers to tell whose it is. */
function someOf(points: readonly Point[]): Point[] {
  const every = Math.max(1, Math.round(points.length / MARKERS_ON_LINE));
  return points.filter((_, i) => i % every === Math.floor(every / 2));
}

/** Not clipped, so that those at an edge are whole. */
function dots(
  points: readonly Point[],
  symbol: string,
  symbolSize: number,
  itemStyle: MarkerPaint,
): ScatterSeriesOption {
  return {
    type: "scatter",
    data: points.map(({ x, y }) => [x, y]),
    symbol,
    symbolSize,
    symbolKeepAspect: true,
    itemStyle,
    clip: false,
    z: 5,
  };
}

/** Data of [x, low, high]; on a logarithmic axis a low end <= 0 extends beyond the picture without affecting the axis range. */
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
