import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic.js";
import { checkRunLength } from "../../scenarios/run-length.js";

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
      /remember for about 4.0e\+20 time units: .* about 4.0e\+24 for 1 % of the mean queue/,
    );
    expect(() => check({ ...hopeless, time: "slotted" })).toThrow(/remember for about 3.0e\+20 slots/);
  });

  it("is refused if it is chosen shorter than any interval needs", () => {
    expect(() => check({ servers: "4", alpha: "2" }, 1000)).toThrow(
      /--duration of 1000 time units: .* for about 256 .* 1536 for any/,
    );
    expect(() => check({ servers: "4", alpha: "2" }, 2000)).not.toThrow();
  });

  it("is accepted otherwise, and where it is chosen long", () => {
    expect(() => check({ servers: "10000", alpha: "0.4" })).not.toThrow();
    expect(() => check({ servers: "100", alpha: "2" }, 1e9)).not.toThrow();
  });
});
