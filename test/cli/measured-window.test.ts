import { describe, expect, it } from "vitest";
import { measuredSeconds } from "../../cli/measured-window.js";

const samples = (...values: number[]) => values.map((value, i) => ({ seconds: 100 + 5 * i, value }));

describe("the time that a dispatcher has measured without a break, by its scrapes", () => {
  it("runs from the first scrape after the last that was not measuring", () => {
    expect(measuredSeconds(samples(0, 0, 1, 1, 1))).toBe(10);
    expect(measuredSeconds(samples(1, 1, 0, 1, 1))).toBe(5);
    expect(measuredSeconds(samples(1, 1, 1))).toBe(10);
  });

  it("is 0 while it warms up, just after that, and where nothing was scraped", () => {
    expect(measuredSeconds(samples(0, 0))).toBe(0);
    expect(measuredSeconds(samples(0, 1))).toBe(0);
    expect(measuredSeconds([])).toBe(0);
  });
});
