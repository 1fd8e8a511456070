import { describe, expect, it } from "vitest";
import { bound, byQuantity, exact, predicted } from "../../theory/prediction.js";

describe("a prediction", () => {
  it("applies, and is a theorem, unless said otherwise", () => {
    expect(exact(3, "here")).toEqual({ kind: "exact", status: "applies", value: 3, modelError: 0, source: "here" });
    expect(bound({ atMost: 3 }, "here", { modelError: 1 })).toEqual({
      kind: "bound",
      status: "applies",
      atMost: 3,
      modelError: 1,
      source: "here",
    });
    expect(predicted("limit", { value: 3 }, "here", { whyOutside: "too few servers" })).toEqual({
      kind: "limit",
      status: "outside assumptions",
      why: "too few servers",
      value: 3,
      modelError: 0,
      source: "here",
    });
  });

  it("keeps its place among those of its quantity", () => {
    const [first, second, other] = [exact(1, "first"), exact(2, "second"), exact(3, "other")];
    const found = byQuantity([
      ["a", first],
      ["b", other],
      ["a", second],
    ]);
    expect([...found]).toEqual([
      ["a", [first, second]],
      ["b", [other]],
    ]);
  });
});
