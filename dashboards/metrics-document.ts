import { METRICS, type MetricDefinition, type MetricSource } from "../live/metric-definitions.js";

const SOURCES: Readonly<Record<MetricSource, string>> = {
  dispatcher:
    "The dispatcher, at `/metrics` of its port. Aggregates only: a few hundred series, however many servers there are.",
  "server-node": "A server node, with `--metrics-port` (or `equipoise up --node-metrics`). Series per server.",
  "load-generator": "A load generator, with `--metrics-port`.",
};

/** docs/metrics.md: every metric, from the definitions that the processes serve. */
export function metricsDocument(): string {
  const definitions = Object.entries<MetricDefinition>(METRICS);
  const sections = Object.entries(SOURCES).flatMap(([source, where]) => [
    "",
    `## ${source}`,
    "",
    where,
    "",
    "| name | type | unit | labels | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...definitions
      .filter(([, definition]) => definition.source === source)
      .map(
        ([name, { type, unit, labels, help }]) => `| ${name} | ${type} | ${unit} | ${labels.join(", ")} | ${help} |`,
      ),
  ]);
  return [
    "# Metrics",
    "",
    "<!-- Made by `npm run generate` from live/metric-definitions.ts. -->",
    "",
    "Times are in seconds, as Prometheus wants them, except where a quantity of the theory is meant: those are in units of model time",
    "(`equipoise_time_unit_seconds`). Besides these, every process serves prom-client's default metrics of Node.js (`process_*`, `nodejs_*`).",
    ...sections,
    "",
  ].join("\n");
}
