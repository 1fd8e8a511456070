import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { barriers, launchBrowser, openPage } from "../support/browser.js";
import { equipoise } from "../support/equipoise.js";

describe("equipoise report", () => {
  it("makes one page of results and figures that a browser shows without asking anyone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
    const [result, prediction, page] = ["run.json", "prediction.json", "report.html"].map((name) => join(folder, name));
    const flags = ["--set", "servers=5", "--warmup", "20u", "--duration", "200u", "--json", result];
    await equipoise(["simulate", "rate-scaling", ...flags]);
    await equipoise(["predict", "utility", "--json", prediction]);
    const { exitCode, stdout } = await equipoise(["report", result, prediction, "--out", page, "--title", "For <you>"]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`wrote ${page}\n`);
    const browser = await launchBrowser();
    try {
      const { page: shown, complaints } = await openPage(browser, `file://${page}`);
      expect(await shown.title()).toBe("For <you>");
      expect(await shown.getByRole("heading", { name: /^rate-scaling\/simulated/ }).count()).toBe(1);
      expect(await shown.getByRole("heading", { name: /^utility\/predicted/ }).count()).toBe(1);
      const { quantities } = JSON.parse(readFileSync(result, "utf8")) as { quantities: { name: string }[] };
      for (const { name } of quantities) expect(await shown.getByRole("cell", { name, exact: true }).count()).toBe(1);
      expect(await shown.evaluate("document.querySelector('img').naturalWidth > 0")).toBe(true);
      expect(await barriers(shown)).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("refuses what is neither, and a folder that is not there, in one line", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "equipoise-")), "other.json");
    writeFileSync(file, '{"format": 1}');
    const other = await equipoise(["report", file]);
    expect(other.stderr).toContain(`${file}: no result of a run (--json) and no figure (result: version: `);
    expect(other.exitCode).toBe(2);
    writeFileSync(file, "no JSON");
    expect((await equipoise(["report", file])).stderr).toContain(`${file}: cannot be read as JSON`);
    const nowhere = await equipoise(["report", file, "--out", "/no/such/folder/report.html"]);
    expect(nowhere.stderr).toContain("--out /no/such/folder/report.html: cannot be written");
    expect(nowhere.exitCode).toBe(2);
  });
});
