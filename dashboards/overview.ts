import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { severalDispatchers } from "./further-panels.js";
import { dashboard, HERE, stat, table, timeSeries, verdictCounts } from "./panels.js";
import { runStats } from "./run-stats.js";

/** The dashboard of all scenarios: the runs, their validity, and the load of the machine. */
export function overview(): DashboardBuilder {
  const built = dashboard(
    "equipoise-overview",
    "Equipoise: overview",
    "The current runs, whether their measurements can be trusted, and the state of the live system.",
    "equipoise_run_info",
  );
  const withDispatchers = traffic(run(built)).withRow(new RowBuilder("Several dispatchers"));
  for (const panel of severalDispatchers()) withDispatchers.withPanel(timeSeries(panel));
  return machine(withDispatchers);
}

/** A value of 0 or 1. */
const IN_WORDS = [
  { id: "mappings", value: [{ type: "value", options: { "0": { text: "no" }, "1": { text: "void" } } }] },
];

function run(built: DashboardBuilder): DashboardBuilder {
  for (const panel of runStats(`{${HERE}}`)) built.withPanel(panel);
  return built
    .withRow(new RowBuilder("Runs"))
    .withPanel(
      table(
        {
          title: "Runs",
          description:
            "One row per dispatcher: scenario, policy, how many dispatchers share the servers, phase and seed.",
          unit: "none",
          queries: [{ expression: `equipoise_run_info{${HERE}}`, legend: "runs" }],
          width: 14,
          height: 6,
        },
        ["Time", "__name__", "job", "runs", "dispatcher", "views", "version"],
        ["instance", "scenario", "policy", "dispatchers", "phase", "seed"],
      ),
    )
    .withPanel(
      verdictCounts({
        title: "Quantities by verdict",
        description: "Number of quantities by current verdict, over all runs.",
        unit: "none",
        queries: [{ expression: `sum by (verdict) (equipoise_verdict{${HERE}})`, legend: "{{verdict}}" }],
        width: 6,
        height: 6,
      }),
    )
    .withPanel(
      stat({
        title: "Void",
        description: "1 if the machine or the generator could not keep up, or a process was lost.",
        unit: "none",
        min: 0,
        max: 1,
        thresholds: [{ from: 1, colour: "red" }],
        queries: [{ expression: `equipoise_run_void{${HERE}}`, legend: "{{instance}}" }],
        height: 6,
      }).overrideByRegexp(".*", IN_WORDS),
    );
}

function traffic(built: DashboardBuilder): DashboardBuilder {
  const perUnit = (name: string) => `rate(equipoise_${name}{${HERE}}[$__rate_interval])`;
  const mean = (sum: string, count: string) =>
    `${perUnit(sum)} / (${perUnit(count)} > 0) / equipoise_time_unit_seconds{${HERE}}`;
  return built
    .withRow(new RowBuilder("Jobs"))
    .withPanel(
      timeSeries({
        title: "Jobs offered and served",
        description: "In steady state the rate of completions equals that of offered minus blocked jobs.",
        unit: "suffix:jobs/s",
        min: 0,
        queries: [
          { expression: perUnit("jobs_offered_total"), legend: "{{instance}} offered" },
          { expression: perUnit("jobs_completed_total"), legend: "{{instance}} served" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Blocked",
        description: "Fraction of the offered jobs that no server accepted.",
        unit: "percentunit",
        min: 0,
        max: 1,
        queries: [
          {
            expression: `${perUnit("jobs_blocked_total")} / (${perUnit("jobs_offered_total")} > 0)`,
            legend: "{{instance}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Mean sojourn time",
        description: "From submission to completion, as the dispatcher sees it, in units of model time.",
        unit: "suffix:time units",
        min: 0,
        queries: [{ expression: mean("sojourn_seconds_total", "jobs_completed_total"), legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Jobs in flight",
        description: "Jobs at servers, in service or waiting.",
        unit: "suffix:jobs",
        min: 0,
        queries: [{ expression: `equipoise_jobs_in_flight{${HERE}}`, legend: "{{instance}}" }],
      }),
    );
}

function machine(built: DashboardBuilder): DashboardBuilder {
  const rate = (name: string) => `rate(equipoise_${name}{${HERE}}[$__rate_interval])`;
  const delay = (sum: string, count: string) => `${sum} / (${rate(count)} > 0)`;
  const messages = `(${rate("message_delay_seconds_total")} - ${rate("asked_delay_seconds_total")})`;
  return built
    .withRow(new RowBuilder("Machine"))
    .withPanel(
      timeSeries({
        title: "Message delay and schedule lag",
        description:
          "Means per job, messages besides the delay of the fleet. Above a tenth of a time unit, the run is void.",
        unit: "s",
        min: 0,
        queries: [
          { expression: delay(messages, "jobs_completed_total"), legend: "{{instance}} messages" },
          {
            expression: delay(rate("schedule_lag_seconds_total"), "schedule_jobs_total"),
            legend: "{{instance}} schedule",
          },
          {
            expression: `0.1 * equipoise_time_unit_seconds{${HERE}}`,
            legend: "{{instance}} limit",
            style: "predicted",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Event loop of the dispatcher",
        description: "Lateness of its timers, which shows the cost of scrapes and slow readers.",
        unit: "s",
        min: 0,
        queries: [
          {
            expression: `nodejs_eventloop_lag_p50_seconds{job="equipoise-dispatcher", ${HERE}}`,
            legend: "{{instance}} median",
          },
          {
            expression: `nodejs_eventloop_lag_p99_seconds{job="equipoise-dispatcher", ${HERE}}`,
            legend: "{{instance}} 99th percentile",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "CPU usage",
        description: "Cores used, by kind of process.",
        unit: "suffix:cores",
        min: 0,
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
        description: "Scrape duration of the slowest process of each kind.",
        unit: "s",
        min: 0,
        queries: [{ expression: 'max by (job) (scrape_duration_seconds{job=~"equipoise-.*"})', legend: "{{job}}" }],
      }),
    );
}
