import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { METRICS, type MetricDefinition, type MetricName, type MetricSource } from "./metric-definitions.js";

export type Labels = Readonly<Record<string, string>>;

/**
 * A page of metrics in Prometheus' text format. The values are not kept here: each scrape fills the page from the totals that
 * the process keeps anyway, so metrics cost nothing per job.
 */
export class MetricsPage {
  private readonly registry = new Registry();
  private readonly metrics = new Map<string, Counter | Gauge>();

  /**
   * @param source kind of process whose metrics the page holds
   * @param fill sets the values at each scrape
   */
  constructor(
    source: MetricSource,
    private readonly fill: (page: MetricsPage) => void,
  ) {
    collectDefaultMetrics({ register: this.registry });
    for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
      if (definition.source !== source) continue;
      const { help, labels } = definition;
      const options = { name, help, labelNames: labels, registers: [this.registry] };
      this.metrics.set(name, definition.type === "counter" ? new Counter(options) : new Gauge(options));
    }
  }

  /** Sets the value of a series for this scrape. */
  set(name: MetricName, value: number, labels: Labels = {}): void {
    const metric = this.metrics.get(name);
    if (metric === undefined) throw new Error(`${name} is not on this page`);
    metric.inc(labels, value);
  }

  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    // Series that no longer exist must not keep the values of the last scrape.
    for (const [name, metric] of this.metrics) {
      metric.reset();
      if (METRICS[name as MetricName].labels.length === 0) metric.remove();
    }
    this.fill(this);
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
