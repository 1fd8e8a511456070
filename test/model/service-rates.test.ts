import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { fastestFirst, parseServiceRates } from "../../model/service-rates.js";

const rates = (text: string, servers: number, seed = "1"): number[] => parseServiceRates(text).ofServers(servers, seed);

describe("service rates", () => {
  it("of every family are positive and sum to the number of servers", () => {
    const families = ["equal", "two-class:0.3,4", "linear:5", "power:0.5", "random:0.2", "list:3,1,1,0.5"];
    fc.assert(
      fc.property(fc.constantFrom(...families), fc.integer({ min: 1, max: 50 }), fc.string(), (text, any, seed) => {
        const servers = text.startsWith("list") ? 4 : any;
        const found = rates(text, servers, seed);
        expect(found.length).toBe(servers);
        expect(found.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(servers, 9);
        expect(Math.min(...found)).toBeGreaterThan(0);
      }),
    );
  });

  it("have the shape that the family says", () => {
    expect(rates("equal", 3)).toEqual([1, 1, 1]);
    const [fast, , slow] = rates("two-class:0.5,3", 4);
    expect(fast / slow).toBeCloseTo(3, 12);
    const linear = rates("linear:3", 5);
    expect(linear[0] / linear[4]).toBeCloseTo(3, 12);
    expect(linear[0] - linear[1]).toBeCloseTo(linear[3] - linear[4], 12);
    const power = rates("power:2", 3);
    expect(power[0] / power[2]).toBeCloseTo(9, 12);
    expect(rates("list:1.6,1.2,0.8,0.4", 4)).toEqual([1.6, 1.2, 0.8, 0.4]);
    expect(fastestFirst(rates("list:1,3", 2))).toEqual([1.5, 0.5]);
  });

  it("come from a file of commas, semicolons or lines, named by its path when it is wrong", () => {
    expect(rates("file:rates.csv\n1.6,1.2\n0.8;0.4\n", 4)).toEqual([1.6, 1.2, 0.8, 0.4]);
    expect(() => rates("file:rates.csv\n1,x", 2)).toThrow(
      'service rates rates.csv, line 1: "1,x" needs a rate that is a number > 0; write a rate > 0 for every server',
    );
    expect(() => rates("file:rates.csv\n1,2", 3)).toThrow(/"file:rates.csv": 2 rates for 3 servers/);
  });

  it("drawn at random follow the seed and keep above their floor, as scaled", () => {
    expect(rates("random:0.2", 20, "a")).toEqual(rates("random:0.2", 20, "a"));
    expect(rates("random:0.2", 20, "a")).not.toEqual(rates("random:0.2", 20, "b"));
    const found = rates("random:0.2", 2000);
    // The mean of the draws is 1 within six standard errors, so scaling changes the ends by no more than that.
    const slip = (6 * (1.6 / Math.sqrt(12))) / Math.sqrt(2000);
    expect(Math.min(...found)).toBeGreaterThan(0.2 / (1 + slip));
    expect(Math.max(...found)).toBeLessThan(1.8 / (1 - slip));
  });

  it.each([
    ["fast", /unknown service rates "fast": use one of equal/],
    ["two-class:0.5", /fastPerSlow is missing; write two-class:FRACTION_FAST,FAST_PER_SLOW/],
    ["two-class:1.5,2", /fractionFast = 1.5: must be a number > 0 and < 1/],
    ["linear:0.5", /fastestPerSlowest = 0.5: must be a number >= 1/],
    ["power:x", /EXPONENT/],
    ["random:0", /FLOOR/],
    ["list:1,-2", /value 2, "-2"/],
    ["list:", /value 1, ""/],
    ["equal:3", /"3" has more values than there are options/],
  ])("refuse %s and say why", (text, message) => {
    expect(() => parseServiceRates(text)).toThrow(UserError);
    expect(() => parseServiceRates(text)).toThrow(message);
  });

  it("refuse a list of another length", () => {
    expect(() => rates("list:1,2,3", 4)).toThrow(/3 rates for 4 servers/);
  });
});
