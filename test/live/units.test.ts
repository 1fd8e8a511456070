import { describe, expect, it } from "vitest";
import { parseDuration, parseSeconds, toModelTime } from "../../live/units.js";

describe("lengths of time", () => {
  it.each([
    ["50ms", 0.05],
    ["1.5s", 1.5],
    ["3m", 180],
    ["2h", 7200],
  ])("%s is %d seconds", (text, seconds) => expect(parseSeconds(text)).toBeCloseTo(seconds, 12));

  it.each(["50", "ms", "-1s", "0s", "1.2.3s", "1 day", ""])("%j is refused, with an example", (text) =>
    expect(() => parseSeconds(text)).toThrow(`"${text}" is not a duration: write a number and ms, s, m or h`),
  );

  it("are counted in time units where they are given in them", () => {
    expect(toModelTime(parseDuration("1800u"), 0.05)).toBe(1800);
    expect(toModelTime(parseDuration("90s"), 0.05)).toBeCloseTo(1800, 9);
    expect(() => parseDuration("0u")).toThrow("not a number of time units");
  });
});
