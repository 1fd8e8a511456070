import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { scenarios } from "../../scenarios/index.js";
import { equipoise } from "../support/equipoise.js";

async function predict(...settings: string[]): Promise<{ result: Result; stderr: string }> {
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const { exitCode, stdout, stderr } = await equipoise(["predict", "rate-scaling", ...sets, "--json", "-"]);
  expect(exitCode).toBe(0);
  return { result: resultSchema.parse(JSON.parse(stdout)), stderr };
}

function predicted({ quantities }: Result, name: string, kind: string): number | undefined {
  return quantities.find((q) => q.name === name)?.predictions.find((p) => p.kind === kind)?.value;
}

describe("equipoise list and describe", () => {
  it("name every scenario, and every parameter with its default, unit and range", async () => {
    const listed = await equipoise(["list"]);
    expect(listed.exitCode).toBe(0);
    for (const scenario of scenarios) {
      expect(listed.stdout).toContain(scenario.name);
      const { stdout, exitCode } = await equipoise(["describe", scenario.name]);
      expect(exitCode).toBe(0);
      for (const [name, parameter] of Object.entries(scenario.parameters)) {
        const words = stdout.replaceAll(/\s+/g, " ");
        expect(words).toContain(`${name}=${parameter.default}`);
        for (const part of [parameter.unit, parameter.range, parameter.description]) expect(words).toContain(part);
      }
    }
  });
});

describe("equipoise predict", () => {
  it("gives the limit of Theorem 2.11: rates (5 lambda)^(1/3) for g = 1/x, h = 0.1 x^2", async () => {
    const { result } = await predict("arrivalRate=0.8");
    expect(predicted(result, "mean_service_rate", "limit")).toBeCloseTo(4 ** (1 / 3), 12);
    expect(predicted((await predict("arrivalRate=1.6")).result, "mean_service_rate", "limit")).toBeCloseTo(2, 12);
  });

  it("names a violated assumption, what it means, and puts the predictions outside", async () => {
    const { result, stderr } = await predict("arrivalRate=20");
    const violated = result.assumptions.filter(({ holds }) => !holds);
    expect(violated.length).toBeGreaterThan(0);
    for (const { condition, consequence } of violated) {
      expect(stderr).toContain(`assumption ${condition} is violated: ${consequence}`);
    }
    const claims = result.quantities.find(({ name }) => name === "mean_service_rate")?.predictions ?? [];
    expect(claims.length).toBeGreaterThan(0);
    for (const { status, why } of claims) {
      expect(status).toBe("outside assumptions");
      expect(why).toMatch(/Assumption 2\.1 .* is violated/);
    }
  });

  it("writes the same JSON to a file, and then the table to standard output", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "equipoise-")), "result.json");
    const { stdout } = await equipoise(["predict", "rate-scaling", "--json", file]);
    expect(stdout).toContain("mean_service_rate");
    expect(resultSchema.parse(JSON.parse(readFileSync(file, "utf8")))).toEqual((await predict()).result);
  });
});
