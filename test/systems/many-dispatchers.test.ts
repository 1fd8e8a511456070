import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { FAMILY_CONFIDENCE } from "../../experiments/evidence.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { type SimulationOutput, simulate } from "../../simulator/simulation.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise, freePort, processesWith, start } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { expectOneMore } from "../support/one-more-draw.js";

const live = new LiveProcesses();
afterEach(() => live.end());

const DISPATCHERS = 4;
const [WARM_UP, MEASURING] = [20, 160];
const TWINS = 24;

/** A system that is run live and in virtual time, with what is compared. */
interface System {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly jobsPerTime: number;
  readonly quantities: readonly string[];
}

const SPATIAL: System = {
  scenario: "spatial-graphs",
  settings: { servers: "20", graph: "regular:4", arrivalRate: "0.8" },
  jobsPerTime: 16,
  quantities: ["mean_queue_length", "queue_tail_1", "queue_tail_2", "queue_tail_3", "mean_sojourn_time"],
};

/** Twenty servers, half of them faster, at load 0.6. */
const unequal = (policy: string): System => ({
  scenario: "balancer",
  settings: {
    ...{ servers: "20", policy, arrivalRate: "0.6" },
    initialRates: `list:${Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1.2 : 0.8)).join(",")}`,
  },
  jobsPerTime: 12,
  quantities: ["mean_queue_length", "mean_waiting_time", "busy_fraction"],
});

/** Twins of the live run, with the same servers and the message delay that it had. */
function twinsMeasure({ scenario, settings }: System, messageDelay: number): SimulationOutput[] {
  return Array.from({ length: TWINS }, (_, twin) =>
    simulate({
      ...{ scenario, settings },
      seed: "1",
      // The first has the very randomness of the live run.
      replication: 2 + twin,
      warmUpTime: WARM_UP,
      measuringTime: MEASURING,
      familyConfidence: FAMILY_CONFIDENCE,
      // There and back again.
      messageDelay: { law: "exponential", mean: messageDelay / 2 },
      dispatchers: DISPATCHERS,
    }),
  );
}

async function runLive({ scenario, settings }: System): Promise<{ result: Result; stderr: string }> {
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const times = ["--time-unit", "150ms", "--warmup", `${WARM_UP}u`, "--duration", `${MEASURING}u`];
  const flags = ["--dispatchers", String(DISPATCHERS), "--processes", "5", ...times, "--json", "-"];
  const { stdout, stderr } = await equipoise(["verify", scenario, "--live", ...set, ...flags]);
  return { result: resultSchema.parse(JSON.parse(stdout)), stderr };
}

describe("equipoise verify --live --dispatchers 4", () => {
  it.for<[string, System]>([
    ["jsq-d on a graph, by task types", SPATIAL],
    ["jsq, at random", unequal("jsq")],
    ["jiq, with a token for one", unequal("jiq")],
  ])("runs 20 servers as the simulated twin does: %s", { timeout: 120_000 }, async ([, system], context) => {
    const { result, stderr } = await runLive(system);
    const { offered = 0, blocked = 0, completed = 0, lost = 0, inFlight = 0 } = result.jobs ?? {};
    // Six standard errors.
    const expected = system.jobsPerTime * (WARM_UP + MEASURING);
    expect(Math.abs(offered - expected)).toBeLessThan(6 * Math.sqrt(expected) + 16);
    expect([blocked, lost]).toEqual([0, 0]);
    expect(completed + inFlight).toBe(offered);
    const { dispatchers, meanAge, meanAgeError } = result.views ?? {};
    expect(dispatchers).toBe(DISPATCHERS);
    expect(meanAge).toBeGreaterThan(0);
    expect(meanAgeError).toBeGreaterThan(0);
    expect(stderr).toMatch(/views of 4 dispatchers: what servers tell takes 0\.\d+ \+- 0\.\d+ time units/);

    skipIfTooBusy(context, result);
    const twins = twinsMeasure(system, result.conditions?.messageDelay ?? 0);
    for (const name of system.quantities) {
      const live = result.quantities.find((quantity) => quantity.name === name)?.measured ?? Number.NaN;
      const values = twins.map(({ estimates }) => estimates[name].value);
      expectOneMore(name, live, values);
    }
  });

  it("is void, and says who, when a dispatcher is lost; all others end too", async () => {
    const seed = `many-${process.pid}`;
    const set = ["--set", "servers=4", "--set", "graph=ring", "--seed", seed];
    const flags = ["--dispatchers", "2", ...set, "--duration", "600s"];
    const run = start("cli/main.js", ["verify", "spatial-graphs", "--live", ...flags]);
    await run.says(/warming up/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const victim = processesWith(seed).find(({ commandLine }) => commandLine.includes("--number 1"));
    process.kill(victim?.pid ?? 0, "SIGKILL");
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stdout + stderr).toMatch(/void: dispatcher-1 ended by SIGKILL/);
    const [, offered, completed, lost, inFlight] =
      /jobs: (\d+) offered = (\d+) completed \+ 0 blocked \+ (\d+) lost \+ (\d+) in flight/.exec(stdout + stderr) ?? [];
    expect(Number(offered)).toBeGreaterThan(0);
    expect(Number(offered)).toBe(Number(completed) + Number(lost) + Number(inFlight));
    expect(exitCode).toBe(3);
    expect(processesWith(seed)).toEqual([]);
  });

  it("refuses what cannot be divided", async () => {
    const slotted = await equipoise([
      "verify",
      "jsq-heavy-traffic",
      "--live",
      "--set",
      "time=slotted",
      "--dispatchers",
      "2",
    ]);
    expect(slotted.exitCode).toBe(2);
    expect(slotted.stderr).toMatch(/--dispatchers 2: in slotted time/);
    const few = await equipoise(["verify", "spatial-graphs", "--live", "--dispatchers", "21"]);
    expect(few.exitCode).toBe(2);
    expect(few.stderr).toContain("only 20 task types");
  });

  it.each(["told", "local"])(
    "records each dispatcher, and replays its decisions, with views %s",
    { timeout: 120_000 },
    async (views) => {
      const log = join(mkdtempSync(join(tmpdir(), "equipoise-")), "events.jsonl");
      const settings = ["--set", "servers=6", "--set", "policy=jsq", "--set", "buffer=2", "--processes", "2"];
      const several = ["--dispatchers", "3", "--views", views, "--record", log];
      const times = ["--time-unit", "20ms", "--warmup", "1s", "--duration", "4s"];
      const run = await equipoise(["verify", "balancer", "--live", ...settings, ...several, ...times]);
      const { exitCode, stdout, stderr } = await equipoise(["replay", log, `${log}.1`, `${log}.2`]);
      expect(stderr, run.stderr).toBe("");
      expect(exitCode).toBe(0);
      const lines = [...stdout.matchAll(/^\S+: identical: (\d+) events, (\d+) decisions; /gm)];
      expect(lines).toHaveLength(3);
      // A third of six servers' jobs each, for five seconds.
      for (const [, events, decisions] of lines) {
        expect(Number(decisions)).toBeGreaterThan(100);
        expect(Number(events)).toBeGreaterThan(Number(decisions));
      }
    },
  );

  it("obeys the page: the policy of all changes, and a server is added to all", async () => {
    const [seed, port] = [`many-controls-${process.pid}`, await freePort()];
    const flags = ["--dispatchers", "2", "--set", "servers=4", "--set", "policy=jsq", "--control", "--seed", seed];
    const run = live.start("cli/main.js", ["up", "balancer", ...flags, "--port", String(port)]);
    await run.says(/warming up/);
    const url = `http://127.0.0.1:${port}`;
    const stateOf = async () => (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
    await expect.poll(async () => (await stateOf()).totals.completed, { timeout: 60_000 }).toBeGreaterThan(20);
    const act = async (action: object) =>
      (
        await fetch(`${url}/api/control`, {
          ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(action) },
        })
      ).json();
    expect(await act({ action: "policy", policy: "jiq" })).toEqual({ done: "policy changed from jsq to jiq" });
    expect(await act({ action: "add" })).toEqual({ done: "server 4 added" });
    await expect.poll(async () => (await stateOf()).servers.connected, { timeout: 60_000 }).toBe(5);
    const before = (await stateOf()).totals.completed;
    await expect.poll(async () => (await stateOf()).totals.completed, { timeout: 60_000 }).toBeGreaterThan(before + 50);
    const { offences, totals, division, policy } = await stateOf();
    expect([offences, totals.lost, division, policy]).toEqual([
      ...[0, 0, { dispatchers: 2, views: "told", number: 0 }, "jiq"],
    ]);
    run.process.kill("SIGINT");
    await run.ended;
  });
});

describe("two dispatchers started by hand", () => {
  const stateAt = async (url: string): Promise<DispatcherState> =>
    (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;

  /** Two dispatchers, four servers and a load generator; the second dispatcher can be started again. */
  async function system() {
    const common = [
      "--scenario",
      "balancer",
      "--set",
      "servers=4",
      "--dispatchers",
      "2",
      "--heartbeat",
      "500ms",
      "--warmup",
      "1s",
    ];
    const first = await live.dispatcher(...common);
    const port = String(await freePort());
    const startSecond = () =>
      live.start("dispatcher/main.js", [
        ...[...common, "--number", "1", "--first", first.replace("http", "ws"), "--port", port],
      ]);
    const second = startSecond();
    await second.says(/listening/);
    const urls = `${first},http://127.0.0.1:${port}`.replaceAll("http", "ws");
    const node = ["--rate-control", "fixed", "--initial-rates", "constant:1", "--buffer", "infinite"];
    live.serverNode(urls, "--servers", "4", ...node);
    const generator = live.loadGenerator(urls, "--arrival-rate", "2", "--duration", "12s", "--output", "json");
    await expect.poll(async () => (await stateAt(first)).totals.completed, { timeout: 20_000 }).toBeGreaterThan(100);
    return { first, secondUrl: `http://127.0.0.1:${port}`, second, startSecond, generator };
  }

  it("go on when one is killed and comes back; the run is void, and every job has ended once", async () => {
    const { first, secondUrl, second, startSecond, generator } = await system();
    second.process.kill("SIGKILL");
    await expect.poll(async () => (await stateAt(first)).whyVoid, { timeout: 10_000 }).toMatch(/dispatcher 1/);
    await startSecond().says(/listening/);
    await expect.poll(async () => (await stateAt(secondUrl)).totals.completed, { timeout: 20_000 }).toBeGreaterThan(5);
    const { jobs } = JSON.parse((await generator.ended).stdout) as { jobs: Record<string, number> };
    expect(jobs.underWay).toBe(0);
    expect(jobs.sent).toBe(jobs.completed + jobs.blocked + jobs.lost);
    expect(jobs.lost).toBe(0);
  });

  it("are void within a lease when one is silent", async () => {
    const { first, second } = await system();
    second.process.kill("SIGSTOP");
    // A lease is 1.5 s, and the first checks four times a beat.
    await expect.poll(async () => (await stateAt(first)).whyVoid, { timeout: 6000 }).toMatch(/dispatcher 1 left/);
    second.process.kill("SIGCONT");
  });
});
