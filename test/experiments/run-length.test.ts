import { describe, expect, it } from "vitest";
import { checkRunLength } from "../../experiments/run-length.js";
import { UserError } from "../../model/errors.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";

const check = (settings: Record<string, string>, measuringTime?: number): void => {
  const experiment = jsqHeavyTraffic.configure(settings, "1");
  checkRunLength(experiment, {
    warmUpTime: experiment.warmUpTime,
    measuringTime: measuringTime ?? experiment.measuringTime,
    isChosen: measuringTime !== undefined,
    longest: 1e8,
  });
};

describe("the length of a run", () => {
  it("is refused if the system remembers for longer than anybody waits, and is told by how much", () => {
    // The relaxation time is 4 n^(2 alpha - 1): 4e20 at 10^4 servers and alpha = 3.
    const hopeless = { servers: "10000", alpha: "3" };
    expect(() => check(hopeless)).toThrow(UserError);
    expect(() => check(hopeless)).toThrow(
      /relaxation time of the queues is about 4.0e\+20 time units: .* 1 % of the mean queue about 4.0e\+24/,
    );
    expect(() => check({ ...hopeless, time: "slotted" })).toThrow(
      /relaxation time of the queues is about 3.0e\+20 slots/,
    );
  });

  it("is refused if it is chosen shorter than any interval needs", () => {
    expect(() => check({ servers: "4", alpha: "2" }, 1000)).toThrow(
      /--duration of 1000 time units: .* is about 256 .* an interval needs 1536/,
    );
    expect(() => check({ servers: "4", alpha: "2" }, 2000)).not.toThrow();
  });

  it("is accepted otherwise, and where it is chosen long", () => {
    expect(() => check({ servers: "10000", alpha: "0.4" })).not.toThrow();
    expect(() => check({ servers: "100", alpha: "2" }, 1e9)).not.toThrow();
  });
});
