import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { HOST, serveEndpoints } from "../live/endpoints.js";
import type { ServerNode } from "./server-node.js";

/**
 * Serves the per-server series of a node.
 *
 * @param port 0 for any free one
 * @returns the URL of the metrics page
 */
export async function serveNodeMetrics(
  port: number,
  timeUnitSeconds: number,
  node: () => ServerNode | undefined,
): Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerServers(registry, timeUnitSeconds, node);
  registerLateness(registry, node);
  const endpoints = await serveEndpoints(port, {
    metrics: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    ready: () => node()?.connected ?? false,
  });
  return `http://${HOST}:${endpoints.port}/metrics`;
}

function registerServers(registry: Registry, timeUnitSeconds: number, node: () => ServerNode | undefined): void {
  const options = { labelNames: ["server"] as const, registers: [] };
  const counter = (name: string, help: string) => new Counter({ name: `equipoise_server_${name}`, help, ...options });
  const observed = counter("observed_seconds_total", "Time since the server started.");
  const busy = counter("busy_seconds_total", "Time in which the server was serving.");
  const idle = counter(
    "idle_time_integral_seconds_squared_total",
    "Integral over time of the idle time that enters the rate rule.",
  );
  const work = counter("work_done_total", "Work done, in units of a job's mean work.");
  const completed = counter("jobs_completed_total", "Jobs served.");
  const rate = new Gauge({
    name: "equipoise_server_service_rate",
    help: "Service rate, per unit of model time.",
    ...options,
    // One look at the servers fills every series of this page: this metric is registered first.
    collect() {
      node()?.look((serverNumber, totals, serviceRate) => {
        const server = String(serverNumber);
        this.set({ server }, serviceRate);
        const set = (metric: Counter<"server">, value: number): void => {
          metric.remove({ server });
          metric.inc({ server }, value);
        };
        set(observed, totals.observedTime * timeUnitSeconds);
        set(busy, totals.busyTime * timeUnitSeconds);
        set(idle, totals.idleTimeIntegral * timeUnitSeconds ** 2);
        set(work, totals.workDone);
        set(completed, totals.completed);
      });
    },
  });
  for (const metric of [rate, observed, busy, idle, work, completed]) registry.registerMetric(metric);
}

function registerLateness(registry: Registry, node: () => ServerNode | undefined): void {
  const counter = (name: string, help: string, read: (node: ServerNode) => number): void => {
    new Counter({
      name: `equipoise_delivery_${name}`,
      help,
      registers: [registry],
      collect() {
        const present = node();
        this.reset();
        if (present !== undefined) this.inc(read(present));
      },
    });
  };
  counter("count_total", "Completions delivered.", (n) => n.lateness.deliveries);
  counter(
    "lateness_seconds_total",
    "Sum over completions of delivery time minus due time.",
    (n) => n.lateness.totalSeconds,
  );
  new Gauge({
    name: "equipoise_delivery_lateness_max_seconds",
    help: "Greatest lateness of a completion since the node started.",
    registers: [registry],
    collect() {
      this.set(node()?.lateness.maxSeconds ?? 0);
    },
  });
}
