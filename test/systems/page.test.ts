import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { barriers, closeBrowser, openPage } from "../support/browser.js";
import { freePort } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { needs } from "../support/programs.js";

const SERVERS = 12;
const live = new LiveProcesses();
afterEach(() => live.end());
afterAll(closeBrowser);

const dispatcherFlags = ["--set", `servers=${SERVERS}`, "--time-unit", "20ms", "--warmup", "1s"];

/** A live system of a few servers. Returns the address of its page. */
async function startSystem(processes: LiveProcesses): Promise<string> {
  const url = await processes.dispatcher(...dispatcherFlags);
  processes.serverNode(url, "--time-unit", "20ms", "--servers", String(SERVERS));
  processes.loadGenerator(url, "--time-unit", "20ms", "--arrival-rate", String(0.8 * SERVERS));
  return `${url}/`;
}

/** The number in the tile of that title. */
const tile = (page: Page, title: string): Promise<number> =>
  page
    .locator("#tiles div", { has: page.getByText(title, { exact: true }) })
    .locator("dd")
    .textContent()
    .then((text) => Number.parseFloat((text ?? "").replaceAll(" ", "")));

/** As long as a machine may take that has a lot else to do. */
const eventuallySeen = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 });

async function measuring(page: Page): Promise<void> {
  await page.locator("#phase", { hasText: "measuring" }).waitFor();
  await page.locator("#table tbody tr").first().waitFor();
}

describe("the page of a live run", needs("chromium"), () => {
  const shared = new LiveProcesses();
  let url: string;
  beforeAll(async () => {
    url = await startSystem(shared);
  });
  afterAll(() => shared.end());

  it("shows the run and keeps up with it, asks nothing of anyone else and says nothing on its console", async () => {
    const { page, complaints } = await openPage(url);
    await measuring(page);
    expect(await page.title()).toBe("rate-scaling · Equipoise");
    expect(await tile(page, "servers")).toBe(SERVERS);
    const served = await tile(page, "jobs served");
    await eventuallySeen(() => tile(page, "jobs served")).toBeGreaterThan(served);
    for (const name of ["mean_service_rate", "idle_time_spread", "mean_cost"]) {
      await page.getByRole("button", { name, exact: true }).waitFor();
    }
    await page.getByRole("img", { name: /^Service rates: .*mean 1\.\d+/ }).waitFor();
    expect(await page.locator(".fleet i").count()).toBe(SERVERS);
    expect(await page.locator("canvas").count()).toBeGreaterThanOrEqual(9);
    expect(await page.getByText("inaccurate views").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["light", 1600, false],
    ["dark", 400, true],
  ])("has no barrier, and nothing wider than the window, %s at %i px", async (_theme, width, dark) => {
    const { page } = await openPage(url, { width, dark });
    await measuring(page);
    await page.getByText("Parameters").first().click();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });

  it("is used by keyboard: a quantity is chosen, the theme changed and remembered", async () => {
    const { page } = await openPage(url);
    await measuring(page);
    await page.getByRole("button", { name: "busy_fraction", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "busy_fraction, running estimate" }).waitFor();
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.getByLabel("Theme").focus();
    await page.keyboard.press("d");
    await eventuallySeen(background).not.toBe(light);
    await page.reload();
    await measuring(page);
    expect(await background()).not.toBe(light);
  });
});

describe("the page", needs("chromium"), () => {
  it("begins anew with a dispatcher that was started again", async () => {
    const port = String(await freePort());
    const flags = [...dispatcherFlags, "--port", port];
    const first = live.start("dispatcher/main.js", flags);
    await first.says("listening");
    const url = `http://127.0.0.1:${port}`;
    live.serverNode(url, "--time-unit", "20ms", "--servers", String(SERVERS));
    live.loadGenerator(url, "--time-unit", "20ms", "--arrival-rate", String(0.8 * SERVERS));
    const { page } = await openPage(`${url}/`);
    await measuring(page);
    first.process.kill("SIGKILL");
    await page.locator("#connection", { hasText: "disconnected" }).waitFor();
    await page.locator("#lost", { hasText: "has not answered since" }).waitFor();
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).filter")).toBe("grayscale(1)");
    await first.ended;
    await live.start("dispatcher/main.js", [...flags, "--seed", "again"]).says("listening");
    await page.locator("#connection", { hasText: "live" }).waitFor();
    await page.locator("#elapsed", { hasText: "seed again" }).waitFor();
    await measuring(page);
    expect(await page.locator("#lost").isVisible()).toBe(false);
  });
});

describe("the page of several dispatchers", needs("chromium"), () => {
  it("shows how good their views of the servers are, and the sojourn times of all", async () => {
    const port = String(await freePort());
    const run = ["--set", "servers=4", "--set", "graph=ring", "--time-unit", "20ms", "--warmup", "1s"];
    const up = live.start("cli/main.js", ["up", "spatial-graphs", "--dispatchers", "2", "--port", port, ...run]);
    await up.says(/warming up|measuring/);
    const { page, complaints } = await openPage(`http://127.0.0.1:${port}/`);
    await measuring(page);
    expect(await tile(page, "dispatchers")).toBe(2);
    await eventuallySeen(() => tile(page, "mean age of views")).toBeGreaterThan(0);
    await eventuallySeen(() => tile(page, "inaccurate views")).toBeGreaterThanOrEqual(0);
    await page.getByRole("img", { name: /^Sojourn times: .*measured/ }).waitFor();
    const views = page.getByRole("region", { name: "What the dispatchers do not know", exact: true });
    await views.getByRole("img", { name: /mean error so far 0\.\d/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe("the controls of the page", needs("chromium"), () => {
  const post = async (url: string, action: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/api/control`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(action),
    });
    return { status: response.status, ...((await response.json()) as { done?: string; why?: string }) };
  };

  it("act: each is told, is an event of the run, and ends its verdict", async () => {
    const port = await freePort();
    const flags = ["--set", `servers=${SERVERS}`, "--processes", "3", "--time-unit", "20ms", "--warmup", "1s"];
    const system = live.start("cli/main.js", ["up", "rate-scaling", ...flags, "--port", String(port), "--control"]);
    await system.says("measuring");
    const { page, complaints } = await openPage(`http://127.0.0.1:${port}/`);
    await measuring(page);
    const click = async (button: string, done: RegExp): Promise<void> => {
      await page.getByRole("button", { name: button, exact: true }).click();
      await page.getByText(done).waitFor();
    };
    await click("Pause arrivals", /^Done: arrivals paused\.$/);
    await eventuallySeen(() => tile(page, "in flight")).toBe(0);
    const served = await tile(page, "jobs served");
    await page.waitForTimeout(500);
    expect(await tile(page, "jobs served")).toBe(served);
    const rate = page.getByLabel("Total arrival rate (per time unit)");
    await rate.fill("-20");
    await rate.press("Enter");
    expect(await page.evaluate("document.querySelector('.control :invalid') !== null")).toBe(true);
    await rate.fill("20");
    await rate.press("Enter");
    await page.getByText(/^Done: arrival rate set to 20 per time unit\.$/).waitFor();
    await page.getByText("Now: arrivals paused, seed 1, policy jiq.").waitFor();
    await click("Resume", /^Done: arrivals resumed\.$/);
    await eventuallySeen(() => tile(page, "jobs served")).toBeGreaterThan(served + 100);
    await page.getByText("Now: arrivals 20.00 per time unit").waitFor();
    expect(await rate.getAttribute("placeholder")).toBe("20");
    expect(await page.getByRole("combobox", { name: "Policy", exact: true }).inputValue()).toBe("jiq");
    await page.getByLabel("Arrival seed").fill("2");
    await click("New seed", /^Done: arrivals and works drawn from seed 2\.$/);
    await page.getByRole("combobox", { name: "Policy", exact: true }).selectOption("random");
    await click("Change", /^Done: policy changed from jiq to random\.$/);
    await page.locator("#elapsed", { hasText: "policy random" }).waitFor();
    const cell = page.locator(".fleet i").nth(5);
    await cell.click();
    await click("Drain it", /^Done: server 5 drained\.$/);
    await eventuallySeen(() => cell.getAttribute("class")).toContain("drained");
    await page.getByLabel("Server", { exact: true }).fill("5");
    await click("Restore", /^Done: server 5 takes jobs again\.$/);
    await eventuallySeen(() => cell.getAttribute("class")).not.toContain("drained");
    // A process with other servers in it is only killed on second thoughts.
    await click("Kill", /^Server 5 shares its process with 3 more: all 4 will be gone\.$/);
    await click("Cancel", /^Nothing was killed\.$/);
    await click("Kill it", /^Server 5 shares its process/);
    await click("Kill them", /^Done: server-node-1 killed, with servers 4 to 7\.$/);
    await eventuallySeen(() => tile(page, "servers")).toBe(SERVERS - 4);
    await eventuallySeen(() => page.locator(".fleet i.gone").count()).toBe(4);
    await page.getByText("▲ 8 of 12").waitFor();
    await click("Restore", /^Done: server-node-1 started again\.$/);
    await eventuallySeen(() => tile(page, "servers")).toBe(SERVERS);
    await click("Add a server", /^Done: server 12 added\.$/);
    await eventuallySeen(() => tile(page, "servers")).toBe(SERVERS + 1);
    await page.getByLabel("Server", { exact: true }).fill("99");
    await click("Drain", /^Failed: there is no server 99\.$/);
    await page.locator("#void", { hasText: "arrivals paused, by hand" }).waitFor();
    const scraped = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(scraped).toContain('equipoise_run_events_total{kind="control"} 10');
    expect(await barriers(page)).toEqual([]);
    // A refused action is an answer with status 400, which a browser's console tells of.
    expect(complaints.filter((complaint) => !complaint.includes("status of 400"))).toEqual([]);
  });

  it("are refused without the right to them", async () => {
    const url = (await startSystem(live)).replace(/\/$/, "");
    const pause = { action: "pause" };
    expect(await post(url, pause)).toEqual({ status: 403, why: "the dispatcher was started without --control" });
    const { page } = await openPage(`${url}/`);
    await measuring(page);
    expect(await page.getByRole("button", { name: "Pause arrivals" }).count()).toBe(0);
    const controlled = await live.dispatcher(...dispatcherFlags, "--control");
    const elsewhere = "pages of other sites may not connect";
    expect(await post(controlled, pause, { Origin: "http://example.org" })).toEqual({ status: 403, why: elsewhere });
    expect(await post(controlled, pause, { "Content-Type": "text/plain" })).toMatchObject({ status: 415 });
    expect(await post(controlled, { action: "fly" })).toMatchObject({ status: 400 });
    expect(await post(controlled, pause)).toEqual({ status: 400, why: "there is no load generator" });
    expect((await post(controlled, { action: "add" })).why).toContain("started by hand");
  });

  it("need the token where the dispatcher has one, which the page asks for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
    const token = "0123456789abcdef-right";
    const file = join(folder, "token");
    writeFileSync(file, token);
    const listening = await live.dispatcher(...dispatcherFlags, "--control", "--host", "0.0.0.0", "--token-file", file);
    const url = `http://127.0.0.1:${new URL(listening).port}`;
    rmSync(folder, { recursive: true });
    const refused = { status: 401, why: "the token is missing or wrong" };
    expect(await post(url, { action: "pause" })).toEqual(refused);
    expect(await post(url, { action: "pause" }, { Authorization: "Bearer wrong-token-of-that-length" })).toEqual(
      refused,
    );
    const { page } = await openPage(`${url}/`);
    await page.getByRole("button", { name: "Pause arrivals" }).click();
    await page.getByText("Failed: the token is missing or wrong.").waitFor();
    await page.getByLabel("Dispatcher token").fill(token);
    await page.getByRole("button", { name: "Pause arrivals" }).click();
    await page.getByText("Failed: there is no load generator.").waitFor();
    expect(await barriers(page)).toEqual([]);
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
