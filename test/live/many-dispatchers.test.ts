import { describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { studentQuantile } from "../../model/statistics/interval.js";
import { FAMILY_CONFIDENCE } from "../../scenarios/evidence.js";
import { type SimulationOutput, simulate } from "../../simulator/simulation.js";
import { equipoise, processesWith, start } from "../support/equipoise.js";

const SETTINGS = { servers: "20", graph: "regular:4", arrivalRate: "0.8" };
const DISPATCHERS = 4;
const [WARM_UP, MEASURING] = [20, 160];
const QUANTITIES = ["mean_queue_length", "queue_tail_1", "queue_tail_2", "queue_tail_3", "mean_sojourn_time"];
/** Of each quantity by itself: one in a hundred thousand. */
const CONFIDENCE = 1 - 1e-5;
const TWINS = 24;

/** Twins of the live run, on the same graph and with the message delay that it had. */
function twinsMeasure(messageDelay: number): SimulationOutput[] {
  return Array.from({ length: TWINS }, (_, twin) =>
    simulate({
      scenario: "spatial-graphs",
      settings: SETTINGS,
      seed: "1",
      // The first has the very chance of the live run.
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

/** The live run is one more draw of the same law. */
function expectOneMore(name: string, live: number, twins: readonly number[]): void {
  const mean = twins.reduce((sum, value) => sum + value, 0) / twins.length;
  const deviation = Math.sqrt(twins.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (twins.length - 1));
  const reach = studentQuantile((1 + CONFIDENCE) / 2, twins.length - 1) * deviation * Math.sqrt(1 + 1 / twins.length);
  expect(Math.abs(live - mean), `${name}: live ${live}, twins ${mean} with sd ${deviation}`).toBeLessThan(reach);
}

describe("equipoise verify --live --dispatchers 4", () => {
  it("runs 20 server processes between 4 dispatchers as the simulated twin does, and says how good their views are", async () => {
    const set = Object.entries(SETTINGS).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const times = ["--time-unit", "150ms", "--warmup", `${WARM_UP}u`, "--duration", `${MEASURING}u`];
    const flags = ["--dispatchers", String(DISPATCHERS), ...times, "--json", "-"];
    const ended = await equipoise(["verify", "spatial-graphs", "--live", ...set, ...flags]);
    const result = resultSchema.parse(JSON.parse(ended.stdout));
    const { offered = 0, blocked = 0, completed = 0, lost = 0, inFlight = 0 } = result.jobs ?? {};
    // 16 jobs per unit of time; six standard errors.
    const expected = 16 * (WARM_UP + MEASURING);
    expect(Math.abs(offered - expected)).toBeLessThan(6 * Math.sqrt(expected) + 16);
    expect([blocked, lost]).toEqual([0, 0]);
    expect(completed + inFlight).toBe(offered);
    const { dispatchers, meanAge, meanAbsoluteError, wrongFraction } = result.views ?? {};
    expect(dispatchers).toBe(DISPATCHERS);
    expect(meanAge).toBeGreaterThan(0);
    expect(wrongFraction).toBeGreaterThan(0);
    expect(meanAbsoluteError).toBeGreaterThanOrEqual(wrongFraction ?? 1);
    expect(ended.stderr).toMatch(/views of 4 dispatchers: queues are told after 0\.\d+ time units; they are wrong for/);

    // A run that the machine could not keep up with says so, and proves nothing.
    if (result.whyVoid !== null) {
      expect(result.whyVoid).toMatch(/could not keep up/);
      return;
    }
    const twins = twinsMeasure(result.conditions?.messageDelay ?? 0);
    for (const name of QUANTITIES) {
      const live = result.quantities.find((quantity) => quantity.name === name)?.measured ?? Number.NaN;
      const values = twins.map(({ estimates }) => estimates[name].value);
      expectOneMore(name, live, values);
    }
  }, 120_000);

  it("is void, and says who, when a dispatcher is lost; all others end too", async () => {
    const seed = `many-${process.pid}`;
    const set = ["--set", "servers=4", "--set", "graph=ring", "--seed", seed];
    const flags = ["--dispatchers", "2", ...set, "--duration", "600s"];
    const run = start("cli/main.js", ["verify", "spatial-graphs", "--live", ...flags]);
    await run.says(/warming up/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const victim = processesWith(seed).find(({ commandLine }) => commandLine.includes("local-main.js"));
    process.kill(victim?.pid ?? 0, "SIGKILL");
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stdout + stderr).toMatch(/void: dispatcher-\d ended by SIGKILL/);
    const [, offered, completed, lost, inFlight] =
      /jobs: (\d+) offered = (\d+) completed \+ 0 blocked \+ (\d+) lost \+ (\d+) in flight/.exec(stdout + stderr) ?? [];
    expect(Number(offered)).toBeGreaterThan(0);
    expect(Number(offered)).toBe(Number(completed) + Number(lost) + Number(inFlight));
    expect(exitCode).toBe(3);
    expect(processesWith(seed)).toEqual([]);
  });

  it("refuses dispatchers for whom there are no task types", async () => {
    const none = await equipoise(["verify", "rate-scaling", "--live", "--dispatchers", "2"]);
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain("--dispatchers 2: rate-scaling has no task types to share out");
    const few = await equipoise(["verify", "spatial-graphs", "--live", "--dispatchers", "21"]);
    expect(few.exitCode).toBe(2);
    expect(few.stderr).toContain("only 20 task types");
  });

  it("refuses what several dispatchers cannot do, in one line", async () => {
    const asked = (...flags: string[]) => equipoise(["up", "spatial-graphs", "--dispatchers", "2", ...flags]);
    for (const [flag, ...value] of [["--control"], ["--record", "events"]]) {
      const { exitCode, stderr } = await asked(flag, ...value);
      expect(exitCode).toBe(2);
      expect(stderr.trim()).toMatch(new RegExp(`^equipoise: --dispatchers 2: .*leave ${flag} out$`));
    }
  });
});
