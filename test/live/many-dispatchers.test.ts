import { describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { studentQuantile } from "../../model/statistics/interval.js";
import { Run } from "../../scenarios/run.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs.js";
import { SharedTwin } from "../../simulator/shared-twin.js";
import { equipoise, processesWith, start } from "../support/equipoise.js";

const SETTINGS = { servers: "20", graph: "regular:4", arrivalRate: "0.8" };
const [WARM_UP, MEASURING] = [20, 160];
const QUANTITIES = ["mean_queue_length", "queue_tail_1", "queue_tail_2", "queue_tail_3", "mean_sojourn_time"];
/** Of each quantity by itself: one in a hundred thousand. */
const CONFIDENCE = 1 - 1e-5;

/** What a twin of the live run measures, with the message delay that it had. */
function twinMeasures(seed: string, messageDelay: number): Map<string, number> {
  // The graph is of the run's seed; the rest is chance of the twin's own.
  const experiment = spatialGraphs.configure(SETTINGS, "1");
  const { graph } = experiment.system;
  if (graph === undefined) throw new Error("a spatial system has a graph");
  const run = new Run(experiment, { warmUpTime: WARM_UP, measuringTime: MEASURING, familyConfidence: 0.99 });
  const delay = { law: "exponential", mean: messageDelay / 2 } as const;
  new SharedTwin({ system: { ...experiment.system, graph }, run, seed, dispatchers: 4, messageDelay: delay }).finish();
  return new Map([...run.measured()].map(([name, { value }]) => [name, value]));
}

describe("equipoise verify --live --dispatchers 4", () => {
  it("runs 20 server processes between 4 dispatchers as the simulated twin does, and says how good their views are", async () => {
    const set = Object.entries(SETTINGS).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const times = ["--time-unit", "200ms", "--warmup", `${WARM_UP}u`, "--duration", `${MEASURING}u`];
    const flags = ["--dispatchers", "4", ...times, "--json", "-"];
    const ended = await equipoise(["verify", "spatial-graphs", "--live", ...set, ...flags]);
    const result = resultSchema.parse(JSON.parse(ended.stdout));
    expect(result.whyVoid, ended.stderr).toBeNull();
    const { offered = 0, blocked = 0, completed = 0, lost = 0, inFlight = 0 } = result.jobs ?? {};
    // 16 jobs per unit of time; six standard errors.
    const expected = 16 * (WARM_UP + MEASURING);
    expect(Math.abs(offered - expected)).toBeLessThan(6 * Math.sqrt(expected) + 16);
    expect([blocked, lost]).toEqual([0, 0]);
    expect(completed + inFlight).toBe(offered);
    const { dispatchers, meanAge, meanAbsoluteError, wrongFraction } = result.views ?? {};
    expect(dispatchers).toBe(4);
    // A message takes some time, and on this machine less than the two of a job with the timers between them.
    expect(meanAge).toBeGreaterThan(0);
    expect(meanAge).toBeLessThan(result.conditions?.messageDelay ?? 0);
    expect(wrongFraction).toBeGreaterThan(0);
    expect(meanAbsoluteError).toBeGreaterThanOrEqual(wrongFraction ?? 1);
    expect(ended.stderr).toMatch(/views of 4 dispatchers: queues are told after 0\.\d+ time units; they are wrong for/);

    const twins = Array.from({ length: 24 }, (_, i) => twinMeasures(`twin-${i}`, result.conditions?.messageDelay ?? 0));
    for (const name of QUANTITIES) {
      const live = result.quantities.find((quantity) => quantity.name === name)?.measured ?? Number.NaN;
      const values = twins.map((twin) => twin.get(name) ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
      // The live run is one more draw of the same law.
      const reach =
        studentQuantile((1 + CONFIDENCE) / 2, values.length - 1) * deviation * Math.sqrt(1 + 1 / values.length);
      expect(Math.abs(live - mean), `${name}: live ${live}, twins ${mean} with sd ${deviation}`).toBeLessThan(reach);
    }
  });

  it("is void, and says who, when a dispatcher is lost; all others end too", async () => {
    const seed = `many-${process.pid}`;
    const set = ["--set", "servers=4", "--set", "graph=ring", "--seed", seed];
    const flags = ["--dispatchers", "2", ...set, "--duration", "600s"];
    const run = start("cli/main.js", ["verify", "spatial-graphs", "--live", ...flags]);
    await run.says(/warming up/);
    const victim = processesWith(seed).find(({ commandLine }) => commandLine.includes("local-main.js"));
    process.kill(victim?.pid ?? 0, "SIGKILL");
    const { exitCode, stdout, stderr } = await run.ended;
    expect(stdout + stderr).toMatch(/void: dispatcher-\d ended by SIGKILL/);
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
