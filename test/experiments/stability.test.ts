import { describe, expect, it } from "vitest";
import { stabilityConditions } from "../../experiments/stability.js";
import { UserError } from "../../model/errors.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { scenarioNamed } from "../../scenarios/index.js";

const infinite = { buffer: "infinite" };

describe("a system whose queues grow for ever is refused before it runs", () => {
  it.each([
    [
      "fleet",
      { servers: "2", initialRates: "list:1.5,0.5", policy: "random" },
      "unstable: server 1 has load 1.400 under random, with infinite buffers: lower arrivalRate or set a finite buffer, or use a " +
        "policy that spares them, such as jsq",
    ],
    ["fleet", { servers: "2", initialRates: "list:1.5,0.5", policy: "round-robin" }, "server 1 has load 1.400"],
    ["fleet", { servers: "4", initialRates: "list:1.7,1.7,0.3,0.3", policy: "jsq-d:replacement=yes" }, "servers 2, 3"],
    ["fleet", { servers: "2", initialRates: "list:1.9,0.1", arrivalRate: "0.8", policy: "jiq" }, "server 1 has load"],
    [
      "fleet",
      { arrivalRate: "1.1" },
      "unstable: servers 0, 1, 2, 3, 4 and 5 more have load 1.100 under jsq, with infinite buffers: lower arrivalRate or set a " +
        "finite buffer",
    ],
    [
      "jfsq-zero-waiting",
      { ...infinite, servers: "2", rates: "list:1.5,0.5", policy: "random", arrivalRate: "0.6" },
      "1.200",
    ],
    ["jfsq-zero-waiting", { ...infinite, arrivalRate: "1.1" }, "have load 1.100"],
    ["jsq-heavy-traffic", { arrivalRate: "1" }, "have load 1.000"],
    ["rate-scaling", { ...infinite, rateControl: "fixed", initialRates: "constant:0.5" }, "have load 1.600"],
    [
      "rate-scaling",
      { ...infinite, costH: "power:9,3", arrivalRate: "3" },
      "once their rates have settled at mu+ = 0.3333, with infinite buffers: lower arrivalRate, make speed cheaper (costH), or " +
        "set a finite buffer",
    ],
  ])("%s with %j", (name, settings, message) => {
    const scenario = scenarioNamed(name);
    expect(() => scenario.configure(settings, "1")).toThrow(UserError);
    expect(() => scenario.configure(settings, "1")).toThrow(message);
    // Finite buffers always have a stationary state.
    expect(() => scenario.configure({ ...settings, buffer: "5" }, "1")).not.toThrow();
  });

  it("by the total alone under policies that compare all servers, or weigh them by their rates", () => {
    const rates = [1.9, 0.1];
    for (const policy of [
      "jsq",
      "sed",
      "least-work",
      "least-connections:haproxy",
      "weighted-random",
      "weighted-round-robin",
    ]) {
      const fleet = { policy, rates, buffer: Number.POSITIVE_INFINITY };
      expect(stabilityConditions({ ...fleet, arrivalRate: 0.99 }), policy).toEqual([]);
      expect(() => stabilityConditions({ ...fleet, arrivalRate: 1.01 }), policy).toThrow(/have|has/);
    }
    for (const policy of ["sed-d", "ll-d"])
      expect(() => stabilityConditions({ policy: `${policy}:1`, rates, arrivalRate: 0.2, buffer: Infinity })).toThrow(
        "server 1 has load 2.000",
      );
  });

  it("and one of which that is not known says so among its assumptions", () => {
    const { assumptions } = fleet.configure(
      { servers: "2", initialRates: "list:1.2,0.9", arrivalRate: "0.91", policy: "jiq" },
      "1",
    );
    expect(assumptions).toEqual([
      {
        condition: "the queues are stable",
        holds: null,
        meaning: expect.stringContaining("server 1 of rate 0.9 could not do its share of the jobs"),
        consequence: "if the queues grow, there is no steady state, and the run is void",
      },
    ]);
    expect(fleet.configure({}, "1").assumptions).toEqual([]);
    // Of a policy that nothing is known of, the total decides.
    const unknown = { policy: "peak-ewma", rates: [1, 1], buffer: Number.POSITIVE_INFINITY };
    expect(stabilityConditions({ ...unknown, arrivalRate: 0.5 })[0].meaning).toBe("nothing is proved of this policy");
    expect(() => stabilityConditions({ ...unknown, arrivalRate: 1 })).toThrow("servers 0, 1 have load 1.000");
  });
});
