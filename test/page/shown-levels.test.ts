import { describe, expect, it } from "vitest";
import { shownLevels } from "../../page/charts/shown-levels.js";

describe("the levels that a chart of tails shows", () => {
  it("end with the first that a linear scale hides of all tails", () => {
    expect(shownLevels([[1, 0.5, 0.1]])).toEqual([0, 1, 2, 3]);
    expect(shownLevels([[1, 0.5, 0.001, 0.0005], [1]])).toEqual([0, 1, 2]);
    expect(shownLevels([[1, 0.5, ...new Array(600).fill(0.001)]])).toHaveLength(3);
  });

  it("hold those that something is said about, whatever is measured", () => {
    expect(shownLevels([[1, 0.5]], 4)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shownLevels([])).toEqual([0, 1]);
  });
});
