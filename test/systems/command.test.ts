import { mkdtempSync, readdirSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { equipoise, eventually, freePort, processesWith, start } from "../support/equipoise.js";

/** So short a run may have any verdict, on any machine; the exit code says which. */
const EXIT_CODES = { agrees: 0, differs: 1, void: 3, undecided: 4 };

let runs = 0;
/** A seed that no other run on this machine has, so that its processes can be told from all others. */
const uniqueSeed = (): string => `test-${process.pid}-${runs++}`;

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "equipoise-"));
const processesLeft = (seed: string): Promise<true> => eventually(async () => !processesWith(seed).length || undefined);

function refusesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}

describe("equipoise verify --live", () => {
  it("writes a result of the documented schema whose books balance, and exits by its verdict", async () => {
    const flags = ["--set", "servers=4", "--time-unit", "20ms", "--warmup", "1s", "--duration", "4s"];
    const { exitCode, stdout, stderr } = await equipoise(["verify", "rate-scaling", "--live", ...flags, "--json", "-"]);
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(result.mode).toBe("live");
    expect(result.parameters.servers).toBe("4");
    // Up to the end of an epoch.
    expect(result.measuredTime).toBeGreaterThanOrEqual(200);
    expect(result.measuredTime).toBeLessThan(220);
    const { offered = 0, blocked = 0, completed = 0, lost = 0, inFlight = 0 } = result.jobs ?? {};
    expect(completed).toBeGreaterThan(0);
    expect(offered).toBe(blocked + completed + lost + inFlight);
    expect(result.quantities.every(({ measured }) => measured !== null)).toBe(true);
    expect(exitCode).toBe(EXIT_CODES[result.verdict ?? "void"]);
    expect(stderr).toContain("mean_service_rate");
  });

  it("is void, with exit code 3 and the remedy, where the machine cannot keep up", async () => {
    const flags = ["--set", "servers=4", "--time-unit", "0.05ms", "--warmup", "1s", "--duration", "1s"];
    const { exitCode, stdout } = await equipoise(["verify", "rate-scaling", "--live", ...flags]);
    expect(stdout).toMatch(/void: the (machine|load generator) could not keep up.*raise --time-unit/);
    expect(exitCode).toBe(3);
  });

  it("is void, and says who, when a process is lost; the others end too", async () => {
    const seed = uniqueSeed();
    const flags = ["--set", "servers=4", "--seed", seed, "--duration", "600s"];
    const run = start("cli/main.js", ["verify", "rate-scaling", "--live", ...flags]);
    await run.says(/warming up/);
    const victim = processesWith(seed).find(({ commandLine }) => commandLine.includes("--name server-node-2"));
    process.kill(victim?.pid ?? 0, "SIGKILL");
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stdout + stderr).toContain("void: server-node-2 ended by SIGKILL");
    expect(exitCode).toBe(3);
    await processesLeft(seed);
  });
});

describe("the end of a live run", () => {
  it("by Ctrl-C leaves no process, port or file, and exits with 130", async () => {
    const seed = uniqueSeed();
    const port = await freePort();
    const folder = emptyFolder();
    const run = start("cli/main.js", ["up", "--seed", seed, "--port", String(port)], folder);
    await run.says(/warming up/);
    // The command, the dispatcher, the load generator, and 25 server nodes.
    expect(processesWith(seed).length).toBe(28);
    expect(await refusesConnections(port)).toBe(false);
    run.process.kill("SIGINT");
    expect((await run.ended).exitCode).toBe(130);
    expect(processesWith(seed)).toEqual([]);
    expect(await refusesConnections(port)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("by SIGTERM before the fleet is complete leaves nothing either, and exits with 143", async () => {
    const seed = uniqueSeed();
    const run = start("cli/main.js", ["up", "--seed", seed, "--port", "0"]);
    await run.says(/starting/);
    run.process.kill("SIGTERM");
    expect((await run.ended).exitCode).toBe(143);
    expect(processesWith(seed)).toEqual([]);
  });

  it("by SIGHUP, when its terminal is closed, is like that by SIGTERM", async () => {
    const seed = uniqueSeed();
    const flags = ["--set", "servers=3", "--warmup", "1s", "--seed", seed, "--port", "0"];
    const run = start("cli/main.js", ["up", ...flags]);
    await run.says(/measuring/);
    run.process.kill("SIGHUP");
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(143);
    expect(stdout).toMatch(/jobs: \d+ offered/);
    expect(processesWith(seed)).toEqual([]);
  });

  it("by SIGKILL of the command itself leaves nothing: its processes see that it is gone", async () => {
    const seed = uniqueSeed();
    const run = start("cli/main.js", ["up", "--seed", seed, "--port", "0"]);
    await run.says(/warming up/);
    run.process.kill("SIGKILL");
    await run.ended;
    await processesLeft(seed);
  });

  it("comes as cleanly with 100 server processes", async () => {
    const seed = uniqueSeed();
    const flags = ["--set", "servers=100", "--seed", seed, "--warmup", "2s", "--duration", "2s", "--json", "-"];
    const run = start("cli/main.js", ["verify", "rate-scaling", "--live", ...flags]);
    await run.says(/warming up/);
    expect(processesWith(seed).length).toBe(103);
    const { stdout, exitCode } = await run.ended;
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(exitCode).toBe(EXIT_CODES[result.verdict ?? "void"]);
    expect(result.jobs?.completed).toBeGreaterThan(0);
    expect(processesWith(seed)).toEqual([]);
  });
});
