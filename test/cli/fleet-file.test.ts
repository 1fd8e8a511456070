import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { equipoise } from "../support/equipoise.js";

const folder = mkdtempSync(join(tmpdir(), "fleet-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fleet file with these lines. */
function fileOf(name: string, ...lines: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

interface Parsed {
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
}

/** The result of a command with `--json -`. */
async function resultOf(...flags: string[]): Promise<Parsed> {
  const { stdout, stderr, exitCode } = await equipoise([...flags, "--json", "-"], folder);
  expect([0, 4], stderr).toContain(exitCode);
  return JSON.parse(stdout) as Parsed;
}

describe("--fleet", () => {
  const fleet = fileOf("two.yaml", "timeUnit: 20ms", "servers: 2", "arrivalRate: 0.5", "policy: random", "seed: 7");

  it("takes the place of a scenario, with all that the file says", async () => {
    const { scenario, parameters, seed } = await resultOf("predict", "--fleet", fleet);
    expect(scenario).toBe("fleet");
    expect(parameters).toMatchObject({ servers: "2", arrivalRate: "0.5", policy: "random" });
    expect(seed).toBe("7");
  });

  it("is overridden by settings, those that take the place of the file's included, and by flags", async () => {
    const { parameters, seed } = await resultOf(
      ...["simulate", "fleet", "--fleet", fleet, "--duration", "2000u"],
      ...["--set", "load=0.6", "--set", "classes=3x1", "--seed", "8"],
    );
    expect(parameters).toMatchObject({ load: "0.6", classes: "3x1" });
    for (const replaced of ["arrivalRate", "servers", "initialRates"]) expect(parameters).not.toHaveProperty(replaced);
    expect(seed).toBe("8");
  });

  it("is overridden by what a sweep varies", async () => {
    const { stdout, stderr, exitCode } = await equipoise(
      ["sweep", "--fleet", fleet, "--vary", "load=0.3,0.4", "--duration", "500u", "--json", "-"],
      folder,
    );
    expect(exitCode, stderr).toBe(0);
    const { settings, points } = JSON.parse(stdout) as { settings: object; points: { varied: object }[] };
    expect(settings).toEqual({ servers: "2", policy: "random" });
    expect(points.map(({ varied }) => varied)).toEqual([{ load: "0.3" }, { load: "0.4" }]);
  });

  it("finds the files that it names from its own folder", async () => {
    fileOf("sizes.csv", "size", "1", "3");
    const named = fileOf("sized.yaml", "servers: 1", "sizes: empirical:sizes.csv", "load: 0.5", "policy: random");
    const { stdout, stderr, exitCode } = await equipoise(["predict", "--fleet", named], tmpdir());
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("M/G/1");
  });

  it.each<[string[], string]>([
    [["simulate"], "simulate: name a scenario (equipoise list), or a fleet with --fleet FILE"],
    [["predict", "rate-scaling", "--fleet", fleet], "is for scenario fleet, not rate-scaling"],
    [["predict", "--fleet", "no-such.yaml"], "--fleet no-such.yaml: cannot be read (ENOENT"],
    [["predict", "--fleet", fileOf("wrong.yaml", "load: much")], "wrong.yaml, line 1: load = much"],
    [["init", "house"], "must be one of fleet"],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await equipoise(flags, folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("env", () => {
  it("writes what containers and single processes need to run the same fleet, and overwrites nothing", async () => {
    const file = fileOf(
      "env.yaml",
      ...["timeUnit: 25ms", "classes:", "  - { count: 4, speed: 1.6 }", "  - { count: 8, speed: 0.7, zone: far }"],
      ...["load: 0.7", "arrivals: gamma:4", "delay: 'none;near-far=constant:1ms'", "dispatcherZones: near"],
      ...["policy: sed", "dispatchers: 3", "views: local", "seed: 7"],
    );
    const { exitCode, stderr } = await equipoise(["env", "--fleet", file], folder);
    expect(exitCode, stderr).toBe(0);
    const variables = parseEnv(readFileSync(join(folder, ".env"), "utf8"));
    const { EQUIPOISE_SET: set = "", ...others } = variables;
    expect(others).toEqual({
      ...{ EQUIPOISE_SCENARIO: "fleet", EQUIPOISE_SERVERS: "12", EQUIPOISE_SEED: "7", EQUIPOISE_TIME_UNIT: "0.025s" },
      ...{ EQUIPOISE_DISPATCHERS: "3", EQUIPOISE_VIEWS: "local" },
    });
    const of = (lines: string): string[] =>
      lines
        .split("\n")
        .filter((line) => /^ {2}\w+=/.test(line))
        .sort();
    const given = set.split(" ").flatMap((setting) => ["--set", setting]);
    const described = await equipoise(["describe", "fleet", ...given], folder);
    expect(of(described.stdout)).toEqual(of((await equipoise(["describe", "--fleet", file], folder)).stdout));
    expect((await equipoise(["env", "--fleet", file], folder)).stderr).toContain(".env: is there already");
  });

  it("refuses files, which a process that joins does not read", async () => {
    fileOf("sizes.csv", "size", "1", "3");
    const { exitCode, stderr } = await equipoise(
      ["env", "fleet", "--set", "sizes=empirical:sizes.csv", "--out", "-"],
      folder,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain("sizes = empirical:sizes.csv: processes that join a dispatcher read no files");
  });
});

describe("init fleet", () => {
  it("writes a file that other commands take, and overwrites none", async () => {
    const { exitCode, stdout } = await equipoise(["init", "fleet"], folder);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("try equipoise simulate --fleet fleet.yaml");
    const text = readFileSync(join(folder, "fleet.yaml"), "utf8");
    expect((await equipoise(["describe", "--fleet", "fleet.yaml"], folder)).stdout).toContain("sizes=lognormal:4\n");
    const again = await equipoise(["init", "fleet"], folder);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("fleet.yaml: is there already");
    expect((await equipoise(["init", "fleet", "--out", "-"], folder)).stdout).toBe(text);
  });
});
