import { describe, expect, it } from "vitest";
import { refinedRate, survivors, survivorsMean } from "../../figures/rate-scaling/servers-die.js";
import { meanOf } from "../../model/statistics/across-runs.js";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { trajectoryOf } from "../../simulator/trajectory.js";

/** Probability that an interval misses what is true. */
const CONFIDENCE = 1 - 1e-4;

describe("when a tenth of the servers dies", () => {
  it("the others move to the optimum for the arrivals that are now theirs, as Theorem 2.11 has it for so many servers", () => {
    const parameters = { servers: "50", inverseStep: "50", initialRates: "constant:1.5874", arrivalRate: "0.8" };
    const deaths = { servers: 5, time: 200 };
    const runs = Array.from({ length: 8 }, (_, i) =>
      trajectoryOf({
        scenario: "rate-scaling",
        settings: parameters,
        seed: "die",
        replication: i + 1,
        until: 1400,
        step: 20,
        deaths,
      }),
    );
    const meanBetween = (from: number, to: number): { low: number; high: number } => {
      const means = runs.map(({ times, rates }) => {
        const looks = times.flatMap((time, look) => (time > from && time <= to ? [survivorsMean(rates[look], 5)] : []));
        return looks.reduce((sum, mean) => sum + mean, 0) / looks.length;
      });
      return confidenceInterval(meanOf(means), CONFIDENCE);
    };
    const before = refinedRate(parameters);
    const after = refinedRate(survivors({ parameters, deaths, until: 0 }));
    const modelError = (settings: Record<string, string>): number =>
      rateScaling.configure(settings, "1").predict({ messageDelay: 0, heldUpFraction: 0 }).get("mean_service_rate")?.[0]
        .modelError ?? 0;
    // (5 lambda)^(1/3) is 1.5874 at 0.8 and 1.6441 at 0.8889; with so many servers and steps of this size it is a little less.
    const late = meanBetween(600, 1400);
    const error = modelError(survivors({ parameters, deaths, until: 0 }));
    expect(after).toBeGreaterThan(late.low - error);
    expect(after).toBeLessThan(late.high + error);
    expect(before).toBeLessThan(late.low);
    expect(late.high - late.low).toBeLessThan(after - before);
    // Nobody reacts before there is a reason to.
    expect(meanBetween(0, 200).high).toBeLessThan(late.low);
  });
});
