import { describe, expect, it } from "vitest";
import { addViews, noViewTotals, viewQuality } from "../../model/view-quality.js";

describe("how good views are", () => {
  it("is the mean over what all dispatchers were told and compared", () => {
    const one = { told: 1, age: 3, ageError: 1, compared: 4, error: -2, absoluteError: 2, wrong: 1 };
    const other = { told: 3, age: 1, ageError: 1, compared: 4, error: 4, absoluteError: 4, wrong: 3 };
    expect(viewQuality(2, addViews(one, other))).toEqual({
      dispatchers: 2,
      meanAge: 1,
      meanAgeError: 0.5,
      meanError: 0.25,
      meanAbsoluteError: 0.75,
      wrongFraction: 0.5,
    });
  });

  it("is not known before anything was told", () => {
    expect(Object.values(viewQuality(3, noViewTotals()))).toEqual([3, null, null, null, null, null]);
  });
});
