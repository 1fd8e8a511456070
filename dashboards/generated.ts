import { scenarios } from "../scenarios/index.js";
import { metricsDocument } from "./metrics-document.js";
import { overview } from "./overview.js";
import { scenarioDashboard } from "./scenario-dashboard.js";

/** Every file that is made from definitions, by its path from the root of the project: `npm run generate` writes them. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const dashboards = [overview(), ...scenarios.map(scenarioDashboard)].map((builder) => builder.build());
  return new Map([
    ["docs/metrics.md", metricsDocument()],
    ...dashboards.map(
      (built) =>
        [
          `dashboards/grafana/dashboards/${built.uid?.replace("equipoise-", "")}.json`,
          `${JSON.stringify(built, null, 2)}\n`,
        ] as const,
    ),
  ]);
}
