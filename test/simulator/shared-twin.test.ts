import { describe, expect, it } from "vitest";
import { torusGraph } from "../../model/graphs/lattice.js";
import { dispatchersOfServers, ownerOf } from "../../model/graphs/shares.js";
import { Run } from "../../scenarios/run.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs.js";
import type { MessageDelay } from "../../simulator/message-delay.js";
import { SharedTwin } from "../../simulator/shared-twin.js";

function run(settings: Record<string, string>, dispatchers: number, messageDelay: MessageDelay, measuringTime = 1200) {
  const experiment = spatialGraphs.configure(settings, "1");
  const { graph } = experiment.system;
  if (graph === undefined) throw new Error("a spatial system has a graph");
  const course = new Run(experiment, { warmUpTime: 100, measuringTime, familyConfidence: 0.999 });
  const twin = new SharedTwin({
    system: { ...experiment.system, graph },
    run: course,
    seed: "1",
    dispatchers,
    messageDelay,
  });
  twin.finish();
  return { evidence: course.evidence(), fleet: twin.fleet };
}

const meanOf = ({ evidence }: ReturnType<typeof run>): number => evidence[0].measured ?? Number.NaN;

describe("shares of task types", () => {
  it("are contiguous, as equal as can be, and known to the servers of their neighbourhoods", () => {
    const owners = Array.from({ length: 10 }, (_, type) => ownerOf(type, 10, 4));
    expect(owners).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 3, 3]);
    // On a ring server v has the types v - 1 and v.
    expect(dispatchersOfServers(torusGraph(8, 1), 4)).toEqual([[0, 3], [0], [0, 1], [1], [1, 2], [2], [2, 3], [3]]);
  });
});

describe("many dispatchers in virtual time", () => {
  it("are as good as one where nothing is delayed: every view is right, and theory agrees", () => {
    for (const dispatchers of [1, 4]) {
      const { evidence, fleet } = run({ servers: "40", graph: "regular:4" }, dispatchers, { law: "none" });
      expect(evidence.filter(({ verdict }) => verdict === "differs")).toEqual([]);
      expect(evidence.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThan(5);
      expect(fleet.view).toMatchObject({ error: 0, wrong: 0, age: 0 });
      expect(fleet.view.compared).toBeGreaterThan(30_000);
    }
  });

  it("see old queues where messages are delayed: by the delay on average, wrong for more jobs, and queues are longer for it", () => {
    const settings = { servers: "40", graph: "regular:4" };
    const [prompt, late, later] = [0, 0.2, 1].map((time) =>
      run(settings, 4, time === 0 ? { law: "none" } : { law: "constant", time }),
    );
    for (const [{ fleet }, delay] of [[late, 0.2] as const, [later, 1] as const]) {
      expect(fleet.view.age / fleet.view.told).toBeCloseTo(delay, 6);
      expect(fleet.view.wrong).toBeGreaterThan(0);
    }
    const wrongFraction = ({ fleet }: ReturnType<typeof run>) => fleet.view.wrong / fleet.view.compared;
    expect(wrongFraction(later)).toBeGreaterThan(2 * wrongFraction(late));
    expect(meanOf(later)).toBeGreaterThan(1.1 * meanOf(prompt));
  });

  it("keep the books: what was sent was completed, is under way, or is at a server", () => {
    const { fleet } = run({ servers: "20", graph: "ring" }, 3, { law: "exponential", mean: 0.1 }, 200);
    const { offered, blocked, completed, lost } = fleet.totals;
    const held = Array.from({ length: 20 }, (_, server) => fleet.queueLength(server)).reduce(
      (sum, jobs) => sum + jobs,
      0,
    );
    expect([blocked, lost]).toEqual([0, 0]);
    // Besides those held, jobs and news of them that are on their way: 16 jobs per unit of time, a tenth of it each way.
    expect(Math.abs(offered - completed - held)).toBeLessThan(20);
    expect(fleet.queues[0].jobs).toBe(held);
  });
});
