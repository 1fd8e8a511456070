import { type DataSourceRef, GraphDrawStyle } from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type DynamicConfigValue,
  QueryVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** The data source that the user chooses at the top of a dashboard. */
const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "$datasource" };
/** Every dashboard has it; links between dashboards go by it. */
const TAG = "equipoise";

/** One query of a panel, and how its lines look: theory is dashed and orange everywhere. */
export interface PanelQuery {
  readonly expression: string;
  readonly legend: string;
  readonly style?: "predicted" | "interval" | "faint";
}

export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  /** In Grafana's names; `suffix: ...` for one of our own. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** Columns of 24. */
  readonly width?: number;
}

const STYLES: Readonly<Record<NonNullable<PanelQuery["style"]>, DynamicConfigValue[]>> = {
  predicted: [
    { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 6] } },
    { id: "color", value: { mode: "fixed", fixedColor: "orange" } },
  ],
  interval: [
    { id: "custom.lineWidth", value: 1 },
    { id: "color", value: { mode: "fixed", fixedColor: "light-blue" } },
  ],
  faint: [
    { id: "custom.lineWidth", value: 1 },
    { id: "custom.hideFrom", value: { legend: true, tooltip: false, viz: false } },
    { id: "color", value: { mode: "fixed", fixedColor: "rgba(115, 150, 210, 0.35)" } },
  ],
};

const refId = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

/** A chart over time. */
export function timeSeries({ title, description, unit, queries, width = 12 }: PanelOptions): TimeSeriesPanel {
  const panel = new TimeSeriesPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(DATA_SOURCE)
    .height(8)
    .span(width)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .spanNulls(true);
  for (const [i, { expression, legend, style }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).range());
    if (style !== undefined) panel.overrideByQuery(refId(i), STYLES[style]);
  }
  return panel;
}

/** A few figures as they are now. */
export function stat({ title, description, unit, queries, width = 4 }: PanelOptions): StatPanel {
  const panel = new StatPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(DATA_SOURCE)
    .height(4)
    .span(width);
  for (const [i, { expression, legend }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).instant());
  }
  return panel;
}

/** A table with a row for each set of labels, and a column for each query named by its legend. */
export function table(
  { title, description, unit, queries, width = 24 }: PanelOptions,
  hidden: readonly string[],
): TablePanel {
  const panel = new TablePanel()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(DATA_SOURCE)
    .height(10)
    .span(width);
  const renamed: Record<string, string> = {};
  for (const [i, { expression, legend }] of queries.entries()) {
    panel.withTarget(query(expression, legend).refId(refId(i)).format(PromQueryFormat.Table).instant());
    renamed[`Value #${refId(i)}`] = legend;
  }
  return panel.withTransformation({ id: "merge", options: {} }).withTransformation({
    id: "organize",
    options: { excludeByName: Object.fromEntries(hidden.map((label) => [label, true])), renameByName: renamed },
  });
}

function query(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATA_SOURCE).expr(expression).legendFormat(legend);
}

/**
 * A dashboard with what all have: a choice of data source and of dispatchers, links to the others, and marks where
 * something happened.
 *
 * @param runs selects the dispatchers to choose from, as a metric with labels
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
    .withVariable(
      new QueryVariableBuilder("instance")
        .label("Dispatcher")
        .datasource(DATA_SOURCE)
        .query(`label_values(${runs}, instance)`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .includeAll(true)
        .multi(true),
    )
    .annotation(events("control", "Controls", "blue"))
    .annotation(events("fault", "Faults", "red"))
    .annotation(events("phase", "Phases", "gray"));
}

function events(kind: string, name: string, colour: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(`increase(equipoise_run_events_total{kind="${kind}", instance=~"$instance"}[$__rate_interval]) > 0`)
    .titleFormat(name)
    .step("1s");
}
