import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { equipoise } from "../support/equipoise.js";

const SHORT = ["--set", "servers=5", "--set", "inverseStep=20", "--warmup", "100u", "--duration", "300u"];

async function simulate(...flags: string[]): Promise<Result> {
  const { stdout, stderr } = await equipoise(["simulate", "rate-scaling", ...flags, "--json", "-"]);
  expect(stderr).toContain("verdict: ");
  return resultSchema.parse(JSON.parse(stdout));
}

describe("equipoise simulate", () => {
  it("gives the table and the JSON of verify, and its exit code", async () => {
    const { exitCode, stdout } = await equipoise(["simulate", "rate-scaling", "--set", "inverseStep=20"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^quantity +measured +interval +predicted +kind +limit +verdict +would find\n/);
    expect(stdout).toContain("verdict: agrees");
    const result = await simulate(...SHORT, "--message-delay", "constant:0.02", "--notice-delay", "exponential:0.01");
    expect(result).toMatchObject({ mode: "simulated", replications: 1, warmUpTime: 100, measuredTime: 300 });
    expect(result.conditions?.messageDelay).toBeCloseTo(0.03, 2);
  });

  it("finds the same however many workers there are", async () => {
    const runs = [...SHORT, "--replications", "5"];
    const one = await simulate(...runs, "--workers", "1");
    expect(one.replications).toBe(5);
    expect(await simulate(...runs, "--workers", "3")).toEqual(one);
    expect(await simulate(...runs, "--seed", "2")).not.toEqual(one);
  });

  it("reads delays from a file", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "equipoise-")), "delays.txt");
    writeFileSync(file, "0.01\n0.02\n0.03\n");
    const { conditions } = await simulate(...SHORT, "--message-delay", `empirical:${file}`);
    expect(conditions?.messageDelay).toBeCloseTo(0.04, 2);
  });

  it.each([
    [["--message-delay", "empirical:nowhere.txt"], /nowhere\.txt cannot be read/],
    [["--message-delay", "normal:1"], /use one of none \| constant:TIME/],
    [["--precision", "2"], /must be a number between 0 and 1/],
    [["--replications", "0"], /whole number of at least 1/],
    [["--workers", "many"], /whole number of at least 1/],
    [["--duration", "soon"], /not a duration/],
    [["--set", "servers=none"], /servers = none: must be a whole number/],
    [
      ["--set", "arrivalRate=1e9"],
      /would take about .* events, more than the limit of 2e\+9 without --duration; set --duration/,
    ],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await equipoise(["simulate", "rate-scaling", ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
