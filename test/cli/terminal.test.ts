import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { equipoise } from "../support/equipoise.js";
import { needs } from "../support/programs.js";
import { onTerminal } from "../support/terminal.js";

const WIDTH = 80;
const GREEN_AGREES = "\u001b[32magrees\u001b[39m";

const linesOf = (written: string): string[] => stripVTControlCharacters(written).split(/[\r\n]+/);

const simulation = ["simulate", "rate-scaling", "--set", "servers=4", "--set", "inverseStep=20"];

describe("on a terminal of 80 columns", needs("script"), () => {
  it.each([
    [["list"]],
    [["describe", "utility"]],
    [["predict", "jfsq-zero-waiting"]],
    [["simulate", "--help"]],
    [["simulate", "jsq-heavy-traffic", "--duration", "20s"]],
    [["sweep", "rate-scaling", "--vary", "servers=4,5", "--duration", "5s", "--runs", "/dev/null"]],
    [["compare", "--policies", "jsq,random", "--set", "servers=2", "--within", "0.5"]],
  ])("%s wraps nowhere", async (flags) => {
    const lines = linesOf(await onTerminal(flags, WIDTH));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(WIDTH);
  });

  it("verdicts are coloured, unless NO_COLOR asks for none; into a pipe they never are", async () => {
    const written = await onTerminal(simulation, WIDTH);
    expect(written).toContain(GREEN_AGREES);
    expect(written).not.toContain("u{1b}");
    const plain = await onTerminal(simulation, WIDTH, { NO_COLOR: "1" });
    expect(linesOf(plain)).toContainEqual(expect.stringMatching(/^mean_service_rate \*.* agrees$/));
    expect(plain).not.toContain("\u001b[32m");
    const { stdout, stderr } = await equipoise(simulation);
    expect(stdout).toMatch(/^mean_service_rate \*.* agrees /m);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});
