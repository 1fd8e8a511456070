import { describe, expect, it } from "vitest";
import { Admissions } from "../../../dispatcher/connections/admissions.js";
import { generatorFlags, nodeFlags } from "../../../live/processes/process-flags.js";
import { scenarioNamed } from "../../../scenarios/index.js";

const { system } = scenarioNamed("rate-scaling").configure({ servers: "4" }, "1");
const COMMON = ["--seed", "1"];

describe("admission of processes that ask to join", () => {
  it("are numbers that no other server has, with what a supervisor would say", () => {
    const present = new Set<number>();
    const admissions = new Admissions(system, COMMON, () => present);
    const first = admissions.forRole("server-node", 2, 0);
    expect(first).toEqual(["--name", "server-node-0", ...nodeFlags(system, 0, 2), ...COMMON]);
    present.add(0).add(1);
    expect(admissions.forRole("server-node", 1, 1)).toContain("server-node-2");
    present.add(2);
    expect(admissions.forRole("server-node", 2, 2)).toBeUndefined();
    expect(admissions.forRole("server-node", 1, 2)).toContain("server-node-3");
    present.delete(1);
    expect(admissions.forRole("server-node", 1, 100)).toContain("server-node-1");
    expect(admissions.forRole("load-generator", 0, 2)).toEqual([...generatorFlags(system), ...COMMON]);
  });

  it("are reserved for a while, and not for ever", () => {
    const admissions = new Admissions(system, COMMON, () => new Set());
    expect(admissions.forRole("server-node", 4, 0)).toBeDefined();
    expect(admissions.forRole("server-node", 1, 10)).toBeUndefined();
    expect(admissions.forRole("server-node", 1, 60)).toBeDefined();
  });

  it("have servers at one distance from the dispatchers, since a node holds back all its messages alike", () => {
    const classes = "3x1:zone=a,3x1:zone=b";
    const zoned = scenarioNamed("fleet").configure(
      { classes, policy: "random", load: "0.5", delay: "none;a-b=constant:1", dispatcherZones: "a" },
      "1",
    ).system;
    const admissions = new Admissions(zoned, COMMON, () => new Set());
    expect(admissions.forRole("server-node", 2, 0)).toContain("server-node-0");
    expect(admissions.forRole("server-node", 2, 0)).toContain("server-node-3");
    expect(admissions.forRole("server-node", 2, 0)).toBeUndefined();
    expect(admissions.forRole("server-node", 1, 0)).toContain("server-node-2");
  });

  it("are for known roles and real numbers of servers", () => {
    const admissions = new Admissions(system, COMMON, () => new Set());
    for (const servers of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 5])
      expect(admissions.forRole("server-node", servers, 0)).toBeUndefined();
    expect(admissions.forRole("somebody", 1, 0)).toBeUndefined();
  });
});
