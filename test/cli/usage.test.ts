import { spawn } from "node:child_process";
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
    [
      ["verify", "rate-scalling", "--live"],
      'unknown scenario "rate-scalling": did you mean rate-scaling? Use one of rate-scaling',
    ],
    [["verify", "queueing", "--live"], 'unknown scenario "queueing": use one of rate-scaling'],
    [["simulate", "fleet", "--set", "policy=jqs"], 'unknown policy "jqs": did you mean jsq? Use one of jiq'],
    [["simulate", "fleet", "--set", "discipline=fife"], "must be one of fifo, ps; did you mean fifo?"],
    [["simulat", "fleet"], "equipoise: unknown command 'simulat'; did you mean simulate?"],
    [["simulate", "fleet", "--sets", "servers=2"], "equipoise: unknown option '--sets'; did you mean --set?"],
    [["figure", "utility/table-2"], 'unknown figure "utility/table-2": did you mean utility/table-1?'],
    [set("lambda=0.8"), 'unknown parameter "lambda": use one of servers, arrivalRate, inverseStep, buffer'],
    [set("server=8"), 'unknown parameter "server": did you mean servers? Use one of servers'],
    [["figure", "spatial-graphs/places", "--out", "/proc/x/y"], "--out /proc/x/y: cannot be created (ENOENT"],
    [set("servers=0"), "servers = 0: must be a whole number of at least 1"],
    [set("servers=2.5"), "servers = 2.5: must be a whole number of at least 1"],
    [set("arrivalRate=-1"), "arrivalRate = -1: must be a number > 0"],
    [set("inverseStep=0.5"), "inverseStep = 0.5: must be at least 1"],
    [set("buffer=none"), "buffer = none: must be a whole number of at least 1, or infinite"],
    [set("costG=linear"), 'costG = linear: unknown sojourn cost "linear": use one of reciprocal | shifted-reciprocal'],
    [set("costH=power:0.1,1"), 'costH = power:0.1,1: rate cost "power:0.1,1": exponent = 1: must be a number >= 2'],
    [set("initialRates=uniform:2,1"), 'initialRates = uniform:2,1: initial rates "uniform:2,1": needs LOW < HIGH'],
    [set("start=full"), 'start = full: unknown start "full": use one of empty | backlog:JOBS'],
    [set("servers"), "--set servers: write NAME=VALUE"],
    [[...set("servers=2"), "--set", "servers=3"], "--set servers=3: servers is set twice"],
    [verify("--time-unit", "50"), '"50" is not a duration: write a number and ms, s, m or h, e.g. 50ms'],
    [verify("--duration", "soon"), '"soon" is not a duration'],
    [verify("--confidence", "95"), "must be a number between 0.5 and 1, e.g. 0.99"],
    [verify("--processes", "0"), "must be a whole number of at least 1"],
    [verify("--json", "/no/such/folder/result.json"), "--json /no/such/folder/result.json: cannot be written"],
    [
      ["verify", "rate-scaling"],
      "verify needs one of --live, --prometheus URL (a Prometheus that scrapes a running system)",
    ],
    [
      ["verify", "fleet", "--via", "http://127.0.0.1:1/jobs", "--record", "x.log"],
      "--record has no effect with --via: omit it",
    ],
    [["verify", "fleet", "--via", "http://127.0.0.1:1/jobs", "--live"], "verify needs one of --live"],
    [["verify", "fleet", "--via", "http://127.0.0.1:1/jobs", "--at-most", "9s"], "--at-most has no effect with --via"],
    [verify("--as=jsq"), "--as has no effect with --live"],
    [
      ["verify", "fleet", "--prometheus", "http://127.0.0.1:1", "--seed", "2"],
      "--seed has no effect with --prometheus",
    ],
    [verify("--json", "/tmp"), "--json /tmp: cannot be written (it is a folder)"],
    [verify("--port", "99999"), "must be at most 65535"],
    [["verify", "fleet", "--via", "127.0.0.1:8080"], '"127.0.0.1:8080" is not an http:// URL'],
    [
      ["verify", "fleet", "--via", "http://127.0.0.1:9/jobs", "--first-port", "65530"],
      "there are not 10 ports from it on",
    ],
    [["fly"], "unknown command 'fly'"],
    [["describe", "nothing"], 'unknown scenario "nothing": use one of rate-scaling'],
    [["predict", "rate-scaling", "--set", "servers=x"], "servers = x: must be a whole number of at least 1"],
    ...(
      [
        ["predict", "fleet"],
        ["simulate", "fleet"],
        ["verify", "fleet", "--live"],
        ["up", "fleet"],
      ] as const
    ).map((command): [string[], string] => [
      [...command, "--set", "servers=2", "--set", "initialRates=list:1.5,0.5", "--set", "policy=random"],
      "unstable: server 1 has load 1.400 under random",
    ]),
    [
      ["sweep", "fleet", "--set", "policy=random", "--vary", "arrivalRate=0.5,1.5"],
      "unstable: server 0 has load 1.500 under random",
    ],
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
    expect(stderr).toContain(`equipoise: port ${port} is taken: choose another, or 0 for any free port`);
    expect(exitCode).toBe(2);
  });
});

describe("output that cannot be written", () => {
  const full = (redirection: string): Promise<number | null> =>
    new Promise((resolve) => {
      const command = `exec "${process.execPath}" dist/cli/main.js ${redirection}`;
      spawn("sh", ["-c", command], { stdio: "ignore" }).once("close", resolve);
    });

  it.each([
    "predict rate-scaling --json /dev/full",
    "predict rate-scaling > /dev/full",
    "predict rate-scaling --json - > /dev/full",
  ])("is no verdict but exit code 74: %s", async (redirection) => {
    expect(await full(redirection)).toBe(74);
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
    ["server-node/main.js", ["--http-port", "65000", "--servers", "600"], "there are not 600 ports from it on"],
    [...generator("--sizes", `empirical:${bad}`), 'line 1: "0,0" has 2 fields'],
    [...generator("--arrivals", `trace:${bad}`), 'line 2: "1,one" needs a size that is a number >= 0'],
    [...generator("--arrivals", `trace:${nowhere}`), "ENOENT"],
    [
      ...command("simulate", "spatial-graphs", "--set", `graph=file:${bad}`),
      'line 2: "1,one" needs a type that is a whole number >= 0',
    ],
    [...command("predict", "spatial-graphs", "--set", `graph=file:${nowhere}`), "cannot be read (ENOENT"],
    [...command("predict", "jfsq-zero-waiting", "--set", `rates=file:${bad}`), "needs a rate that is a number > 0"],
    [...command("simulate", "rate-scaling", "--message-delay", `empirical:${bad}`), 'line 1: "0,0" has 2 fields'],
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
