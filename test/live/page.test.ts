import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { barriers, launchBrowser, openPage } from "../support/browser.js";
import { freePort } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";

const SERVERS = 12;
const live = new LiveProcesses();
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(() => live.end());
afterAll(() => browser.close());

const dispatcherFlags = ["--set", `servers=${SERVERS}`, "--time-unit", "20ms", "--warmup", "1s"];

/** A live system of a few servers. Returns the address of its page. */
async function startSystem(...flags: string[]): Promise<string> {
  const url = await live.dispatcher(...dispatcherFlags, ...flags);
  live.serverNode(url, "--time-unit", "20ms", "--servers", String(SERVERS));
  live.loadGenerator(url, "--time-unit", "20ms", "--arrival-rate", String(0.8 * SERVERS));
  return `${url}/`;
}

/** The number in the tile of that title. */
const tile = (page: Page, title: string): Promise<number> =>
  page
    .locator("#tiles div", { has: page.getByText(title, { exact: true }) })
    .locator("dd")
    .textContent()
    .then((text) => Number((text ?? "").replaceAll(" ", "").replace(/of.*/, "")));

async function measuring(page: Page): Promise<void> {
  await page.locator("#phase", { hasText: "measuring" }).waitFor();
  await page.locator("#table tbody tr").first().waitFor();
}

describe("the page", () => {
  it("shows the run and keeps up with it, asks nothing of anyone else and says nothing on its console", async () => {
    const { page, complaints } = await openPage(browser, await startSystem());
    await measuring(page);
    expect(await page.title()).toBe("rate-scaling · Equipoise");
    expect(await tile(page, "servers")).toBe(SERVERS);
    const served = await tile(page, "jobs served");
    await expect.poll(() => tile(page, "jobs served")).toBeGreaterThan(served);
    for (const name of ["mean_service_rate", "idle_time_spread", "mean_cost"]) {
      await page.getByRole("button", { name, exact: true }).waitFor();
    }
    await page.getByRole("img", { name: /^Service rates: .*mean 1\.\d+/ }).waitFor();
    expect(await page.locator(".fleet i").count()).toBe(SERVERS);
    expect(await page.locator(".panels canvas").count()).toBeGreaterThanOrEqual(9);
    expect(complaints).toEqual([]);
  });

  it("begins anew with a dispatcher that was started again", async () => {
    const port = String(await freePort());
    const flags = [...dispatcherFlags, "--port", port];
    const first = live.start("dispatcher/main.js", flags);
    await first.says("listening");
    const url = `http://127.0.0.1:${port}`;
    live.serverNode(url, "--time-unit", "20ms", "--servers", String(SERVERS));
    live.loadGenerator(url, "--time-unit", "20ms", "--arrival-rate", String(0.8 * SERVERS));
    const { page } = await openPage(browser, `${url}/`);
    await measuring(page);
    first.process.kill("SIGKILL");
    await page.locator("#connection", { hasText: "disconnected" }).waitFor();
    await first.ended;
    await live.start("dispatcher/main.js", [...flags, "--seed", "again"]).says("listening");
    await page.locator("#connection", { hasText: "live" }).waitFor();
    await page.locator("#elapsed", { hasText: "seed again" }).waitFor();
    await measuring(page);
  });

  it.each([
    ["light", 1600, false],
    ["dark", 400, true],
  ])("has no barrier, and nothing wider than the window, %s at %i px", async (_theme, width, dark) => {
    const { page } = await openPage(browser, await startSystem(), { width, dark });
    await measuring(page);
    await page.getByText("Parameters").first().click();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });

  it("is used by keyboard: a quantity is chosen, the theme changed and remembered", async () => {
    const url = await startSystem();
    const { page } = await openPage(browser, url);
    await measuring(page);
    await page.getByRole("button", { name: "busy_fraction", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "busy_fraction as measured so far" }).waitFor();
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.getByLabel("Theme").focus();
    await page.keyboard.press("d");
    await expect.poll(background).not.toBe(light);
    await page.reload();
    await measuring(page);
    expect(await background()).not.toBe(light);
  });
});

describe("what the build makes of the page", () => {
  it("is under 300 kB gzipped in all, and refers to nothing outside", () => {
    const folder = fileURLToPath(new URL("../../dist/page/", import.meta.url));
    const files = readdirSync(folder).map((name) => readFileSync(folder + name));
    expect(files.reduce((sum, file) => sum + gzipSync(file).length, 0)).toBeLessThan(300_000);
    const outside = /\b(?:src|href)="(?:https?:)?\/\/|url\(\s*["']?(?:https?:)?\/\/|@import/;
    expect(files.filter((file) => outside.test(file.toString()))).toEqual([]);
  });
});
