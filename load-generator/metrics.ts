import { serveEndpoints } from "../live/endpoints.js";
import { MetricsPage } from "../live/metrics-page.js";
import type { CrewReport } from "./crew.js";

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
  const page = new MetricsPage("load-generator", (scrape) => {
    const { totals } = report();
    scrape.set("equipoise_generator_jobs_sent_total", totals.sent);
    scrape.set("equipoise_generator_jobs_unsent_total", totals.unsent);
    scrape.set("equipoise_generator_jobs_completed_total", totals.completed);
    scrape.set("equipoise_generator_jobs_blocked_total", totals.blocked);
    scrape.set("equipoise_generator_jobs_lost_total", totals.lost);
    scrape.set("equipoise_generator_schedule_lag_seconds_total", totals.lagTotal * timeUnitSeconds);
    scrape.set("equipoise_generator_sojourn_seconds_total", totals.sojournTotal * timeUnitSeconds);
    scrape.set("equipoise_generator_schedule_lag_max_seconds", totals.lagMax * timeUnitSeconds);
  });
  const endpoints = await serveEndpoints(port, {
    metrics: () => page.render(),
    ready: () => report().running,
  });
  return `${endpoints.url}/metrics`;
}
