import { describe, expect, it } from "vitest";
import { formatNumber } from "../../page/format.js";

describe("a number on the page", () => {
  it.each([
    [0, "0"],
    [null, "–"],
    [Number.NaN, "–"],
    [1.58241, "1.582"],
    [-0.05, "-0.05000"],
    [12345.6, "12 346"],
    [4.66e-5, "4.66 · 10⁻⁵"],
    [-2.5e12, "-2.50 · 10¹²"],
  ])("%f is written %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
