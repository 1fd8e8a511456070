import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { balancer } from "../../scenarios/balancer.js";
import { simulate } from "../../simulator/simulation.js";

const CONFIDENCE = 1 - 1e-4;

function verdicts(settings: Record<string, string>, measuringTime = 20_000): Record<string, string> {
  const output = simulate({
    scenario: "balancer",
    settings,
    seed: "1",
    familyConfidence: CONFIDENCE,
    measuringTime,
  });
  return Object.fromEntries(output.quantities.map(({ name, verdict }) => [name, verdict]));
}

const ALL_AGREE = {
  mean_waiting_time: "agrees",
  mean_queue_length: "agrees",
  busy_fraction: "agrees",
  blocked_fraction: "agrees",
};

describe("the scenario of a balancer", () => {
  it("measures M/M/1 queues behind random routing", () => {
    expect(verdicts({ policy: "random", servers: "4", arrivalRate: "0.6" }, 60_000), "seed 1").toEqual(ALL_AGREE);
  });

  it.each(["jsq", "jiq", "jsq-d", "random"])("measures the stationary state of a small fleet under %s", (policy) => {
    const settings = { policy, servers: "4", arrivalRate: "0.8", buffer: "4" };
    expect(verdicts(settings), "seed 1").toEqual(ALL_AGREE);
  });

  it("measures the stationary state of different servers under jfsq", () => {
    const settings = {
      policy: "jfsq",
      servers: "3",
      arrivalRate: "0.9",
      buffer: "5",
      initialRates: "list:1.8,0.9,0.3",
    };
    expect(verdicts(settings), "seed 1").toEqual(ALL_AGREE);
  });

  it.each([
    [{ arrivalRate: "1" }, "below the mean rate of the servers"],
    [{ initialRates: "list:1,2" }, "lists 2 rates for 10 servers"],
    [{ policy: "least" }, 'unknown policy "least"'],
  ])("refuses %j with the remedy", (settings, message) => {
    expect(() => balancer.configure(settings, "1")).toThrow(UserError);
    expect(() => balancer.configure(settings, "1")).toThrow(message);
  });
});
