import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { equipoise } from "../support/equipoise.js";
import { needs } from "../support/programs.js";

const COMMAND = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const [WIDTH, HEIGHT] = [80, 24];
const GREEN_AGREES = "\u001b[32magrees\u001b[39m";

/** What a command writes on a terminal of 80 columns and 24 lines, standard error too. */
function onTerminal(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const command = [process.execPath, COMMAND, ...flags].map((word) => `'${word}'`).join(" ");
  const line = `stty columns ${WIDTH} rows ${HEIGHT} && exec ${command}`;
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", XDG_CACHE_HOME: "/dev/null", CI: "", ...environment },
  });
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  return new Promise((resolve) => child.once("close", () => resolve(written)));
}

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
    const lines = linesOf(await onTerminal(flags));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(WIDTH);
  });

  it("verdicts are coloured, unless NO_COLOR asks for none; into a pipe they never are", async () => {
    const written = await onTerminal(simulation);
    expect(written).toContain(GREEN_AGREES);
    expect(written).not.toContain("u{1b}");
    const plain = await onTerminal(simulation, { NO_COLOR: "1" });
    expect(linesOf(plain)).toContainEqual(expect.stringMatching(/^mean_service_rate \*.* agrees$/));
    expect(plain).not.toContain("\u001b[32m");
    const { stdout, stderr } = await equipoise(simulation);
    expect(stdout).toMatch(/^mean_service_rate \*.* agrees /m);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});
