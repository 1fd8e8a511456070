import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  type DataSourceRef,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import { DASHES, type LineStyle, PREDICTION_NAME, SHORT_NAMES, STYLES, VERDICTS } from "./styles.js";

/** The data source selected at the top of a dashboard. */
const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "$datasource" };
/** Tag of every dashboard, used for the links between them. */
const TAG = "equipoise";

/** Selects the dispatchers that the user chooses at the top of a dashboard. */
export const HERE = 'instance=~"$instance"';

/** One query of a panel, and its line style. */
interface PanelQuery {
  readonly expression: string;
  readonly legend: string;
  readonly style?: LineStyle;
}

/** From a value on, what is shown has this colour. */
interface Threshold {
  readonly from: number;
  readonly colour: "green" | "yellow" | "red" | "orange";
}

export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  /** A Grafana unit; `suffix:...` for a custom one. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** In columns, of 24. */
  readonly width?: number;
  /** In rows. */
  readonly height?: number;
  /** The least and the greatest value that there can be. */
  readonly min?: number;
  readonly max?: number;
  /** What is shown where there is nothing: when there would be something. */
  readonly noValue?: string;
  /** Where the legend is; to the right where there are many lines. */
  readonly legendAt?: LegendPlacement;
  /** Rising; below the first the colour is green. */
  readonly thresholds?: readonly Threshold[];
}

const refId = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

/** What all panels have in common. */
function common<Panel extends TimeSeriesPanel | StatPanel | TablePanel>(
  panel: Panel,
  { title, description, unit, min, max, noValue, thresholds = [] }: PanelOptions,
): Panel {
  panel.title(title).description(description).unit(unit).datasource(DATA_SOURCE);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (noValue !== undefined) panel.noValue(noValue);
  const steps = [
    { value: null as unknown as number, color: "green" },
    ...thresholds.map(({ from, colour }) => ({ value: from, color: colour })),
  ];
  if (thresholds.length > 0) panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
  return panel;
}

/** A time series chart, whose legend names every line and says its last value. */
export function timeSeries(options: PanelOptions): TimeSeriesPanel {
  const { queries, width = 12, height = 8, thresholds = [], legendAt = LegendPlacement.Bottom } = options;
  const panel = common(new TimeSeriesPanel(), options)
    .height(height)
    .span(width)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .spanNulls(true)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(legendAt)
        .calcs(["lastNotNull"]),
    );
  const [, unit] = /^suffix:(.*)$/.exec(options.unit) ?? [];
  // Once at the axis, and not at every tick.
  if (unit !== undefined) panel.unit("none").axisLabel(unit);
  if (thresholds.length > 0)
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  for (const [i, { expression, legend, style }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).range());
    if (style !== undefined) panel.overrideByQuery(refId(i), STYLES[style]);
  }
  if (queries.some(({ legend }) => legend === PREDICTION_NAME)) nameKinds(panel);
  return panel;
}

function nameKinds(panel: TimeSeriesPanel): void {
  for (const options of SHORT_NAMES) panel.withTransformation({ id: "renameByRegex", options });
  for (const [kind, dash] of Object.entries(DASHES))
    panel.overrideByRegexp(`/^${kind}\\b/`, [
      { id: "custom.lineStyle", value: { fill: "dash", dash } },
      ...(kind === "limit" ? [{ id: "color", value: { mode: "fixed", fixedColor: "purple" } }] : []),
    ]);
}

/** A few current values, coloured by thresholds if there are any. */
export function stat(options: PanelOptions): StatPanel {
  const { queries, width = 4, height = 4, thresholds = [] } = options;
  const panel = common(new StatPanel(), options)
    .height(height)
    .span(width)
    .graphMode(BigValueGraphMode.None)
    .colorMode(thresholds.length > 0 ? BigValueColorMode.Value : BigValueColorMode.None)
    .textMode(queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto);
  for (const [i, { expression, legend }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).instant());
  }
  return panel;
}

/** The verdict on each run of an expression with a label `verdict`, in words and colours. */
export function verdictStat(options: PanelOptions): StatPanel {
  const panel = stat(options).textMode(BigValueTextMode.Name).colorMode(BigValueColorMode.Background);
  for (const { verdict, text, colour } of VERDICTS) {
    panel.overrideByName(verdict, [
      { id: "displayName", value: text },
      { id: "color", value: { mode: "fixed", fixedColor: colour } },
    ]);
  }
  return panel;
}

/**
 * A table with one row per label set and one column per query, named by its legend.
 *
 * @param hidden labels and legends that are no columns
 * @param order labels in the order of their columns; where it is left out, that of the alphabet
 */
export function table(options: PanelOptions, hidden: readonly string[], order: readonly string[] = []): TablePanel {
  const { queries, width = 24, height = 10 } = options;
  const panel = common(new TablePanel(), options).height(height).span(width);
  // Grafana hides columns before it renames them.
  const given = new Map<string, string>();
  for (const [i, { expression, legend }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).format(PromQueryFormat.Table).instant());
    given.set(legend, queries.length === 1 ? "Value" : `Value #${refId(i)}`);
  }
  const excludeByName = Object.fromEntries(hidden.map((name) => [given.get(name) ?? name, true]));
  const renameByName = Object.fromEntries([...given].map(([legend, name]) => [name, legend]));
  const indexByName = Object.fromEntries(order.map((name, i) => [name, i]));
  return panel
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({ id: "organize", options: { excludeByName, indexByName, renameByName } });
}

/** How many quantities have each verdict, by an expression with a label `verdict`. */
export function verdictCounts(options: PanelOptions): StatPanel {
  const panel = stat(options).textMode(BigValueTextMode.ValueAndName).colorMode(BigValueColorMode.Value);
  for (const { verdict, colour } of VERDICTS)
    panel.overrideByName(verdict, [{ id: "color", value: { mode: "fixed", fixedColor: colour } }]);
  return panel;
}

function query(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATA_SOURCE).expr(expression).legendFormat(legend);
}

/**
 * A dashboard with the common elements: selectors of data source and dispatchers, links to the other dashboards, and
 * annotations for events.
 *
 * @param runs metric with labels that selects the dispatchers on offer
 */
export function dashboard(uid: string, title: string, description: string, runs: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh("5s")
    .time({ from: "now-15m", to: "now" })
    .timezone("browser")
    .link(
      new DashboardLinkBuilder("Equipoise")
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(instances("instance", "Dispatcher", runs))
    .annotation(events("control", "Controls", "blue"))
    .annotation(events("fault", "Faults", "red"))
    .annotation(events("phase", "Phases", "gray"));
}

/** Chooses the server nodes whose servers are shown one by one. */
export function nodeVariable(): QueryVariableBuilder {
  return instances("node", "Server node", "equipoise_server_service_rate");
}

function instances(name: string, label: string, metric: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(`label_values(${metric}, instance)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .includeAll(true)
    .multi(true);
}

/** Marks what happened, in words: the last event of a kind is another one than a few seconds before. */
function events(kind: string, name: string, colour: string): AnnotationQueryBuilder {
  const last = `equipoise_run_last_event_seconds{kind="${kind}", ${HERE}}`;
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(`${last} unless ${last} offset 5s`)
    .titleFormat(name)
    .textFormat("{{text}}")
    .step("1s");
}

/** The dashboard, built, with a number of its own for every panel. */
export function numbered(built: DashboardBuilder): Dashboard {
  const { panels = [], ...rest } = built.build();
  return { ...rest, panels: panels.map((panel, i) => ({ ...panel, id: i + 1 })) } as Dashboard;
}
