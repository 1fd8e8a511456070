import { describe, expect, it } from "vitest";
import type { ComparisonPlan } from "../../compare/plan.js";
import { SloSearch } from "../../compare/slo-search.js";
import type { StudyRun } from "../../compare/study.js";
import { NO_DELAY } from "../../model/message-delay.js";
import { inlineRunner, type Runner } from "../../simulator/parallel/task.js";

const SLO = 6;

function planOf(settings: Record<string, string>): ComparisonPlan {
  const about = { seed: "1", dispatchers: 1, views: "told" as const, messageDelay: NO_DELAY, noticeDelay: NO_DELAY };
  return {
    setup: { settings, ...about },
    ...{ policies: ["random"], loads: undefined, current: "random", metric: "p90", also: [] },
    ...{ within: 0.05, familyConfidence: 0.99, withChanges: false },
  };
}

/** In M/M/1 sojourn times are exponential, of mean 1 / (1 - load): here their p90 is 6. */
const EXACT = 1 - Math.log(10) / SLO;

describe("the load up to which a policy is within the slo", () => {
  it("is enclosed, as narrowly as replications can tell", async () => {
    const search = new SloSearch(planOf({ servers: "1" }), SLO);
    const runs: StudyRun[] = [];
    await search.run(
      inlineRunner,
      () => 1,
      (run) => runs.push(run),
    );
    const { meetsSloUpTo, missesSloFrom } = search.found("random");
    expect(meetsSloUpTo).toBeLessThan(EXACT);
    expect(missesSloFrom).toBeGreaterThan(EXACT);
    expect((missesSloFrom ?? 1) - (meetsSloUpTo ?? 0)).toBeLessThan(0.08);
    // It goes on from its runs, and needs no more of them.
    const again = new SloSearch(planOf({ servers: "1" }), SLO);
    for (const run of runs) again.add(run);
    await again.run(
      inlineRunner,
      () => 1,
      () => expect.unreachable(),
    );
    expect(again.found("random")).toEqual({ meetsSloUpTo, missesSloFrom });
  });

  it("is said to be nothing where even single jobs take longer, and has no end where buffers are small", async () => {
    const slow = new SloSearch(planOf({ servers: "1" }), 1);
    await slow.run(
      inlineRunner,
      () => 1,
      () => undefined,
    );
    expect(slow.found("random")).toEqual({ meetsSloUpTo: null, missesSloFrom: 0.01 });
    const small = new SloSearch(planOf({ servers: "1", buffer: "2" }), 20);
    await small.run(
      inlineRunner,
      () => null,
      () => undefined,
    );
    expect(small.found("random")).toEqual({ meetsSloUpTo: 1, missesSloFrom: null });
  });

  it("keeps what is certain when it is stopped", async () => {
    let tests = 0;
    const stopping: Runner = {
      map: (task, inputs, onOutput) => {
        if (++tests > 2) throw new Error("stopped");
        return inlineRunner.map(task, inputs, onOutput);
      },
    };
    const search = new SloSearch(planOf({ servers: "1" }), SLO);
    await expect(
      search.run(
        stopping,
        () => 1,
        () => undefined,
      ),
    ).rejects.toThrow("stopped");
    const { meetsSloUpTo, missesSloFrom } = search.found("random");
    expect(meetsSloUpTo).toBeLessThan(EXACT);
    expect(missesSloFrom).toBeGreaterThan(EXACT);
  });
});
