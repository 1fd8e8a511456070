import { expect, it } from "vitest";
import { generatorFlags } from "../../../live/processes/process-flags.js";
import { scenarioNamed } from "../../../scenarios/index.js";

const flagsOf = (scenario: string, settings: Readonly<Record<string, string>>): string =>
  generatorFlags(scenarioNamed(scenario).configure(settings, "1").system).join(" ");

it("tells affinity keys, which any dispatcher may get, from task types, of which each has a share", () => {
  expect(flagsOf("fleet", { keys: "7", policy: "consistent-hash" })).toContain("--keys 7");
  expect(flagsOf("fleet", { keys: "7", policy: "consistent-hash" })).not.toContain("--task-types");
  expect(flagsOf("spatial-graphs", { servers: "20", graph: "regular:4" })).toContain("--task-types 20");
  expect(flagsOf("spatial-graphs", { servers: "20", graph: "regular:4" })).not.toContain("--keys");
});
