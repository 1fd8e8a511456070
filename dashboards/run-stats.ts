import type { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { stat, verdictStat } from "./panels.js";

/**
 * The row of values at the top of a dashboard: the verdict, and how the system does.
 *
 * @param runs label selector of `equipoise_run_info` for the runs to be shown
 */
export function runStats(runs: string): StatPanel[] {
  /** Only of the dispatchers of these runs. */
  const of = (expression: string): string => `${expression} and on (instance) equipoise_run_info${runs}`;
  const rate = (metric: string): string => `rate(equipoise_${metric}[$__rate_interval])`;
  return [
    verdictStat({
      title: "Verdict",
      description: "On the whole run, so far: it agrees if its headline quantities do.",
      unit: "none",
      queries: [{ expression: of("equipoise_run_verdict"), legend: "{{verdict}}" }],
    }),
    stat({
      title: "Servers missing",
      description: "Servers that the scenario requires and that are not connected.",
      unit: "none",
      min: 0,
      thresholds: [{ from: 1, colour: "red" }],
      queries: [{ expression: of("(equipoise_servers_expected - equipoise_servers)"), legend: "{{instance}}" }],
    }),
    stat({
      title: "Throughput",
      description: "Jobs completed per second.",
      unit: "suffix:jobs/s",
      min: 0,
      queries: [{ expression: of(rate("jobs_completed_total")), legend: "{{instance}}" }],
    }),
    stat({
      title: "Blocked",
      description: "Fraction of the offered jobs that no server accepted.",
      unit: "percentunit",
      min: 0,
      max: 1,
      thresholds: [
        { from: 0.05, colour: "yellow" },
        { from: 0.2, colour: "red" },
      ],
      queries: [
        {
          expression: of(`(${rate("jobs_blocked_total")} / ${rate("jobs_offered_total")})`),
          legend: "{{instance}}",
        },
      ],
    }),
    stat({
      title: "Mean sojourn time",
      description: "From submission to completion, as the dispatcher sees it, in units of model time.",
      unit: "suffix:time units",
      min: 0,
      queries: [
        {
          expression: of(
            `(${rate("sojourn_seconds_total")} / ${rate("jobs_completed_total")} / equipoise_time_unit_seconds)`,
          ),
          legend: "{{instance}}",
        },
      ],
    }),
    stat({
      title: "Message delay",
      description: "Per job, in units of model time, besides the delay of the fleet. Above a tenth, the run is void.",
      unit: "suffix:time units",
      min: 0,
      thresholds: [
        { from: 0.05, colour: "yellow" },
        { from: 0.1, colour: "red" },
      ],
      queries: [
        {
          expression: of(
            `((${rate("message_delay_seconds_total")} - ${rate("asked_delay_seconds_total")}) / ` +
              `${rate("jobs_completed_total")} / equipoise_time_unit_seconds)`,
          ),
          legend: "{{instance}}",
        },
      ],
    }),
  ];
}
