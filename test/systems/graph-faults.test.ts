import { afterEach, describe, expect, it } from "vitest";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
afterEach(() => live.end());

const NODE = ["--servers", "2", "--buffer", "infinite", "--rate-control", "fixed", "--initial-rates", "constant:1"];

describe("servers of a graph, which keep their numbers", () => {
  it("are replaced while their jobs are still theirs: these go to neighbours or are lost, and the books balance", async () => {
    const url = await live.dispatcher("--scenario", "spatial-graphs", "--set", "servers=4", "graph=ring");
    const state = async () => (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
    live.serverNode(url, "--name", "a", ...NODE);
    const victim = live.serverNode(url, "--name", "b", "--first-server", "2", ...NODE);
    live.loadGenerator(url, "--arrival-rate", "3.6", "--task-types", "4");
    await expect.poll(async () => (await state()).totals.completed, { timeout: 20_000 }).toBeGreaterThan(50);
    // Stopped while it holds jobs: at load 0.9 it does soon.
    victim.process.kill("SIGKILL");
    await victim.ended;
    live.serverNode(url, "--name", "b again", "--first-server", "2", ...NODE);
    await expect.poll(async () => (await state()).servers.connected, { timeout: 20_000 }).toBe(4);
    const before = (await state()).totals.completed;
    await expect.poll(async () => (await state()).totals.completed, { timeout: 20_000 }).toBeGreaterThan(before + 50);
    const { offered, completed, blocked, lost, inFlight } = (await state()).totals;
    expect(offered).toBe(completed + blocked + lost + inFlight);
  });
});
