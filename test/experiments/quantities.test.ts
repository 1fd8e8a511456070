import { describe, expect, it } from "vitest";
import { quantitiesOf } from "../../experiments/evidence.js";
import { FRACTION, quantitiesAt } from "../../experiments/quantities.js";
import { queueTails } from "../../experiments/queue-quantities.js";
import { scenarios } from "../../scenarios/index.js";

describe("declared quantities", () => {
  it("come in the order of their declarations, with the floor at what is known", () => {
    const declarations = {
      late: { description: "how late", unit: "time units", floor: (load: number) => 2 * load },
      early: { description: "how early", unit: "", role: "headline" as const },
    };
    expect(quantitiesAt(declarations, 0.75)).toEqual([
      { name: "late", description: "how late", unit: "time units", role: "other", floor: 1.5 },
      { name: "early", description: "how early", unit: "", role: "headline", floor: 0 },
    ]);
  });

  it("of a tail have a name for each level", () => {
    expect(queueTails([1, 3])).toEqual([
      {
        name: "queue_tail_1",
        description: "fraction of servers with at least 1 job",
        unit: "",
        range: FRACTION,
        role: "other",
        floor: 0.01,
      },
      {
        name: "queue_tail_3",
        description: "fraction of servers with at least 3 jobs",
        unit: "",
        range: FRACTION,
        role: "other",
        floor: 0.01,
      },
    ]);
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "of %s are each declared once, inputs among them, and have a headline",
    (_, scenario) => {
      const quantities = quantitiesOf(scenario.configure({}, "1"));
      expect(new Set(quantities.map(({ name }) => name)).size).toBe(quantities.length);
      expect(quantities.some(({ role }) => role === "headline")).toBe(true);
    },
  );
});
