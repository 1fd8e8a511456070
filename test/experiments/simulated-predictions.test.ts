import { describe, expect, it } from "vitest";
import { DELAYS, effectOfDelay } from "../../experiments/delay-effect.js";
import { claimsOf } from "../../experiments/evidence.js";
import { unpredicted, withSimulated } from "../../experiments/simulated-predictions.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { judge } from "../../theory/verdict.js";

const large = jsqHeavyTraffic.configure({ servers: "100" }, "1");
const small = jsqHeavyTraffic.configure({ servers: "3" }, "1");
const simulated = {
  runs: 16,
  measuringTime: 1000,
  quantities: {
    mean_queue_length: { value: 2.5, halfWidth: 0.01, effects: [0.02, 0.2] as const },
    wasserstein_distance: { value: 0.3, halfWidth: 0.01, effects: [0, 0] as const },
  },
};
const at = (messageDelay: number) => claimsOf(withSimulated(large, simulated), { messageDelay, heldUpFraction: 0 });

describe("simulated predictions", () => {
  it("are wanted where nothing exact or refined applies, and so not of a small fleet", () => {
    expect(unpredicted(small)).toEqual([]);
    expect(unpredicted(large)).toContain("mean_queue_length");
    // By Lemma 1.
    expect(unpredicted(large)).not.toContain("idle_servers");
  });

  it("decide before a limit and beside bounds", () => {
    const claims = at(0).get("mean_queue_length") ?? [];
    expect(claims.map(({ kind }) => kind)).toEqual(["simulated", "bound"]);
    expect(
      at(0)
        .get("wasserstein_distance")
        ?.map(({ kind }) => kind),
    ).toEqual(["simulated", "limit"]);
    const judged = (value: number) =>
      judge({ low: value - 0.001, high: value + 0.001 }, claims, { within: 0.05, floor: 0 }).verdict;
    expect([judged(2.505), judged(2.6)]).toEqual(["agrees", "differs"]);
  });

  it("follow the message delay, and take all that it adds for uncertain", () => {
    const [claim] = at(0.06).get("mean_queue_length") ?? [];
    expect(claim).toMatchObject({ value: expect.closeTo(2.61, 12), modelError: expect.closeTo(0.12, 12) });
  });

  it("leave everything else as it was", () => {
    expect(withSimulated(large, undefined)).toBe(large);
    expect(at(0).get("idle_servers")).toEqual(
      claimsOf(large, { messageDelay: 0, heldUpFraction: 0 }).get("idle_servers"),
    );
  });
});

describe("the effect of a message delay", () => {
  it("is interpolated between none and those that are known", () => {
    const effects = [0.3, 1.1] as const;
    expect([0, 0.01, DELAYS[0], 0.06, DELAYS[1]].map((delay) => effectOfDelay(delay, effects))).toEqual(
      [0, 0.15, 0.3, 0.7, 1.1].map((value) => expect.closeTo(value, 12)),
    );
  });
});
