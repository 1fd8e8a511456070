import { describe, expect, it } from "vitest";
import { adviceOf, differenceText } from "../../compare/advice.js";
import type { Answer, Cell, LoadAnswer, PolicyAnswer } from "../../compare/answer.js";

const written = { number: (value: number) => String(value), unit: () => "ms" };
const asked = { current: "now", metric: "p99", within: 0.05 } as const;

function cell(policy: string, more: Partial<Cell> = {}): Cell {
  return {
    ...{ policy, status: "best", why: null, replications: 10, difference: null },
    metrics: { p99: { value: 8, low: 7, high: 9 } },
    ...more,
  };
}

function at(load: number, more: Partial<LoadAnswer>): LoadAnswer {
  return { load, outcome: "winner", best: ["sed"], warmUpTime: 1, measuringTime: 1, cells: [cell("sed")], ...more };
}

function advice(loads: readonly LoadAnswer[], more: Partial<Answer> = {}): string {
  return adviceOf({ loads, policies: [], changes: [], uncertain: [], ...more }, asked, written);
}

describe("the advice", () => {
  it("is to add servers where no policy is stable", () => {
    expect(advice([at(0.9, { outcome: "none", best: [] })])).toMatch(/^No policy has a steady state .* add servers\.$/);
  });

  it("is about the highest load that any policy bears, and says what is better at others", () => {
    const loads = [at(0.5, { best: ["jsq"] }), at(0.7, {}), at(0.6, {}), at(0.9, { outcome: "none", best: [] })];
    expect(advice(loads)).toBe(
      "At load 0.7 use sed: its p99 is 8 ms [7, 9]; it is among the best at load 0.6 too; at load 0.5 jsq is better.",
    );
  });

  it("names all that may be the best while it is not known", () => {
    expect(advice([at(0.7, { outcome: "open", best: ["sed", "jsq", "jfsq"] })])).toBe(
      "At load 0.7 the best policy is not known yet: it is sed, jsq or jfsq; sed was best so far.",
    );
  });

  it("is, of policies that cannot be told apart, the current one or that with the fewest messages", () => {
    const messages = (value: number) => ({
      p99: { value: 8, low: null, high: null },
      messages: { value, low: 0, high: 9 },
    });
    const cells = [cell("sed", { metrics: messages(2) }), cell("jsq-d", { metrics: messages(1) }), cell("now")];
    const tie = { outcome: "indistinguishable", cells } as const;
    expect(advice([at(0.7, { ...tie, best: ["sed", "jsq-d"] })])).toBe(
      "At load 0.7 use jsq-d: sed and jsq-d cannot be told apart within 5 % in p99, and it needs the fewest messages of them.",
    );
    expect(advice([at(0.7, { ...tie, best: ["sed", "now"] })])).toBe(
      "At load 0.7 keep now: sed and now cannot be told apart within 5 % in p99.",
    );
  });

  it("says how the policy compares to the current one, or why it cannot", () => {
    const difference = { value: -3, low: -4, high: -2 };
    const best = [cell("sed", { difference }), cell("now", { status: "worse" })];
    expect(advice([at(0.7, { cells: best })])).toContain("3 ms less [2, 4] than that of now, which runs now");
    for (const status of ["unstable", "growing"] as const)
      expect(advice([at(0.7, { cells: [cell("sed"), cell("now", { status })] })])).toContain(
        "while the queues of now, which runs now, grow for ever",
      );
    expect(advice([at(0.7, { best: ["now"], cells: [cell("now")] })])).toBe(
      "At load 0.7 keep now: its p99 is 8 ms [7, 9], the least of all that were compared.",
    );
    expect(differenceText({ value: 2, low: null, high: null }, "p99", written)).toBe("2 ms more");
  });

  it.each<[number | null, number | null, string]>([
    [0.8, 0.9, "; it is within the slo up to load 0.8 and not from 0.9 on."],
    [0.8, null, "; it is within the slo up to load 0.8."],
    [null, 0.3, "; it is not within the slo from load 0.3 on."],
    [null, null, "[7, 9]."],
  ])("says up to which load the slo holds: %s, not from %s", (meetsSloUpTo, missesSloFrom, end) => {
    const policy: PolicyAnswer = { policy: "sed", stableBelow: 1, unstableFrom: 1, meetsSloUpTo, missesSloFrom };
    expect(advice([at(0.7, {})], { policies: [policy] }).endsWith(end)).toBe(true);
  });

  it("says whether it holds where the fleet is otherwise", () => {
    const change = (condition: string, found: LoadAnswer | null) => ({ name: condition, condition, found, why: null });
    const changes = [
      change("a", at(0.7, {})),
      change("b", at(0.7, { best: ["jsq", "jfsq"] })),
      change("c", at(0.7, { outcome: "none", best: [] })),
      change("d", null),
      change("e", at(0.7, { outcome: "open" })),
    ];
    expect(advice([at(0.7, {})], { changes })).toMatch(
      /; that holds even if a; but if b, jsq or jfsq is better; if c, no policy has a steady state\.$/,
    );
  });
});
