import { gateOf, type Reachable } from "../live/http/access.js";
import { serveEndpoints } from "../live/http/endpoints.js";
import { MetricsPage } from "../live/http/metrics-page.js";
import type { Lateness } from "../live/lateness.js";
import type { ServerTotals } from "../model/totals.js";
import type { Rate } from "../model/units.js";

/** What the metrics page reads of a node. */
export interface NodeView {
  readonly connected: boolean;
  readonly lateness: Readonly<Lateness>;
  observe(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void;
}

/**
 * Serves the per-server metrics of a node.
 *
 * @param timeUnit in seconds
 * @param port 0 for any free port
 * @returns the URL of the metrics page
 */
export async function serveNodeMetrics(
  { timeUnit, ...reachable }: Reachable & { readonly timeUnit: number },
  port: number,
  node: () => NodeView | undefined,
): Promise<string> {
  const page = new MetricsPage("server-node", (scrape) => {
    const present = node();
    if (present === undefined) return;
    fillServers(scrape, timeUnit, present);
    const { deliveries, totalSeconds, maxSeconds } = present.lateness;
    scrape.set("equipoise_delivery_count_total", deliveries);
    scrape.set("equipoise_delivery_lateness_seconds_total", totalSeconds);
    scrape.set("equipoise_delivery_lateness_max_seconds", maxSeconds);
  });
  const ready = (): boolean => node()?.connected ?? false;
  const listening = { host: reachable.host, gate: gateOf(reachable) };
  const endpoints = await serveEndpoints(port, { metrics: () => page.render(), ready }, listening);
  return `${endpoints.url}/metrics`;
}

function fillServers(scrape: MetricsPage, timeUnitSeconds: number, node: NodeView): void {
  node.observe((serverNumber, totals, serviceRate) => {
    const labels = { server: String(serverNumber) };
    const time = totals.observedTime * timeUnitSeconds;
    scrape.set("equipoise_server_observed_seconds_total", time, labels);
    scrape.set("equipoise_server_busy_seconds_total", totals.busyTime * timeUnitSeconds, labels);
    const idleTimeIntegral = totals.idleTimeIntegral * timeUnitSeconds ** 2;
    scrape.set("equipoise_server_idle_time_integral_seconds_squared_total", idleTimeIntegral, labels);
    scrape.set("equipoise_server_work_done_total", totals.workDone, labels);
    scrape.set("equipoise_server_queue_length_seconds_total", totals.queueLengthIntegral * timeUnitSeconds, labels);
    scrape.set("equipoise_server_waiting_seconds_total", totals.waitingTime * timeUnitSeconds, labels);
    scrape.set("equipoise_server_services_begun_total", totals.begun, labels);
    scrape.set("equipoise_server_jobs_completed_total", totals.completed, labels);
    scrape.set("equipoise_server_jobs_abandoned_total", totals.abandoned, labels);
    scrape.set("equipoise_server_service_rate", serviceRate, labels);
  });
}
