import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, stat, table, timeSeries } from "./panels.js";

const HERE = 'instance=~"$instance"';

/** What holds for every scenario: what runs, whether it is sound, and how the machine does. */
export function overview(): DashboardBuilder {
  const built = dashboard(
    "equipoise-overview",
    "Equipoise: overview",
    "What runs, whether its measurements can be trusted, and how the live system does.",
    "equipoise_run_info",
  );
  return machine(traffic(run(built)));
}

function run(built: DashboardBuilder): DashboardBuilder {
  return built
    .withRow(new RowBuilder("Runs"))
    .withPanel(
      table(
        {
          title: "What runs",
          description: "One row per dispatcher: scenario, policy, phase and seed.",
          unit: "none",
          queries: [{ expression: `equipoise_run_info{${HERE}}`, legend: "runs" }],
          width: 12,
        },
        ["Time", "__name__", "job", "runs", "Value"],
      ),
    )
    .withPanel(
      stat({
        title: "Verdicts",
        description: "Quantities by their verdict now.",
        unit: "none",
        queries: [{ expression: `sum by (verdict) (equipoise_verdict{${HERE}})`, legend: "{{verdict}}" }],
        width: 6,
      }),
    )
    .withPanel(
      stat({
        title: "Void",
        description: "1 where the machine or the generator could not keep up, or a process was lost.",
        unit: "none",
        queries: [{ expression: `equipoise_run_void{${HERE}}`, legend: "{{instance}}" }],
        width: 3,
      }),
    )
    .withPanel(
      stat({
        title: "Servers",
        description: "Connected, of those the scenario has.",
        unit: "none",
        queries: [
          { expression: `sum(equipoise_servers{${HERE}})`, legend: "connected" },
          { expression: `sum(equipoise_servers_expected{${HERE}})`, legend: "expected" },
        ],
        width: 3,
      }),
    );
}

function traffic(built: DashboardBuilder): DashboardBuilder {
  const perUnit = (name: string) => `rate(equipoise_${name}{${HERE}}[$__rate_interval])`;
  const mean = (sum: string, count: string) =>
    `${perUnit(sum)} / ${perUnit(count)} / equipoise_time_unit_seconds{${HERE}}`;
  return built
    .withRow(new RowBuilder("Jobs"))
    .withPanel(
      timeSeries({
        title: "Jobs offered and served",
        description: "In a steady state, as many are served as offered less those blocked.",
        unit: "suffix: jobs/s",
        queries: [
          { expression: perUnit("jobs_offered_total"), legend: "offered" },
          { expression: perUnit("jobs_completed_total"), legend: "served" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Blocked",
        description: "Fraction of the offered jobs that no server took.",
        unit: "percentunit",
        queries: [
          {
            expression: `${perUnit("jobs_blocked_total")} / ${perUnit("jobs_offered_total")}`,
            legend: "blocked",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Mean sojourn time",
        description: "From submission to completion, as the dispatcher sees it, in units of model time.",
        unit: "suffix: time units",
        queries: [{ expression: mean("sojourn_seconds_total", "jobs_completed_total"), legend: "mean" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Jobs in flight",
        description: "Jobs that servers hold, in service or waiting.",
        unit: "suffix: jobs",
        queries: [{ expression: `equipoise_jobs_in_flight{${HERE}}`, legend: "{{instance}}" }],
      }),
    );
}

function machine(built: DashboardBuilder): DashboardBuilder {
  const delay = (sum: string, count: string) =>
    `rate(equipoise_${sum}{${HERE}}[$__rate_interval]) / rate(equipoise_${count}{${HERE}}[$__rate_interval])`;
  return built
    .withRow(new RowBuilder("Whether the machine keeps up"))
    .withPanel(
      timeSeries({
        title: "Message delay and schedule lag",
        description: "Means per job. Above a tenth of a time unit the run is void.",
        unit: "s",
        queries: [
          { expression: delay("message_delay_seconds_total", "jobs_completed_total"), legend: "message delay" },
          { expression: delay("schedule_lag_seconds_total", "schedule_jobs_total"), legend: "schedule lag" },
          {
            expression: `0.1 * equipoise_time_unit_seconds{${HERE}}`,
            legend: "a tenth of a time unit",
            style: "predicted",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Event loop of the dispatcher",
        description: "How late its timers are: what a scrape or a slow reader costs shows here.",
        unit: "s",
        queries: [
          { expression: `nodejs_eventloop_lag_p50_seconds{job="equipoise-dispatcher", ${HERE}}`, legend: "median" },
          {
            expression: `nodejs_eventloop_lag_p99_seconds{job="equipoise-dispatcher", ${HERE}}`,
            legend: "99th percentile",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Processor time",
        description: "Cores used, by kind of process.",
        unit: "none",
        queries: [
          {
            expression: 'sum by (job) (rate(process_cpu_seconds_total{job=~"equipoise-.*"}[$__rate_interval]))',
            legend: "{{job}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Scrapes",
        description: "Time that a scrape of the slowest process of each kind takes.",
        unit: "s",
        queries: [{ expression: 'max by (job) (scrape_duration_seconds{job=~"equipoise-.*"})', legend: "{{job}}" }],
      }),
    );
}
