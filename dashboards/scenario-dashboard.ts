import { LegendPlacement } from "@grafana/grafana-foundation-sdk/common";
import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { claimsOf } from "../experiments/evidence.js";
import type { QuantityDefinition } from "../experiments/quantities.js";
import type { ChartName, Experiment, Scenario } from "../experiments/scenario.js";
import type { QuantityName } from "../scenarios/index.js";
import type { Predictions } from "../theory/prediction.js";
import { byClass, thresholds } from "./further-panels.js";
import { dashboard, HERE, nodeVariable, type PanelOptions, table, timeSeries } from "./panels.js";
import { runStats } from "./run-stats.js";
import { INTERVAL_LOW, PREDICTION_NAME, VERDICT_CELLS } from "./styles.js";

/** Selects the server nodes that the user chooses: per-server series are theirs. */
const OF_NODES = 'instance=~"$node"';

/** The quantity that the mean idle times of the servers are compared with. */
const IDLE_TIME: QuantityName = "mean_idle_time";

/** A dashboard of a scenario: verdicts, every quantity with its predictions, and further charts related to its theorems. */
export function scenarioDashboard(scenario: Scenario): DashboardBuilder {
  const experiment = scenario.configure({}, "1");
  const built = dashboard(
    `equipoise-${scenario.name}`,
    `Equipoise: ${scenario.name}`,
    `${scenario.title}. ${scenario.summary} ${scenario.source}.`,
    `equipoise_run_info{scenario="${scenario.name}"}`,
  );
  if (experiment.system.server.rateControl.kind !== "fixed") built.withVariable(nodeVariable());
  for (const panel of runStats(`{scenario="${scenario.name}", ${HERE}}`)) built.withPanel(panel);
  built
    .withRow(new RowBuilder("Theory and measurement"))
    .withPanel(verdicts(scenario.name, experiment.quantities.length));
  const predictions = claimsOf(experiment, { messageDelay: 0, heldUpFraction: 0 });
  const quantities = experiment.quantities.map((quantity) => quantityPanel(scenario.name, quantity, predictions));
  for (const panel of inRows([...quantities, ...quantitiesOnRequest(scenario, experiment)]))
    built.withPanel(timeSeries(panel));
  const charts = Object.entries(scenario.claims) as [ChartName, string][];
  const panels = charts.flatMap(([chart, claim]) => CHARTS[chart]?.(claim, experiment) ?? []);
  if (panels.length > 0) built.withRow(new RowBuilder("Related to the theorems"));
  for (const panel of panels) built.withPanel(timeSeries(panel));
  for (const { title, panels } of FURTHER[scenario.name] ?? []) {
    built.withRow(new RowBuilder(title));
    for (const panel of panels()) built.withPanel(timeSeries(panel));
  }
  return built;
}

/** Settings with which scenarios measure more than by themselves. */
const MORE_SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fleet: { slo: "1" },
  utility: { policy: "slta" },
};

/** What scenarios have beside their quantities and charts. */
const FURTHER: Readonly<Record<string, readonly { readonly title: string; panels(): PanelOptions[] }[]>> = {
  fleet: [{ title: "Classes of servers", panels: byClass }],
  utility: [
    { title: "Classes of pools", panels: byClass },
    { title: "Self-learning thresholds", panels: thresholds },
  ],
};

/** The quantities that are only measured where the user asks for them. */
function quantitiesOnRequest(scenario: Scenario, { quantities }: Experiment): PanelOptions[] {
  const settings = MORE_SETTINGS[scenario.name];
  if (settings === undefined) return [];
  const known = new Set(quantities.map(({ name }) => name));
  const asked = scenario.configure(settings, "1");
  const predictions = claimsOf(asked, { messageDelay: 0, heldUpFraction: 0 });
  const noValue = `only with ${Object.keys(settings)
    .map((name) => `--set ${name}=...`)
    .join(" ")}`;
  return asked.quantities
    .filter(({ name }) => !known.has(name))
    .map((quantity) => ({ ...quantityPanel(scenario.name, quantity, predictions), noValue }));
}

/** The sharpest kinds first, as the page shows them. */
const SHOWN_KINDS = ["exact", "refined", "simulated", "heuristic", "limit"] as const;

/** Of the table of verdicts, in units of a dashboard: its head, a row, and the rows of the inputs. */
const TABLE = { head: 2, row: 0.96, inputs: 3 } as const;

/** Room for a line of so many panels, in columns. */
const ALL_COLUMNS = 24;
const SHARE = 8;

/** Three panels a row, and what is left over in the last one divided among those in it. */
function inRows(panels: readonly PanelOptions[]): PanelOptions[] {
  const perRow = ALL_COLUMNS / SHARE;
  const last = panels.length % perRow;
  return panels.map((panel, i) => ({ ...panel, width: i < panels.length - last ? SHARE : ALL_COLUMNS / last }));
}

function verdicts(scenario: string, quantities: number): TablePanel {
  const of = (metric: string) => `max by (quantity) (equipoise_${metric}{scenario="${scenario}", ${HERE}})`;
  const predicted = (kind: string) =>
    `max by (quantity) (equipoise_prediction{scenario="${scenario}", kind="${kind}", ${HERE}})`;
  const options: PanelOptions = {
    title: "Verdicts",
    height: Math.ceil(TABLE.head + TABLE.row * (quantities + TABLE.inputs)),
    description:
      "Each quantity as measured, with its joint confidence interval, the sharpest value that is predicted, and the current verdict.",
    unit: "none",
    queries: [
      {
        expression: `max by (quantity, verdict) (equipoise_verdict{scenario="${scenario}", ${HERE}})`,
        legend: "holds",
      },
      { expression: of("measured"), legend: "measured" },
      { expression: of("measured_low"), legend: "interval, low" },
      { expression: of("measured_high"), legend: "interval, high" },
      { expression: SHOWN_KINDS.map(predicted).join(" or on (quantity) "), legend: "predicted" },
    ],
  };
  return table(options, ["Time", "holds"]).overrideByName("verdict", VERDICT_CELLS);
}

function quantityPanel(scenario: string, quantity: QuantityDefinition, predictions: Predictions): PanelOptions {
  const { name, description, unit } = quantity;
  const sources = (predictions.get(name) ?? []).map(({ kind, source }) => `${kind}: ${source}`);
  const selector = `{scenario="${scenario}", quantity="${name}", ${HERE}}`;
  return {
    title: name,
    description: [`${description}.`, ...sources.map((source) => `${source}.`)].join(" "),
    unit: unit === "" ? "none" : `suffix:${unit}`,
    queries: [
      { expression: `equipoise_measured${selector}`, legend: "measured", style: "measured" },
      { expression: `equipoise_measured_low${selector}`, legend: INTERVAL_LOW, style: "low" },
      { expression: `equipoise_measured_high${selector}`, legend: "interval, high", style: "high" },
      ...(sources.length === 0
        ? []
        : [
            {
              expression: `equipoise_prediction${selector}`,
              legend: PREDICTION_NAME,
              style: "predicted",
            } as const,
          ]),
    ],
  };
}

/** The charts by name; those that a dashboard cannot show are on the page only. */
const CHARTS: Readonly<Record<ChartName, ((claim: string, experiment: Experiment) => PanelOptions) | undefined>> = {
  "service-rates": (claim, experiment) => ({
    title: "Service rates",
    description: claim,
    unit: "suffix:per time unit",
    queries: [
      { expression: `equipoise_server_service_rate{${OF_NODES}}`, legend: "server {{server}}", style: "faint" },
      { expression: `equipoise_fleet_service_rate{${HERE}}`, legend: "{{statistic}}" },
      ...(experiment.targetRate === undefined
        ? []
        : [
            {
              expression: `equipoise_fleet_target_rate{${HERE}}`,
              legend: "optimum (limit)",
              style: "predicted",
            } as const,
          ]),
    ],
  }),
  "idle-times": (claim) => ({
    title: "Idle times per server",
    description: claim,
    unit: "suffix:time units",
    queries: [
      {
        expression:
          `rate(equipoise_server_idle_time_integral_seconds_squared_total{${OF_NODES}}[$__rate_interval]) ` +
          `/ (rate(equipoise_server_observed_seconds_total{${OF_NODES}}[$__rate_interval]) > 0) ` +
          `/ on () group_left () max(equipoise_time_unit_seconds{${HERE}})`,
        legend: "server {{server}}",
        style: "faint",
      },
      {
        expression: `equipoise_prediction{quantity="${IDLE_TIME}", ${HERE}}`,
        legend: PREDICTION_NAME,
        style: "predicted",
      },
    ],
  }),
  "queue-lengths": (claim) => ({
    title: "Queue lengths",
    description: claim,
    legendAt: LegendPlacement.Right,
    unit: "percentunit",
    min: 0,
    max: 1,
    queries: [
      {
        expression:
          `sum by (instance, level) (rate(equipoise_queue_server_seconds_total{${HERE}}[$__rate_interval])) ` +
          `/ on (instance) group_left () equipoise_servers{${HERE}}`,
        legend: "at least {{level}}",
      },
    ],
  }),
  "sojourn-times": (claim) => ({
    title: "Mean sojourn time",
    description: claim,
    unit: "suffix:time units",
    queries: [
      {
        expression:
          `rate(equipoise_sojourn_seconds_total{${HERE}}[$__rate_interval]) ` +
          `/ (rate(equipoise_jobs_completed_total{${HERE}}[$__rate_interval]) > 0) / equipoise_time_unit_seconds{${HERE}}`,
        legend: "mean",
      },
    ],
  }),
  fleet: undefined,
};
