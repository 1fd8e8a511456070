import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { barriers, closeBrowser, openPage } from "../support/browser.js";
import { needs } from "../support/programs.js";
import { VirtualPage } from "../support/virtual-page.js";

// Its manifest is one folder above the built files.
vi.mock("../../live/processes/version.js", () => ({ VERSION: "of the sources" }));
afterAll(closeBrowser);

/** How much of the page has moved without the user's doing, as browsers count it. */
const LAYOUT_SHIFT = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 1500);
})`;

async function measuring(page: Page): Promise<void> {
  await page.locator("#phase", { hasText: "measuring" }).waitFor();
}

describe("the page of a run in virtual time", needs("chromium"), () => {
  const virtual = new VirtualPage("rate-scaling", { servers: "25" }, { measured: 1800, gone: [20, 21], drained: [3] });
  let url: string;
  beforeAll(async () => {
    url = await virtual.listen();
  });
  afterAll(() => virtual.close());

  it.each([
    [1920, 1080, ["#overall", "#claim .chart", "#claim .claim math", "#vitals"]],
    [400, 900, ["#overall"]],
  ])("shows on the first screen of %i x %i what it is about, and moves nothing about later", async (...given) => {
    const [width, height, all] = given;
    const { page } = await openPage(url, { width, height });
    await measuring(page);
    for (const one of all) {
      const box = await page.locator(one).first().boundingBox();
      expect(box?.height, one).toBeGreaterThan(10);
      expect((box?.y ?? Number.NaN) + (box?.height ?? 0), one).toBeLessThanOrEqual(height);
    }
    expect(await page.evaluate(LAYOUT_SHIFT)).toBeLessThan(0.1);
  });

  it("presents one claim at a time with its chart and verdict, moved on by keys", async () => {
    const { page } = await openPage(`${url}?present`);
    await page.locator(".chart-card.current canvas").waitFor();
    const title = () => page.locator(".chart-card.current h2").textContent();
    expect(await title()).toBe("Service rates over time");
    expect(await page.locator("h2:visible").count()).toBe(1);
    const type = await page.evaluate(
      "Number.parseFloat(getComputedStyle(document.querySelector('.chart-card.current .claim')).fontSize)",
    );
    expect(type).toBeGreaterThanOrEqual(24);
    await page.keyboard.press("ArrowRight");
    expect(await title()).toBe("Queue lengths");
    await page.locator("#slide", { hasText: "2 of " }).waitFor();
    await page.keyboard.press("ArrowLeft");
    expect(await title()).toBe("Service rates over time");
    await page.keyboard.press("End");
    expect(await title()).toBe("Sojourn times");
    await page.keyboard.press("Home");
    expect(await title()).toBe("Service rates over time");
    await page.locator(".chart-card.current .badge", { hasText: "agrees" }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator("#verdicts").waitFor();
  });

  it.each([400, 1000, 1920])("has all of every verdict in sight at %i px", async (width) => {
    const { page } = await openPage(url, { width });
    await measuring(page);
    for (const section of ["Verdicts", "Assumptions"]) {
      const [inside, shown] = await page
        .getByRole("region", { name: section })
        .evaluate((region) => [region.scrollWidth, region.clientWidth]);
      expect(inside, section).toBeLessThanOrEqual(shown);
    }
    const row = page.getByRole("row", { name: /^mean_service_rate/ });
    const text = (await row.textContent()) ?? "";
    expect(text).toMatch(/^mean_service_rate✓ agrees1\.\d+\[1\.\d+, 1\.\d+\]1\.\d+ ± 0\.0\d+refined/);
    expect(await barriers(page)).toEqual([]);
  });

  it("is printed without what paper cannot do", async () => {
    const { page } = await openPage(url);
    await measuring(page);
    await page.emulateMedia({ media: "print" });
    for (const useless of ["#present", "#save", "#theme", ".chosen", "fieldset"])
      expect(await page.locator(useless).first().isVisible(), useless).toBe(false);
    for (const shown of ["#overall", "#claim canvas", "#table", "#assumptions", "#events li"])
      expect(await page.locator(shown).first().isVisible(), shown).toBe(true);
  });

  it("is saved as a report that needs nothing else, with the state in it", async () => {
    const { page, complaints } = await openPage(url, { dark: true });
    await measuring(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save report" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^equipoise-rate-scaling-.*\.html$/);
    const html = readFileSync(await download.path(), "utf8");
    for (const text of ["mean_service_rate", "<math", "Assumptions of the theorems", "data:image/png;base64"])
      expect(html).toContain(text);
    expect(/<script(?! type="application\/json")|<link|src="(?!data:)|<canvas/.exec(html)).toBeNull();
    const state = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(state)).toMatchObject({ run: { scenario: "rate-scaling" }, state: { phase: "measuring" } });
    expect(complaints).toEqual([]);
  });

  it("lists the assumptions, and the events that the charts number", async () => {
    const { page } = await openPage(url);
    await measuring(page);
    expect(await page.locator("#assumptions tbody tr").count()).toBeGreaterThan(0);
    expect(await page.locator("#assumptions math").count()).toBeGreaterThan(3);
    expect(await page.locator("#events li").allTextContents()).toContainEqual(
      expect.stringMatching(/^\d+:\d\d measuring$/),
    );
  });

  it("shows which servers are gone or drained, and tells of the one that is clicked", async () => {
    const { page } = await openPage(url);
    await measuring(page);
    expect(await page.locator(".fleet i.gone").count()).toBe(2);
    expect(await page.locator(".fleet i.drained").count()).toBe(1);
    await page.getByText("▲ strained: 2 servers are missing").waitFor();
    await page.locator(".fleet i").nth(3).click();
    await page.getByText(/^server 3: drained, rate 1\.\d+, [01] jobs?, busy/).waitFor();
    // Nobody may act here.
    expect(await page.getByRole("button", { name: "Kill it" }).count()).toBe(0);
  });
});

describe("jobs on their way to the servers", needs("chromium"), () => {
  const virtual = new VirtualPage("rate-scaling", { servers: "25" }, { measured: 100 });
  let url: string;
  beforeAll(async () => {
    url = await virtual.listen();
  });
  afterAll(() => virtual.close());

  it.each([
    ["are seen moving", false],
    ["are not where the user wants no motion", true],
  ])("%s", async (_what, calm) => {
    const { page } = await openPage(url, { calm });
    await measuring(page);
    const seen = page.evaluate(`new Promise((resolve) => {
      const seen = new Set();
      new MutationObserver(() => {
        for (const job of document.querySelectorAll(".stage .job")) seen.add(job);
      }).observe(document.querySelector(".stage"), { childList: true });
      setTimeout(() => resolve(seen.size), 1000);
    })`);
    for (let i = 0; i < 5; i++) {
      await page.waitForTimeout(100);
      virtual.advance(5);
    }
    if (calm) expect(await seen).toBe(0);
    else expect(await seen).toBeGreaterThan(0);
  });
});

describe("what is predicted", needs("chromium"), () => {
  it("is told apart by kind without colour, and from what is measured, which is solid", async () => {
    const virtual = new VirtualPage("jsq-heavy-traffic", {}, { measured: 200 });
    try {
      const { page } = await openPage(await virtual.listen());
      await measuring(page);
      const legend = page.getByRole("region", { name: "One quantity over time" }).locator(".legend li");
      const lines = await legend.evaluateAll((items) =>
        items.map((item) => [
          item.textContent ?? "",
          item.querySelector("path")?.getAttribute("stroke-dasharray") ?? "",
        ]),
      );
      const dashesOf = (text: RegExp) => lines.filter(([label]) => text.test(label)).map(([, dashes]) => dashes);
      expect(new Set(dashesOf(/measured|low|high/))).toEqual(new Set(["none"]));
      const predicted = dashesOf(/exact|heuristic|limit|bound/);
      expect(predicted).toHaveLength(4);
      expect(new Set([...predicted, "none"]).size).toBe(5);
    } finally {
      virtual.close();
    }
  });
});

describe("the page of 1000 servers", needs("chromium"), () => {
  it("has a cell for each, all charts, and nothing wider than the window", async () => {
    const virtual = new VirtualPage("rate-scaling", { servers: "1000" }, { measured: 20, gone: [7] });
    try {
      const { page, complaints } = await openPage(await virtual.listen(), { width: 400 });
      await measuring(page);
      expect(await page.locator(".fleet.many i").count()).toBe(1000);
      expect(await page.locator(".fleet i.gone").count()).toBe(1);
      expect((await page.locator(".fleet").boundingBox())?.height).toBeLessThan(600);
      expect(await page.locator("canvas").count()).toBeGreaterThanOrEqual(8);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(400);
      expect(complaints).toEqual([]);
    } finally {
      virtual.close();
    }
  });
});

describe("a server that holds many jobs", needs("chromium"), () => {
  it("is marked as overloaded, with their number", async () => {
    const virtual = new VirtualPage("fleet", { servers: "12", policy: "random", load: "0.9" }, { measured: 300 });
    try {
      const { page } = await openPage(await virtual.listen());
      await measuring(page);
      const overloaded = page.locator(".fleet i.overloaded");
      for (let i = 0; i < 200 && (await overloaded.count()) === 0; i++) {
        virtual.advance(5);
        await page.waitForTimeout(20);
      }
      expect(await overloaded.first().textContent()).toMatch(/^\d+!$/);
    } finally {
      virtual.close();
    }
  });
});

describe("charts of what only some runs have", needs("chromium"), () => {
  it.each([
    [
      "utility",
      { policy: "slta", offeredLoad: "9.75" },
      [
        ["The threshold of each class", /^The thresholds of the classes: class-1 \d+\.\d+, class-2 \d+\.\d+$/],
        ["The tokens that are left", /^Tokens: green \d.*, yellow \d/],
        ["Learning the thresholds", /^The learned rank: r \d/],
      ],
    ],
    [
      "fleet",
      { classes: "8x1,4x2", load: "0.7", slo: "3" },
      [
        ["Queue lengths by class of servers", /^Queue lengths by class: class-1 \(8 servers\) .*class-2 \(4 servers\)/],
        ["Who gets the jobs", /^Shares of the jobs: .*measured 0\.\d/],
        ["Sojourn times", /longer than the slo of 3 0\.\d/],
      ],
    ],
  ] as const)("of %s %o", async (scenario, settings, charts) => {
    const virtual = new VirtualPage(scenario, settings, { measured: 300 });
    try {
      const { page, complaints } = await openPage(await virtual.listen());
      await measuring(page);
      for (const [title, description] of charts) {
        const card = page.getByRole("region", { name: title, exact: true });
        await card.getByRole("img", { name: description }).waitFor();
      }
      expect(complaints).toEqual([]);
    } finally {
      virtual.close();
    }
  });
});

describe("what the page shows first", needs("chromium"), () => {
  it.each([
    ["rate-scaling", { servers: "200" }, "Service rates over time"],
    ["jsq-heavy-traffic", {}, "The total queue and its exponential limit"],
    ["jfsq-zero-waiting", {}, "Who works: servers by speed"],
    ["utility", { policy: "slta", offeredLoad: "9.75" }, "Where tasks go: pools by class"],
    ["spatial-graphs", { graph: "geometric:6" }, "Queue lengths"],
    ["fleet", {}, "Jobs at each server"],
  ])("of %s %o is: %s", async (scenario, settings, title) => {
    const virtual = new VirtualPage(scenario, settings, { measured: 300 });
    try {
      const { page, complaints } = await openPage(await virtual.listen());
      await page.locator("#claim canvas").waitFor();
      expect(await page.locator("#claim h2").textContent()).toBe(title);
      expect(await page.locator("canvas").count()).toBeGreaterThanOrEqual(8);
      expect(complaints).toEqual([]);
    } finally {
      virtual.close();
    }
  });
});
