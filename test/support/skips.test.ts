import { describe, expect, it, type TestContext } from "vitest";
import { skipIfTooBusy } from "./busy-machine.js";
import { needs } from "./programs.js";

/** Stands in for the context of a test: skipping ends it, as vitest has it, with the reason. */
const context = {
  skip(reason: string): never {
    throw new Error(`skipped: ${reason}`);
  },
} as TestContext;

describe("a comparison of a live run", () => {
  it("is made where the machine kept up", () => {
    for (const course of [{}, { whyVoid: null }, { whyVoid: null, heldUpFraction: 0.01 }])
      expect(() => skipIfTooBusy(context, course)).not.toThrow();
  });

  it("is skipped where it did not, with what was too busy and by how much", () => {
    const slow = "the machine could not keep up: messages and late timers took 0.130 time units per job (limit 0.1)";
    expect(() => skipIfTooBusy(context, { whyVoid: slow })).toThrow(`skipped: no comparison: ${slow}`);
    expect(() => skipIfTooBusy(context, { whyVoid: null, heldUpFraction: 0.034 })).toThrow(
      "skipped: no comparison: the machine paused, which held up 3.4 % of the jobs (limit 2.0 %)",
    );
  });

  it("fails where the run is void for another reason", () => {
    expect(() => skipIfTooBusy(context, { whyVoid: "server-node-2 ended by SIGKILL" })).toThrow(/to match/);
  });
});

describe("a test that drives a program", () => {
  it("is skipped where PATH does not have it, and only there", () => {
    const path = process.env.PATH;
    try {
      process.env.PATH = "/nowhere";
      expect(needs("chromium", "promtool")).toEqual({ skip: true, meta: { missing: ["chromium", "promtool"] } });
    } finally {
      process.env.PATH = path;
    }
    expect(needs()).toEqual({});
  });
});
