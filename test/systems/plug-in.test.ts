import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { equipoise } from "../support/equipoise.js";

const EXAMPLE = fileURLToPath(new URL("../../examples/policies/avoid-slow.mjs", import.meta.url));
const log = join(mkdtempSync(join(tmpdir(), "equipoise-")), "events.jsonl");

describe("a policy of a user's own, in a live run", () => {
  it("routes all jobs, and decides the same when the run is replayed, but only if it is named again", async () => {
    const settings = ["--set", "servers=4", "--set", "arrivalRate=0.5", "--set", `policy=${EXAMPLE}`];
    const times = ["--time-unit", "20ms", "--warmup", "1s", "--duration", "3s"];
    const flags = [...settings, ...times, "--processes", "1", "--record", log];
    const run = await equipoise(["verify", "balancer", "--live", ...flags]);
    expect(run.stdout + run.stderr).toContain("policy avoid-slow: ");
    const nameless = await equipoise(["replay", log]);
    expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining("a module is used only if")]);
    const { exitCode, stdout, stderr } = await equipoise(["replay", log, "--set", `policy=${EXAMPLE}`]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [, decisions] = /^identical: \d+ events, (\d+) decisions; /.exec(stdout) ?? [];
    // 4 servers at 0.5 jobs per 20 ms for 4 s are 400 jobs, give or take.
    expect(Number(decisions)).toBeGreaterThan(250);
  });
});
