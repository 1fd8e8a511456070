import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { closeBrowser, openPage } from "../support/browser.js";
import { readDashboards } from "../support/dashboards.js";
import { equipoise, eventually, freePort, start } from "../support/equipoise.js";
import { answersTo, Grafana } from "../support/grafana.js";
import { onTerminal } from "../support/terminal.js";
import { VirtualPage } from "../support/virtual-page.js";
import { terminalPicture } from "./terminal-picture.js";

// `npm run pictures`: makes the pictures in docs anew. They are no tests: somebody has to look at them.

// It is below what the pictures show.
vi.mock("../../live/processes/version.js", () => ({ VERSION: "of the sources" }));

const docs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const MINUTE = 60_000;
/** Of dashboards, down to the end of a row of panels, in pixels. */
const HEIGHTS: Readonly<Record<string, number>> = { overview: 1080, "rate-scaling": 1160 };
/** After which Prometheus has heard of a verdict. */
const SCRAPED = 10_000;
afterAll(closeBrowser);

describe("the page", () => {
  const virtual = new VirtualPage("rate-scaling", { servers: "25" }, { measured: 2750 });
  let url: string;
  beforeAll(async () => {
    url = await virtual.listen();
  });
  afterAll(() => virtual.close());

  it.each([
    ["page-light.png", "", { width: 1400, height: 1230 }],
    ["page-dark.png", "", { width: 1400, height: 1230, dark: true }],
    ["page-present.png", "?present", { width: 1280, height: 720 }],
    ["page-narrow.png", "", { width: 400, height: 720 }],
  ])("%s", async (file, query, options) => {
    const { page } = await openPage(url + query, options);
    await page.locator("canvas:visible").first().waitFor();
    await page.waitForTimeout(1000);
    await page.screenshot({ path: docs(file) });
  });
});

describe("the terminal", () => {
  it.each([
    ["terminal-simulate.svg", "equipoise simulate rate-scaling", 104],
    ["terminal-compare.svg", "equipoise compare --policies random,jsq-d:2,jsq --set servers=10 --set load=0.8", 104],
  ])("%s", async (file, command, columns) => {
    const written = await onTerminal(command.split(" ").slice(1), columns);
    writeFileSync(docs(file), terminalPicture(command, written, columns));
  });
});

describe("a figure", () => {
  it("figure.svg", async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
    await equipoise(["figure", "rate-scaling/2a", "--out", folder]);
    writeFileSync(docs("figure.svg"), readFileSync(join(folder, "rate-scaling-2a.svg")));
  });
});

describe("the dashboards", () => {
  it(
    "dashboard-*.png, of a live run that agrees",
    async () => {
      const [port, prometheusPort] = [await freePort(), await freePort()];
      const begun = Date.now() / 1000;
      const flags = ["--set", "servers=10", "--time-unit", "500ms", "--processes", "2", "--node-metrics"];
      const ports = ["--port", String(port), "--prometheus", String(prometheusPort)];
      const run = start("cli/main.js", ["up", "rate-scaling", ...flags, ...ports]);
      const grafana = await Grafana.start();
      try {
        await eventually(async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/state`).catch(() => undefined);
          const state = (await answer?.json()) as { verdict: string; phase: string } | undefined;
          return state?.phase === "measuring" && state.verdict === "agrees" ? true : undefined;
        });
        await new Promise((resolve) => setTimeout(resolve, SCRAPED));
        for (const dashboard of readDashboards()) {
          const name = dashboard.title.replace("Equipoise: ", "");
          if (!(name in HEIGHTS)) continue;
          const answers = await answersTo(dashboard, `http://127.0.0.1:${prometheusPort}`, begun, Date.now() / 1000);
          await grafana.draw(dashboard, answers, docs(`dashboard-${name}.png`), { height: HEIGHTS[name] });
        }
      } finally {
        await grafana.stop();
        run.process.kill("SIGINT");
        await run.ended;
      }
    },
    30 * MINUTE,
  );
});
