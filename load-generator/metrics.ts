import { gateOf, type Reachable } from "../live/http/access.js";
import { serveEndpoints } from "../live/http/endpoints.js";
import { MetricsPage } from "../live/http/metrics-page.js";
import type { GroupReport } from "./generator-group.js";

/**
 * Serves the generator's metrics.
 *
 * @param timeUnit in seconds
 * @param port 0 for any free port
 * @returns the URL of the metrics page
 */
export async function serveGeneratorMetrics(
  { timeUnit, ...reachable }: Reachable & { readonly timeUnit: number },
  port: number,
  report: () => GroupReport,
): Promise<string> {
  const page = new MetricsPage("load-generator", (scrape) => {
    const { totals } = report();
    scrape.set("equipoise_generator_jobs_sent_total", totals.sent);
    scrape.set("equipoise_generator_jobs_unsent_total", totals.unsent);
    scrape.set("equipoise_generator_jobs_completed_total", totals.completed);
    scrape.set("equipoise_generator_jobs_blocked_total", totals.blocked);
    scrape.set("equipoise_generator_jobs_lost_total", totals.lost);
    scrape.set("equipoise_generator_jobs_timed_out_total", totals.timedOut);
    scrape.set("equipoise_generator_schedule_lag_seconds_total", totals.lagTotal * timeUnit);
    scrape.set("equipoise_generator_sojourn_seconds_total", totals.sojournTotal * timeUnit);
    scrape.set("equipoise_generator_schedule_lag_max_seconds", totals.lagMax * timeUnit);
  });
  const ready = (): boolean => report().running;
  const listening = { host: reachable.host, gate: gateOf(reachable) };
  const endpoints = await serveEndpoints(port, { metrics: () => page.render(), ready }, listening);
  return `${endpoints.url}/metrics`;
}
