import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { ChartName, Experiment, QuantityDefinition, Scenario } from "../scenarios/scenario.js";
import { dashboard, type PanelOptions, table, timeSeries } from "./panels.js";

const HERE = 'instance=~"$instance"';

/** A dashboard of a scenario: verdicts, every quantity with theory over it, and the charts that its theorems speak of. */
export function scenarioDashboard(scenario: Scenario): DashboardBuilder {
  const experiment = scenario.configure({}, "1");
  const built = dashboard(
    `equipoise-${scenario.name}`,
    `Equipoise: ${scenario.name}`,
    `${scenario.title}. ${scenario.summary} ${scenario.source}.`,
    `equipoise_run_info{scenario="${scenario.name}"}`,
  ).withRow(new RowBuilder("Theory and measurement"));
  built.withPanel(verdicts(scenario.name));
  const predictions = experiment.predict({ messageDelay: 0, heldUpFraction: 0 });
  for (const quantity of experiment.quantities) {
    const sources = (predictions.get(quantity.name) ?? []).map(({ kind, source }) => `${kind}: ${source}`);
    built.withPanel(timeSeries(quantityPanel(scenario.name, quantity, sources)));
  }
  const charts = Object.entries(scenario.claims) as [ChartName, string][];
  const panels = charts.flatMap(([chart, claim]) => CHARTS[chart]?.(claim, experiment) ?? []);
  if (panels.length > 0) built.withRow(new RowBuilder("What the theorems speak of"));
  for (const panel of panels) built.withPanel(timeSeries(panel));
  return built;
}

function verdicts(scenario: string) {
  const of = (metric: string) => `max by (quantity) (equipoise_${metric}{scenario="${scenario}", ${HERE}})`;
  const options: PanelOptions = {
    title: "Verdicts",
    description: "Each quantity as measured, with its joint confidence interval, and the verdict that holds.",
    unit: "none",
    queries: [
      { expression: of("measured"), legend: "measured" },
      { expression: of("measured_low"), legend: "interval, low" },
      { expression: of("measured_high"), legend: "interval, high" },
      {
        expression: `max by (quantity, verdict) (equipoise_verdict{scenario="${scenario}", ${HERE}})`,
        legend: "holds",
      },
    ],
  };
  return table(options, ["Time", "holds"]);
}

function quantityPanel(scenario: string, quantity: QuantityDefinition, sources: readonly string[]): PanelOptions {
  const { name, description, unit } = quantity;
  const selector = `{scenario="${scenario}", quantity="${name}", ${HERE}}`;
  return {
    title: name,
    description: [`${description}.`, ...sources.map((source) => `${source}.`)].join(" "),
    unit: unit === "" ? "none" : `suffix: ${unit}`,
    queries: [
      { expression: `equipoise_measured${selector}`, legend: "measured" },
      { expression: `equipoise_measured_low${selector}`, legend: "interval, low", style: "interval" },
      { expression: `equipoise_measured_high${selector}`, legend: "interval, high", style: "interval" },
      ...(sources.length === 0
        ? []
        : [
            {
              expression: `equipoise_prediction${selector}`,
              legend: "{{kind}}, {{status}}",
              style: "predicted",
            } as const,
          ]),
    ],
    width: 8,
  };
}

/** The charts by their names; those that a dashboard cannot show are the page's only. */
const CHARTS: Readonly<Record<ChartName, ((claim: string, experiment: Experiment) => PanelOptions) | undefined>> = {
  "service-rates": (claim, experiment) => ({
    title: "Service rates",
    description: claim,
    unit: "suffix: per time unit",
    queries: [
      { expression: "equipoise_server_service_rate", legend: "server {{server}}", style: "faint" },
      { expression: `equipoise_fleet_service_rate{${HERE}}`, legend: "{{statistic}}" },
      ...(experiment.targetRate === undefined
        ? []
        : [
            {
              expression: `equipoise_fleet_target_rate{${HERE}}`,
              legend: "optimum, the limit",
              style: "predicted",
            } as const,
          ]),
    ],
  }),
  "idle-times": (claim) => ({
    title: "Idle times per server",
    description: claim,
    unit: "suffix: time units",
    queries: [
      {
        expression:
          "rate(equipoise_server_idle_time_integral_seconds_squared_total[$__rate_interval]) " +
          "/ rate(equipoise_server_observed_seconds_total[$__rate_interval]) " +
          `/ on () group_left () max(equipoise_time_unit_seconds{${HERE}})`,
        legend: "server {{server}}",
      },
      {
        expression: `equipoise_prediction{quantity="mean_idle_time", ${HERE}}`,
        legend: "{{kind}}, {{status}}",
        style: "predicted",
      },
    ],
  }),
  "queue-lengths": (claim) => ({
    title: "Queue lengths",
    description: claim,
    unit: "percentunit",
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
    unit: "suffix: time units",
    queries: [
      {
        expression:
          `rate(equipoise_sojourn_seconds_total{${HERE}}[$__rate_interval]) ` +
          `/ rate(equipoise_jobs_completed_total{${HERE}}[$__rate_interval]) / equipoise_time_unit_seconds{${HERE}}`,
        legend: "mean",
      },
    ],
  }),
  fleet: undefined,
};
