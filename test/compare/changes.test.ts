import { describe, expect, it } from "vitest";
import { changesOf } from "../../compare/changes.js";
import { experimentOf, type FleetSetup } from "../../compare/replication.js";
import { NO_DELAY } from "../../model/message-delay.js";

function setup(settings: Readonly<Record<string, string>>, more: Partial<FleetSetup> = {}): FleetSetup {
  const about = { seed: "1", dispatchers: 1, views: "told" as const, messageDelay: NO_DELAY, noticeDelay: NO_DELAY };
  return { settings, ...about, ...more };
}

const changed = (of: FleetSetup) => Object.fromEntries(changesOf(of).map(({ name, setup: found }) => [name, found]));
const made = (found: FleetSetup | string): FleetSetup => {
  if (typeof found === "string") throw new Error(found);
  return found;
};
const arrivals = (of: FleetSetup): number => experimentOf(of).system.totalArrivalRate;

describe("a fleet that is otherwise", () => {
  it("has a server of the fastest less, or half as fast, and as many arrivals", () => {
    const before = setup({ classes: "2x0.5,3x2x2xps", load: "0.6" });
    const { "server slow": slow, "server lost": lost } = changed(before);
    expect(made(slow).settings.classes).toBe("2x0.5,2x2:workers=2:discipline=ps,1x1:workers=2:discipline=ps");
    expect(made(lost).settings.classes).toBe("2x0.5,2x2:workers=2:discipline=ps");
    expect(arrivals(made(slow))).toBeCloseTo(arrivals(before), 9);
    expect(arrivals(made(lost))).toBeCloseTo(arrivals(before), 9);
  });

  it("keeps what else classes say, and loses no zone on which a delay depends", () => {
    const before = setup({
      ...{ classes: "2x1:zone=a,1x2:zone=b:buffer=3", policy: "random", load: "0.3" },
      ...{ delay: "none;a-b=constant:1", dispatcherZones: "a" },
    });
    const { "server slow": slow, "server lost": lost } = changed(before);
    expect(made(slow).settings.classes).toBe("2x1:zone=a,1x1:zone=b:buffer=3");
    expect(lost).toBe("delay: no server and no dispatcher is in zone b");
    const { messageDelay: _, noticeDelay: __, ...byZones } = before;
    expect(made(changed(byZones)["delay doubled"]).settings.delay).toBe("none;a-b=constant:2");
    const noticed = { ...byZones, noticeDelay: { law: "constant", time: 3 } } as const;
    expect(made(changed(noticed)["delay doubled"]).noticeDelay).toEqual({ law: "constant", time: 6 });
  });

  it("keeps rates that were drawn, whatever they were set by", () => {
    const before = setup({ servers: "4", initialRates: "list:1,2,1,1", arrivalRate: "0.5" });
    const { "server lost": lost } = changed(before);
    expect(made(lost).settings).toMatchObject({ classes: "1x1,2x1" });
    expect(made(lost).settings).not.toHaveProperty("arrivalRate");
    expect(arrivals(made(lost))).toBeCloseTo(2, 9);
  });

  it("has twice the delay and twice the variation of the sizes", () => {
    const delays = {
      messageDelay: { law: "constant", time: 0.1 },
      noticeDelay: { law: "exponential", mean: 2 },
    } as const;
    const { "delay doubled": delay, "sizes vary more": sizes } = changed(setup({ sizes: "gamma:3" }, delays));
    expect(made(delay)).toMatchObject({ messageDelay: { time: 0.2 }, noticeDelay: { mean: 4 } });
    expect(made(sizes).settings.sizes).toBe("gamma:6");
    expect(made(changed(setup({}))["sizes vary more"]).settings.sizes).toBe("lognormal:2");
  });

  it("is not made where there is nothing to change, and says why", () => {
    const one = changed(setup({ servers: "1", sizes: "constant", load: "sine:0.5,0.2,100" }));
    expect(one["delay doubled"]).toBe("no delay was given");
    expect(one["sizes vary more"]).toBe("the sizes do not vary");
    expect(one["server lost"]).toBe("the load varies over time");
    expect(changed(setup({ servers: "1" }))["server lost"]).toBe("there is one server");
    expect(changed(setup({ servers: "2", load: "0.8" }))["server lost"]).toBe(
      "the other servers would have load 1.600",
    );
  });
});
