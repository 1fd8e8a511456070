import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../../dashboards/generated.js";
import { METRICS } from "../../live/metric-definitions.js";
import { scenarios } from "../../scenarios/index.js";
import { annotationExpressions, type Panel, panelsOf, readDashboards, variablesOf } from "../support/dashboards.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const dashboards = readDashboards();
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.title} / ${panel.title}`, panel] as const),
);
/** What Prometheus itself and prom-client's defaults add. */
const FOREIGN = /^(scrape_duration_seconds|process_cpu_seconds_total|nodejs_eventloop_lag_p(50|99)_seconds)$/;

describe("what is generated", () => {
  it.each([...generatedFiles()])("%s is current: npm run generate makes it so", (path, text) => {
    expect(readFileSync(ROOT + path, "utf8")).toBe(text);
  });

  it("is all there is, one dashboard per scenario and one of all", () => {
    const files = readdirSync(`${ROOT}dashboards/grafana/dashboards`).sort();
    expect(files).toEqual([...scenarios.map(({ name }) => `${name}.json`), "overview.json"].sort());
  });
});

describe("every panel", () => {
  it.each(panels)("%s says what it shows, in what unit, from the chosen data source", (_name, panel) => {
    expect(panel.title).not.toBe("");
    expect(panel.description?.length).toBeGreaterThan(20);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    expect(panel.datasource).toEqual({ type: "prometheus", uid: "$datasource" });
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const target of panel.targets ?? []) {
      expect(target.datasource).toEqual({ type: "prometheus", uid: "$datasource" });
      expect(target.legendFormat).not.toBe("");
    }
  });

  it.each(panels)("%s asks for metrics there are, and for rates over what suits the scrapes", (_name, panel: Panel) => {
    for (const { expr } of panel.targets ?? []) {
      const names = expr.match(/\b(?:equipoise|process|nodejs|scrape)_\w+/g) ?? [];
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !Object.hasOwn(METRICS, name) && !FOREIGN.test(name))).toEqual([]);
      for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) expect(range).toBe("$__rate_interval");
      // A counter is never shown as it is.
      for (const name of names.filter((one) => one.endsWith("_total"))) {
        expect(expr).toMatch(new RegExp(`rate\\(${name}(\\{[^}]*\\})?\\[`));
      }
    }
  });

  it.each(dashboards)("$title lays its panels out without overlap, within the 24 columns", (dashboard) => {
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x}/${y}`)).toBe(false);
          cells.add(`${x}/${y}`);
        }
    }
  });

  it.each(dashboards)("$title has its variables, links, and marks of what happened", (dashboard) => {
    expect(variablesOf(dashboard).map(({ name }) => name)).toEqual(["datasource", "instance"]);
    expect(dashboard.tags).toEqual(["equipoise"]);
    expect(dashboard.links.map(({ tags }) => tags)).toEqual([["equipoise"]]);
    expect(annotationExpressions(dashboard).length).toBe(3);
  });

  it("sets theory over every quantity that has a prediction", () => {
    for (const scenario of scenarios) {
      const dashboard = dashboards.find(({ title }) => title === `Equipoise: ${scenario.name}`);
      const experiment = scenario.configure({}, "1");
      const predicted = experiment.predict({ messageDelay: 0, heldUpFraction: 0 });
      for (const { name } of experiment.quantities) {
        const panel = dashboard?.panels.find(({ title }) => title === name);
        const expressions = panel?.targets?.map(({ expr }) => expr).join() ?? "";
        expect(expressions).toContain(`equipoise_measured{scenario="${scenario.name}", quantity="${name}"`);
        if ((predicted.get(name) ?? []).length > 0) expect(expressions).toContain("equipoise_prediction{");
      }
    }
  });
});
