import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { barriers, closeBrowser, openPage } from "../support/browser.js";
import { equipoise } from "../support/equipoise.js";
import { needs } from "../support/programs.js";

afterAll(closeBrowser);

describe("equipoise report", () => {
  it(
    "makes one page of results and figures that a browser shows without asking anyone",
    needs("chromium"),
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
      const [result, prediction, swept, page] = ["run.json", "prediction.json", "sweep.json", "report.html"].map(
        (name) => join(folder, name),
      );
      const flags = ["--set", "servers=5", "--warmup", "20u", "--duration", "200u", "--json", result];
      await equipoise(["simulate", "rate-scaling", ...flags]);
      await equipoise(["predict", "utility", "--json", prediction]);
      const varied = ["--vary", "arrivalRate=0.5,0.7", "--vary", "policy=jsq,random", "--warmup", "50u"];
      await equipoise(["sweep", "fleet", ...varied, "--duration", "200u", "--json", swept], folder);
      const { exitCode, stdout } = await equipoise([
        "report",
        result,
        prediction,
        swept,
        "--out",
        page,
        "--title",
        "For <you>",
      ]);
      expect(exitCode).toBe(0);
      expect(stdout).toBe(`wrote ${page}\n`);
      const { page: shown, complaints } = await openPage(`file://${page}`);
      expect(await shown.title()).toBe("For <you>");
      expect(await shown.getByRole("heading", { name: /^rate-scaling\/simulated/ }).count()).toBe(1);
      expect(await shown.getByRole("heading", { name: /^utility\/predicted/ }).count()).toBe(1);
      expect(await shown.getByRole("heading", { name: /^fleet\/sweep/ }).count()).toBe(1);
      expect(await shown.getByRole("columnheader", { name: "difference high", exact: true }).count()).toBe(1);
      const { quantities } = JSON.parse(readFileSync(result, "utf8")) as { quantities: { name: string }[] };
      for (const { name } of quantities)
        expect(await shown.getByRole("cell", { name, exact: true }).count()).toBeGreaterThanOrEqual(1);
      expect(await shown.evaluate("document.querySelector('img').naturalWidth > 0")).toBe(true);
      expect(await barriers(shown)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it("refuses what is neither, and a folder that is not there, in one line", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "equipoise-")), "other.json");
    writeFileSync(file, '{"format": 1}');
    const other = await equipoise(["report", file]);
    expect(other.stderr).toContain(
      `${file}: neither the result of a run, sweep or comparison (--json) nor a figure (result: format: `,
    );
    expect(other.exitCode).toBe(2);
    writeFileSync(file, "no JSON");
    expect((await equipoise(["report", file])).stderr).toContain(`${file}: cannot be read as JSON`);
    const nowhere = await equipoise(["report", file, "--out", "/no/such/folder/report.html"]);
    expect(nowhere.stderr).toContain("--out /no/such/folder/report.html: cannot be written");
    expect(nowhere.exitCode).toBe(2);
  });
});
