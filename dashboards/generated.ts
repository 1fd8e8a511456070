import { scenarios } from "../scenarios/index.js";
import { bibliographyDocument } from "./bibliography-document.js";
import { metricsDocument } from "./metrics-document.js";
import { overview } from "./overview.js";
import { numbered } from "./panels.js";
import { papersDocument } from "./papers-document.js";
import { policiesDocument } from "./policies-document.js";
import { scenarioDashboard } from "./scenario-dashboard.js";

/**
 * All generated files, by path from the root of the project; `npm run generate` writes them.
 *
 * @param sources of product and tests, by path: what they cite is told in docs/papers.md
 */
export function generatedFiles(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const dashboards = [overview(), ...scenarios.map(scenarioDashboard)].map(numbered);
  return new Map([
    ["docs/bibliography.md", bibliographyDocument()],
    ["docs/metrics.md", metricsDocument()],
    ["docs/papers.md", papersDocument(sources)],
    ["docs/policies.md", policiesDocument()],
    ...dashboards.map(
      (built) =>
        [
          `dashboards/grafana/dashboards/${built.uid?.replace("equipoise-", "")}.json`,
          `${JSON.stringify(built, null, 2)}\n`,
        ] as const,
    ),
  ]);
}
