import { test } from "vitest";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { stationaryRate } from "../../theory/constant-step.js";
import { stationaryRateError } from "../../theory/constant-step-error.js";
import * as R from "../../theory/rate-scaling.js";

test("q", () => {
  for (const [n, l, g, h, m] of [
    [10, 3, "reciprocal", "power:1,3", 100],
    [1000, 3, "reciprocal", "power:1,3", 100],
    [1, 0.8, "reciprocal", "power:0.1,2", 100],
    [20, 0.025, "reciprocal", "power:0.1,2", 100],
    [100, 0.025, "reciprocal", "power:0.1,2", 100],
    [100, 1.5, "reciprocal", "power:0.1,2", 100],
    [100, 0.8, "reciprocal", "power:0.1,2", 10],
    [100000, 0.8, "reciprocal", "power:0.1,2", 10],
    [50, 5, "shifted-reciprocal", "power:0.05,3", 10],
  ] as const) {
    const p = { servers: n, arrivalRate: l, g: parseSojournCost(g), h: parseRateCost(h), inverseStep: m };
    const t = performance.now();
    console.log(
      n,
      l,
      m,
      R.optimalRate(l, p.g, p.h),
      R.finiteSizeRate(p),
      R.rateStandardDeviation(p),
      JSON.stringify(stationaryRate(p)),
      JSON.stringify(stationaryRateError(p)),
      R.limitRateStandardDeviation(p),
      R.relaxationTime(p),
      performance.now() - t,
    );
  }
});
