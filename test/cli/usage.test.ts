import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { equipoise, start } from "../support/equipoise.js";

let occupant: Server | undefined;
afterEach(() => occupant?.close());

async function occupiedPort(): Promise<number> {
  occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  return (occupant.address() as { port: number }).port;
}

const verify = (...flags: string[]): string[] => ["verify", "rate-scaling", "--live", ...flags];
const set = (setting: string): string[] => verify("--set", setting);

describe("bad input gets one clear line and exit code 2", () => {
  it.each([
    [["verify", "rate-scalling", "--live"], 'unknown scenario "rate-scalling": use one of rate-scaling'],
    [set("lambda=0.8"), 'unknown parameter "lambda": use one of servers, arrivalRate, inverseStep, buffer'],
    [["figure", "spatial-graphs/places", "--out", "/proc/x/y"], "--out /proc/x/y: cannot be made (ENOENT"],
    [set("servers=0"), "servers = 0: must be a whole number of at least 1"],
    [set("servers=2.5"), "servers = 2.5: must be a whole number of at least 1"],
    [set("arrivalRate=-1"), "arrivalRate = -1: must be a number > 0"],
    [set("inverseStep=0.5"), "inverseStep = 0.5: must be at least 1"],
    [set("buffer=none"), "buffer = none: must be a whole number of at least 1, or infinite"],
    [set("costG=linear"), 'costG = linear: unknown sojourn cost "linear": use one of reciprocal, shifted-reciprocal'],
    [set("costH=power:0.1,1"), 'costH = power:0.1,1: rate cost "power:0.1,1": the exponent must be a number >= 2'],
    [set("initialRates=uniform:2,1"), 'initialRates = uniform:2,1: initial rates "uniform:2,1": need 0 <= LOW < HIGH'],
    [set("start=full"), "start = full: must be empty or backlog:JOBS"],
    [set("servers"), "--set servers: write NAME=VALUE"],
    [[...set("servers=2"), "--set", "servers=3"], "--set servers=3: servers is set twice"],
    [verify("--time-unit", "50"), '"50" is not a length of time: write a number and ms, s, m or h, e.g. 50ms'],
    [verify("--duration", "soon"), '"soon" is not a length of time'],
    [verify("--confidence", "95"), "must be a number between 0.5 and 1, e.g. 0.99"],
    [verify("--processes", "0"), "must be a whole number of at least 1"],
    [verify("--json", "/no/such/folder/result.json"), "--json /no/such/folder/result.json: cannot be written"],
    [
      ["verify", "rate-scaling"],
      "verify needs either --live, or --prometheus and the URL of one that scrapes a running system",
    ],
    [["fly"], "unknown command 'fly'"],
    [["describe", "nothing"], 'unknown scenario "nothing": use one of rate-scaling'],
    [["predict", "rate-scaling", "--set", "servers=x"], "servers = x: must be a whole number of at least 1"],
  ])("%j", async (flags, message) => {
    const { exitCode, stderr, stdout } = await equipoise(flags);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  it("a port that is taken", async () => {
    const port = await occupiedPort();
    const { exitCode, stderr } = await equipoise(set("servers=2").concat("--port", String(port)));
    expect(stderr).toContain(`equipoise: port ${port} is taken: choose another, or 0 for any free one`);
    expect(exitCode).toBe(2);
  });
});

describe("a reader that has seen enough", () => {
  it("makes no command fail", async () => {
    const { process: child, ended } = start("cli/main.js", ["predict", "rate-scaling"]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("a file that is not what it should be gets one clear line and exit code 2", () => {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
  const bad = join(folder, "bad.csv");
  writeFileSync(bad, "0,0\n1,one\n\u0000\n");
  const nowhere = join(folder, "none");
  const generator = (...flags: string[]): [string, string[]] => ["load-generator/main.js", flags];
  const command = (...flags: string[]): [string, string[]] => ["cli/main.js", flags];

  it.each([
    [...generator("--sizes", `csv:${bad}`), 'line 1: "0,0" is not a number'],
    [...generator("--arrivals", `trace:${bad}`), 'line 2: "1,one" needs a size that is a number >= 0'],
    [...generator("--arrivals", `trace:${nowhere}`), "ENOENT"],
    [...command("simulate", "spatial-graphs", "--set", `graph=file:${bad}`), 'line 2: "1,one" is not an edge'],
    [...command("predict", "spatial-graphs", "--set", `graph=file:${nowhere}`), "cannot be read (ENOENT"],
    [...command("predict", "jfsq-zero-waiting", "--set", `rates=file:${bad}`), 'rate 1, "0", must be a number > 0'],
    [...command("simulate", "rate-scaling", "--message-delay", `empirical:${bad}`), 'line 1: "0,0" is not a time'],
    [...command("replay", bad), "bad.csv is not an event log of this format"],
    [...command("report", bad), "bad.csv: cannot be read as JSON"],
    [...command("sweep", "rate-scaling", "--vary", "servers=1:9:0"), "STEP must lead from FROM to TO"],
  ])("%s %j", async (program, flags, message) => {
    const { exitCode, stderr, stdout } = await start(program, flags).ended;
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

describe("help and version", () => {
  it("go to standard output and exit with 0", async () => {
    const help = await equipoise(["--help"]);
    expect(help.exitCode).toBe(0);
    for (const word of ["up", "verify", "predict", "describe", "list", "130 interrupted"]) {
      expect(help.stdout).toContain(word);
    }
    expect((await equipoise(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
