import { describe, expect, it } from "vitest";
import { adviceOf, chosen } from "../../compare/advice.js";
import { answerOf } from "../../compare/answer.js";
import { Comparison } from "../../compare/comparison.js";
import type { ComparisonPlan } from "../../compare/plan.js";
import type { StudyRun } from "../../compare/study.js";
import { NO_DELAY } from "../../model/message-delay.js";
import { inlineRunner, type Runner } from "../../simulator/parallel/task.js";

function planOf(more: Partial<ComparisonPlan> = {}): ComparisonPlan {
  const about = { seed: "1", dispatchers: 1, views: "told" as const, messageDelay: NO_DELAY, noticeDelay: NO_DELAY };
  return {
    setup: { settings: { classes: "2x1.5,2x0.5" }, ...about },
    policies: ["jsq", "sed", "random"],
    loads: [0.5, 0.7],
    current: "jsq",
    metric: "mean",
    also: [],
    within: 0.05,
    familyConfidence: 0.99,
    withChanges: false,
    ...more,
  };
}

const written = { number: (value: number) => value.toPrecision(3), unit: () => "" };

describe("a comparison", () => {
  it("finds the best policy at each load, names the unstable ones, and says how they compare to the current one", async () => {
    const comparison = new Comparison(planOf());
    const runs: StudyRun[] = [];
    await comparison.run(inlineRunner, (run) => runs.push(run));
    const answer = answerOf(comparison);
    const [low, high] = answer.loads;
    expect([low.load, high.load]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.7, 9)]);
    for (const { outcome, best } of answer.loads)
      expect({ outcome, best }).toEqual({ outcome: "winner", best: ["sed"] });
    // Each slow server would get as much as a fast one, at half of that load.
    expect(high.cells[2]).toMatchObject({
      policy: "random",
      status: "unstable",
      why: expect.stringMatching(/^unstable: /),
    });
    expect(answer.policies[2]).toMatchObject({ stableBelow: 0.5, unstableFrom: 0.5, meetsSloUpTo: null });
    expect(answer.policies[1]).toMatchObject({ stableBelow: 1, unstableFrom: 1 });
    const [now, sed] = high.cells;
    expect(now).toMatchObject({ status: "worse", difference: null });
    expect(sed.difference?.high).toBeLessThan(0);
    expect(adviceOf(answer, comparison.plan, written)).toMatch(
      /^At load 0\.7 use sed: its mean is [\d.]+ \[[\d.]+, [\d.]+\], [\d.]+ less \[[\d.]+, [\d.]+\] than that of jsq, which runs now; it is among the best at load 0\.5 too\.$/,
    );
    // The same comparison goes on from its runs, and says the same without any more.
    const again = new Comparison(planOf(), runs);
    let more = 0;
    await again.run(inlineRunner, () => more++);
    expect(more).toBe(0);
    expect(answerOf(again)).toEqual(answer);
  });

  it("is the same in whatever order replications are done", async () => {
    const backwards: Runner = {
      async map(task, inputs, done) {
        const outputs = inputs.map((input, index) => ({ output: task.run(input), index })).reverse();
        for (const { output, index } of outputs) done?.(output, index);
        return outputs.reverse().map(({ output }) => output);
      },
    };
    const [one, other] = [inlineRunner, backwards].map(async (runner) => {
      const comparison = new Comparison(planOf({ loads: [0.6], policies: ["jsq", "sed"] }));
      await comparison.run(runner, () => undefined);
      return answerOf(comparison);
    });
    expect(await other).toEqual(await one);
  });

  it("keeps what it knows when it is stopped", async () => {
    const comparison = new Comparison(
      planOf({
        setup: { ...planOf().setup, settings: { servers: "3" } },
        ...{ loads: [0.6], policies: ["jsq", "jsq-d", "jfsq"], within: 0.0001 },
      }),
    );
    let done = 0;
    const stopping: Runner = {
      map: (task, inputs, onOutput) =>
        inlineRunner.map(task, inputs, (output, index) => {
          if (++done > 45) throw new Error("stopped");
          onOutput?.(output, index);
        }),
    };
    await expect(comparison.run(stopping, () => undefined)).rejects.toThrow("stopped");
    comparison.stop();
    const [at] = answerOf(comparison).loads;
    expect(at.outcome).toBe("open");
    expect(at.best.length).toBeGreaterThan(1);
    expect(adviceOf(answerOf(comparison), comparison.plan, written)).toContain("the best policy is not known yet");
    for (const { status, replications } of at.cells) {
      expect(["open", "worse"]).toContain(status);
      expect(replications).toBeGreaterThanOrEqual(10);
    }
  });

  it.each([0, 1, 5, 11, 12, 13])("has an answer when it is stopped after %i replications", async (most) => {
    // The current policy is the one that the others are ahead of.
    const comparison = new Comparison(planOf({ loads: [0.6], policies: ["jsq", "sed"], current: "sed" }));
    let done = 0;
    const stopping: Runner = {
      map: (task, inputs, onOutput) =>
        inlineRunner.map(task, inputs, (output, index) => {
          if (done++ >= most) throw new Error("stopped");
          onOutput?.(output, index);
        }),
    };
    await expect(comparison.run(stopping, () => undefined)).rejects.toThrow("stopped");
    comparison.stop();
    const answer = answerOf(comparison);
    const [{ outcome, cells }] = answer.loads;
    expect(outcome).toBe("open");
    const least = Math.min(...cells.map(({ replications }) => replications));
    expect(cells[0].difference === null).toBe(least === 0);
    expect(adviceOf(answer, comparison.plan, written)).toContain("not known yet");
  });

  it("tries the best policies where the fleet is otherwise", async () => {
    const comparison = new Comparison(planOf({ loads: [0.6], withChanges: true, policies: ["jsq", "sed"] }));
    await comparison.run(inlineRunner, () => undefined);
    const { changes } = answerOf(comparison);
    expect(changes.map(({ name, found, why }) => [name, found?.best, why])).toEqual([
      ["delay doubled", undefined, "no delay was given"],
      ["server slow", ["sed"], null],
      ["server lost", ["sed"], null],
      ["sizes vary more", ["sed"], null],
    ]);
    expect(adviceOf(answerOf(comparison), comparison.plan, written)).toContain(
      "that holds even if one of the fastest servers is half as fast, one of the fastest servers is lost or the SCV of the sizes doubles",
    );
  });

  it("keeps the current policy where another is no better, and refuses what has no answer", async () => {
    const comparison = new Comparison(
      planOf({ setup: { ...planOf().setup, settings: { servers: "3" } }, loads: [0.6], policies: ["jsq", "jfsq"] }),
    );
    await comparison.run(inlineRunner, () => undefined);
    const answer = answerOf(comparison);
    expect(answer.loads[0].outcome).toBe("indistinguishable");
    expect(chosen(answer.loads[0], "jsq")).toBe("jsq");
    expect(adviceOf(answer, comparison.plan, written)).toMatch(
      /^At load 0\.6 keep jsq: .* cannot be told apart within 5 % in mean/,
    );
    expect(() => new Comparison(planOf({ loads: [1.2] }))).toThrow(/^unstable: /);
    expect(() => new Comparison({ ...comparison.plan, metric: "over-slo" })).toThrow("the fleet has no slo");
  });
});
