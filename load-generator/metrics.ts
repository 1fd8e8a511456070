import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { HOST, serveEndpoints } from "../live/endpoints.js";
import type { CrewReport } from "./crew.js";
import type { GeneratorTotals } from "./load-generator.js";

/**
 * Serves what the generator has seen.
 *
 * @param port 0 for any free one
 * @returns the URL of the metrics page
 */
export async function serveGeneratorMetrics(
  port: number,
  timeUnitSeconds: number,
  report: () => CrewReport,
): Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, read: (totals: GeneratorTotals) => number): void => {
    new Counter({
      name: `equipoise_generator_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read(report().totals));
      },
    });
  };
  counter("jobs_sent", "Jobs sent.", (t) => t.sent);
  counter("jobs_unsent", "Jobs that were due while there was no target, or too many were under way.", (t) => t.unsent);
  counter("jobs_completed", "Jobs that came back completed.", (t) => t.completed);
  counter("jobs_blocked", "Jobs that no server took.", (t) => t.blocked);
  counter("jobs_lost", "Jobs that were lost.", (t) => t.lost);
  counter(
    "schedule_lag_seconds",
    "Sum over jobs of actual minus intended send time.",
    (t) => t.lagTotal * timeUnitSeconds,
  );
  counter(
    "sojourn_seconds",
    "Sum over completed jobs of the time from intended sending to the news of completion.",
    (t) => t.sojournTotal * timeUnitSeconds,
  );
  new Gauge({
    name: "equipoise_generator_schedule_lag_max_seconds",
    help: "Greatest lag of a job since the generator started.",
    registers: [registry],
    collect() {
      this.set(report().totals.lagMax * timeUnitSeconds);
    },
  });
  const endpoints = await serveEndpoints(port, {
    metrics: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    ready: () => report().running,
  });
  return `http://${HOST}:${endpoints.port}/metrics`;
}
