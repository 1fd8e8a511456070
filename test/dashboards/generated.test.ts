import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../../dashboards/generated.js";
import { projectSources } from "../../dashboards/project-sources.js";
import { METRICS } from "../../live/http/metric-definitions.js";
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
  it.each([...generatedFiles(projectSources(ROOT))])("%s is current: npm run generate makes it so", (path, text) => {
    expect(readFileSync(ROOT + path, "utf8")).toBe(text);
  });

  it("is all there is, one dashboard per scenario and one of all", () => {
    const files = readdirSync(`${ROOT}dashboards/grafana/dashboards`).sort();
    expect(files).toEqual([...scenarios.map(({ name }) => `${name}.json`), "overview.json"].sort());
  });
});

describe("every panel", () => {
  it.each(panels)("%s says what it shows, and names its lines", (_name, panel) => {
    expect(panel.description?.length).toBeGreaterThan(20);
    for (const { legendFormat } of panel.targets ?? []) expect(legendFormat).not.toBe("");
  });

  it.each(panels)("%s asks for metrics there are", (_name, panel: Panel) => {
    for (const { expr } of panel.targets ?? []) {
      const names = expr.match(/\b(?:equipoise|process|nodejs|scrape)_\w+/g) ?? [];
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !Object.hasOwn(METRICS, name) && !FOREIGN.test(name))).toEqual([]);
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
    const perServer = JSON.stringify(dashboard.panels).includes("$node");
    const names = ["datasource", "instance", ...(perServer ? ["node"] : [])];
    expect(variablesOf(dashboard).map(({ name }) => name)).toEqual(names);
    expect(dashboard.tags).toEqual(["equipoise"]);
    expect(dashboard.links.map(({ tags }) => tags)).toEqual([["equipoise"]]);
    expect(annotationExpressions(dashboard).length).toBe(3);
    for (const { textFormat } of dashboard.annotations.list) expect(textFormat).toBe("{{text}}");
  });

  it.each(dashboards)("$title numbers its panels, and leaves no hole", (dashboard) => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBeGreaterThan(0);
    const stats = dashboard.panels.filter(({ gridPos }) => gridPos.y === 0);
    expect(stats.map(({ type }) => type)).toEqual(new Array(6).fill("stat"));
    expect(stats.reduce((sum, { gridPos }) => sum + gridPos.w, 0)).toBe(24);
  });

  it.each(panels)("%s names its lines, and queries by letters of their own", (_name, panel) => {
    if (panel.type === "timeseries") expect(panel.options?.legend?.showLegend).toBe(true);
    const letters = panel.targets?.map(({ refId }) => refId) ?? [];
    expect(new Set(letters).size).toBe(letters.length);
    // A line that is filled down to another names it as its legend does.
    for (const { properties } of panel.fieldConfig?.overrides ?? [])
      for (const { id, value } of properties)
        if (id === "custom.fillBelowTo")
          expect(panel.targets?.map(({ legendFormat }) => legendFormat)).toContain(value);
  });

  it("shows every verdict in words and in a colour of its own", () => {
    for (const dashboard of dashboards) {
      const overrides = dashboard.panels.find(({ title }) => title === "Verdict")?.fieldConfig?.overrides ?? [];
      expect(overrides.map(({ matcher }) => matcher.options)).toEqual(["agrees", "differs", "undecided", "void"]);
      const colours = overrides.map(({ properties }) => JSON.stringify(properties.find(({ id }) => id === "color")));
      expect(new Set(colours).size).toBe(4);
    }
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
