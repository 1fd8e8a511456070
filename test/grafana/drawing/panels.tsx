import {
  type DataFrame,
  dateTime,
  FieldType,
  type GrafanaTheme2,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  type TimeRange,
} from "@grafana/data";
import { LegendDisplayMode, type ReduceDataOptions, VizOrientation } from "@grafana/schema";
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  type BigValueJustifyMode,
  type BigValueTextMode,
  Table,
  TimeSeries,
  type UPlotConfigBuilder,
  VizRepeater,
} from "@grafana/ui";
import type { ReactNode } from "react";
import type { Answers, Mark } from "./answers.js";
import type { PanelJson } from "./dashboard-json.js";

export interface PanelProps {
  readonly panel: PanelJson;
  readonly frames: DataFrame[];
  readonly answers: Answers;
  readonly theme: GrafanaTheme2;
  readonly width: number;
  readonly height: number;
}

/** The names of the lines, values or columns that a panel shows. */
export function namesShown({ type }: PanelJson, frames: DataFrame[]): string[] {
  return frames.flatMap((frame) =>
    frame.fields
      .filter((field) => type === "table" || field.type === FieldType.number)
      .filter((field) => field.values.some((value) => value !== null && !Number.isNaN(value)))
      .map((field) => getFieldDisplayName(field, frame, frames)),
  );
}

/** What a panel of its type is drawn by. */
export function content(props: PanelProps): ReactNode {
  if (props.frames.every(({ length }) => length === 0)) return <p className="no-data">{noValue(props.panel)}</p>;
  if (props.panel.type === "timeseries") return <TimeSeriesPanel {...props} />;
  if (props.panel.type === "stat") return <StatPanel {...props} />;
  if (props.panel.type === "table") return <TablePanel {...props} />;
  throw new Error(`${props.panel.title} is a ${props.panel.type}, which nothing here draws`);
}

function noValue({ fieldConfig }: PanelJson): string {
  return String(fieldConfig?.defaults.noValue ?? "No data");
}

function rangeOf({ from, to }: Answers): TimeRange {
  const [first, last] = [dateTime(1000 * from), dateTime(1000 * to)];
  return { from: first, to: last, raw: { from: first, to: last } };
}

function TimeSeriesPanel({ panel, frames, answers, width, height }: PanelProps): ReactNode {
  const hidden = { showLegend: false, displayMode: LegendDisplayMode.List, placement: "bottom", calcs: [] } as const;
  return (
    <TimeSeries
      frames={frames}
      timeRange={rangeOf(answers)}
      timeZone="utc"
      width={width}
      height={height}
      legend={panel.options?.legend ?? { ...hidden, calcs: [] }}
    >
      {(config: UPlotConfigBuilder) => {
        config.addHook("draw", (plot) => drawMarks(plot, answers.marks));
        return null;
      }}
    </TimeSeries>
  );
}

/** As Grafana does it: a broken line at each event. */
function drawMarks({ ctx, bbox, valToPos }: Pick<uPlot, "ctx" | "bbox" | "valToPos">, marks: readonly Mark[]): void {
  ctx.save();
  ctx.setLineDash([5, 4]);
  for (const { seconds, colour } of marks) {
    const x = valToPos(1000 * seconds, "x", true);
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** The options of a stat panel that the dashboards set. */
interface StatOptions {
  readonly colorMode?: BigValueColorMode;
  readonly justifyMode?: BigValueJustifyMode;
  readonly textMode?: BigValueTextMode;
  readonly orientation?: VizOrientation;
  readonly reduceOptions?: ReduceDataOptions;
}

function StatPanel({ panel, frames, theme, width, height }: PanelProps): ReactNode {
  const options = (panel.options ?? {}) as StatOptions;
  const values = () =>
    getFieldDisplayValues({
      fieldConfig: { defaults: {}, overrides: [] },
      reduceOptions: { values: false, calcs: ["lastNotNull"], ...options.reduceOptions },
      replaceVariables: (text) => text,
      ...{ theme, data: frames, timeZone: "utc" },
    });
  return (
    <VizRepeater
      source={frames}
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width: own, height: ownHeight, count }) => (
        <BigValue
          value={value.display}
          count={count}
          colorMode={options.colorMode ?? BigValueColorMode.Value}
          graphMode={BigValueGraphMode.None}
          {...(options.justifyMode === undefined ? {} : { justifyMode: options.justifyMode })}
          {...(options.textMode === undefined ? {} : { textMode: options.textMode })}
          alignmentFactors={alignmentFactors}
          width={own}
          height={ownHeight}
          theme={theme}
        />
      )}
      width={width}
      height={height}
      renderCounter={0}
      itemSpacing={3}
      autoGrid={true}
      orientation={options.orientation ?? VizOrientation.Auto}
    />
  );
}

function TablePanel({ frames, width, height }: PanelProps): ReactNode {
  return <Table data={frames[0]} width={width} height={height} />;
}
