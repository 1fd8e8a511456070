import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askPrometheus } from "../../cli/promql.js";
import { scenarios } from "../../scenarios/index.js";
import { closeBrowser } from "../support/browser.js";
import {
  annotationExpressions,
  type DashboardJson,
  panelsOf,
  readDashboards,
  variablesOf,
} from "../support/dashboards.js";
import { eventually, freePort, type Running, start } from "../support/equipoise.js";
import { answersTo, GRAFANA_IS_INSTALLED, Grafana, inGrafana } from "../support/grafana.js";
import { needs } from "../support/programs.js";

const CONFIGURATION = fileURLToPath(new URL("../../dashboards/prometheus", import.meta.url));
/** Pictures of all dashboards are put here, to be looked at. */
const PICTURES = fileURLToPath(new URL("../../reports/dashboards", import.meta.url));

/** What it takes for every panel to have something to show. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  fleet: ["--set", "slo=1"],
  "spatial-graphs": ["--dispatchers", "2"],
  utility: ["--set", "policy=slta"],
};

interface Query {
  readonly of: string;
  readonly expression: string;
}

describe("the dashboards, over a live run of every scenario", needs("prometheus"), () => {
  const systems: Running[] = [];
  const dispatchers: string[] = [];
  let prometheus: ChildProcess;
  let url: string;
  const begun = Date.now() / 1000;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-dashboards-"));
    cpSync(CONFIGURATION, folder, { recursive: true });
    mkdirSync(join(folder, "targets"));
    for (const { name } of scenarios) {
      const port = await freePort();
      const flags = [
        "--processes",
        "1",
        "--time-unit",
        "20ms",
        "--warmup",
        "1s",
        "--node-metrics",
        "--port",
        String(port),
      ];
      systems.push(start("cli/main.js", ["up", name, ...flags, ...(SETTINGS[name] ?? [])]));
      dispatchers.push(`127.0.0.1:${port}`);
    }
    const nodes = await Promise.all(dispatchers.map((dispatcher) => eventually(() => nodesOf(dispatcher))));
    const write = (name: string, targets: string[]): void =>
      writeFileSync(join(folder, "targets", `${name}.json`), JSON.stringify([{ targets }]));
    write("dispatcher", dispatchers);
    write("nodes", nodes.flat());
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    prometheus = spawn("prometheus", [...flags, `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"]);
    await eventually(async () => (await askPrometheus(url, "up").catch(() => [])).length > 0 || undefined);
  });
  afterAll(async () => {
    await closeBrowser();
    for (const { process } of systems) process.kill("SIGINT");
    await Promise.all(systems.map(({ ended }) => ended));
    const gone = new Promise((resolve) => prometheus.once("exit", resolve));
    prometheus.kill("SIGTERM");
    await gone;
  });

  it("have an answer to every query of every panel and variable, and no error in any mark", async () => {
    const dashboards = readDashboards();
    let unanswered: Query[] = dashboards.flatMap((dashboard) => [
      ...panelsOf(dashboard).flatMap(({ title, targets }) =>
        (targets ?? []).map(({ expr }) => ({ of: `${dashboard.title} / ${title}`, expression: inGrafana(expr) })),
      ),
      ...variablesOf(dashboard).flatMap(({ name, query }) => {
        const metric = /^label_values\((.*), instance\)$/.exec(query)?.[1];
        return metric === undefined ? [] : [{ of: `${dashboard.title} / $${name}`, expression: metric }];
      }),
    ]);
    expect(unanswered.length).toBeGreaterThan(100);
    const deadline = performance.now() + 35_000;
    while (unanswered.length > 0 && performance.now() < deadline) {
      const still: Query[] = [];
      for (const query of unanswered) {
        const answer = await askPrometheus(url, query.expression);
        const values = answer.flatMap(({ samples }) => samples.map(({ value }) => value));
        if (values.length === 0 || !values.every(Number.isFinite)) still.push(query);
      }
      unanswered = still;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    // An interval that is still open at one end has no such end to show.
    const open = (await Promise.all(dispatchers.map(openEndsOf))).flat();
    expect(unanswered.filter(({ expression }) => !open.some((end) => expression.startsWith(end)))).toEqual([]);
    for (const expression of dashboards.flatMap(annotationExpressions)) await askPrometheus(url, inGrafana(expression));
  });

  // On a busy machine drawing takes minutes.
  const options = { ...needs("chromium"), timeout: 600_000 };
  it("are drawn by Grafana's own components as they are meant", options, async ({ skip }) => {
    if (!GRAFANA_IS_INSTALLED) skip("Grafana's components are not installed: npm ci --prefix test/grafana");
    mkdirSync(PICTURES, { recursive: true });
    const grafana = await Grafana.start();
    try {
      for (const dashboard of readDashboards()) {
        const answers = await answersTo(dashboard, url, begun, Date.now() / 1000);
        const name = dashboard.title.replace("Equipoise: ", "");
        const { panels, words, complaints } = await grafana.draw(dashboard, answers, join(PICTURES, `${name}.png`));
        expect(complaints.filter((complaint) => /^(error:|asks |\w*Error)/.test(complaint))).toEqual([]);
        expect(panels.length).toBe(panelsOf(dashboard).length);
        for (const [i, { title, type, shown, unknownSettings }] of panels.entries()) {
          const panel = `${dashboard.title} / ${title}`;
          expect(unknownSettings, panel).toEqual([]);
          expect(shown.length, panel).toBeGreaterThan(0);
          if (type === "table") expect(shown, panel).toEqual(COLUMNS[title]);
          // A single value is shown without its name.
          const named = type === "stat" ? [] : shown.filter((one) => !isHidden(dashboard, title, one));
          for (const one of named) expect(words[i], panel).toContain(one);
        }
      }
    } finally {
      await grafana.stop();
    }
  });
});

/** What tables show, and nothing else that Prometheus answered. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Verdicts: ["quantity", "verdict", "measured", "interval, low", "interval, high", "predicted"],
  Runs: ["instance", "scenario", "policy", "dispatchers", "phase", "seed"],
};

/** Whether a panel leaves a line out of its legend. */
function isHidden(dashboard: DashboardJson, title: string, line: string): boolean {
  const panel = dashboard.panels.find((one) => one.title === title);
  const queries = panel?.targets?.filter(({ legendFormat }) => line.startsWith(legendFormat.split("{{")[0])) ?? [];
  const hidden = panel?.fieldConfig?.overrides.filter(({ properties }) =>
    properties.some(({ id, value }) => id === "custom.hideFrom" && (value as { legend: boolean }).legend),
  );
  return queries.some(({ refId }) => hidden?.some(({ matcher }) => matcher.options === refId) === true);
}

/** The selectors of the ends of intervals that a dispatcher itself does not know yet. */
async function openEndsOf(dispatcher: string): Promise<string[]> {
  const { scenario, quantities } = (await (await fetch(`http://${dispatcher}/api/state`)).json()) as {
    scenario: string;
    quantities: { name: string; ciLow: number | null; ciHigh: number | null }[];
  };
  const selector = (end: string, name: string) =>
    `equipoise_measured_${end}{scenario="${scenario}", quantity="${name}"`;
  return quantities.flatMap(({ name, ciLow, ciHigh }) => [
    ...(ciLow === null ? [selector("low", name)] : []),
    ...(ciHigh === null ? [selector("high", name)] : []),
  ]);
}

/** Where the nodes of a dispatcher serve their metrics; undefined until one does. */
async function nodesOf(dispatcher: string): Promise<string[] | undefined> {
  try {
    const state = (await (await fetch(`http://${dispatcher}/api/state`)).json()) as { nodes: { metricsUrl: string }[] };
    return state.nodes.length === 0 ? undefined : state.nodes.map(({ metricsUrl }) => new URL(metricsUrl).host);
  } catch {
    return undefined; // It has not started to listen yet.
  }
}
