import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { simulate } from "../../simulator/simulation.js";

/**
 * Long simulations of the rule (2.2) with infinite buffers, by a program that is not part of this project: JIQ, g = 1/x, h = 0.1 x^2, the
 * rates integrated by a Runge-Kutta method of order 4. Each estimate is followed by its standard error from 40 batches.
 *
 * servers arrivalRate inverseStep mean-rate +- deviation +- idle-time +- mean-jobs +-
 */
const SIMULATED = `
1 0.8 100 1.47637 0.00013 0.05022 0.00007 0.88616 0.00037 1.18011 0.00074
2 0.8 100 1.52399 0.00011 0.03866 0.00005 0.76112 0.00027 0.82136 0.00041
2 0.8 500 1.52300 0.00011 0.01752 0.00006 0.75973 0.00026 0.82272 0.00040
2 1.2 100 1.74908 0.00011 0.03193 0.00005 0.36425 0.00014 1.54780 0.00099
2 1.8 100 2.04033 0.00015 0.02825 0.00007 0.09912 0.00009 5.02274 0.00765
4 0.8 20 1.55624 0.00013 0.06846 0.00006 0.69739 0.00029 0.62105 0.00027
4 0.8 100 1.55330 0.00013 0.03202 0.00005 0.69314 0.00029 0.62334 0.00028
4 0.3 100 1.14055 0.00012 0.06519 0.00007 2.56225 0.00113 0.26971 0.00009
4 1.2 100 1.77622 0.00014 0.02411 0.00005 0.33004 0.00017 1.06678 0.00070
10 0.8 100 1.57322 0.00010 0.02739 0.00005 0.65030 0.00021 0.52364 0.00011
10 0.8 20 1.57522 0.00011 0.05924 0.00005 0.65328 0.00023 0.52275 0.00013
10 1.2 100 1.79613 0.00012 0.01861 0.00004 0.30656 0.00014 0.76734 0.00028
20 1.2 20 1.80543 0.00013 0.03600 0.00004 0.29726 0.00014 0.68808 0.00019
20 0.8 50 1.58099 0.00012 0.03606 0.00004 0.63580 0.00024 0.50736 0.00010
50 0.8 100 1.58497 0.00012 0.02476 0.00004 0.62621 0.00023 0.50481 0.00011
`;

const NAMES = ["mean_service_rate", "service_rate_sd", "mean_idle_time", "mean_sojourn_time"] as const;
const rows = SIMULATED.trim()
  .split("\n")
  .map((line) => {
    const [servers, arrivalRate, inverseStep, ...estimates] = line.split(" ");
    return { settings: { servers, arrivalRate, inverseStep, buffer: "infinite" }, estimates: estimates.map(Number) };
  });

const NO_DELAY = { messageDelay: 0, heldUpFraction: 0 };
const claims = (settings: Record<string, string>, conditions = NO_DELAY) =>
  claimsOf(rateScaling.configure(settings, "1"), conditions);

describe("rates of servers with infinite buffers (Rutten, Zubeldia and Mukherjee 2023, Remark 2.4 and Figure 4)", () => {
  it.each(rows)("are within the stated error of simulations: $settings", ({ settings, estimates }) => {
    const found = claims(settings);
    for (const [i, name] of NAMES.entries()) {
      const [claim] = found.get(name) ?? [];
      expect([name, claim]).toMatchObject([name, { kind: "refined", status: "applies" }]);
      // Jobs over their rate are sojourn times, by Little's law.
      const per = name === "mean_sojourn_time" ? Number(settings.arrivalRate) : 1;
      const value = claim !== undefined && "value" in claim ? claim.value : Number.NaN;
      const off = Math.abs(value - estimates[2 * i] / per);
      expect(off, name).toBeLessThan((claim?.modelError ?? 0) + (3.5 * estimates[2 * i + 1]) / per);
      expect(claim?.modelError, name).toBeLessThan(value);
    }
  });

  it("are those of unit buffers where so many servers share the load that next to no job waits", () => {
    const rate = (buffer: string) => claims({ servers: "200", buffer }).get("mean_service_rate")?.[0];
    const [queued, unit] = [rate("infinite"), rate("1")];
    expect(queued).toMatchObject({ status: "applies" });
    expect(unit !== undefined && "value" in unit && unit.value).toBeCloseTo(
      queued !== undefined && "value" in queued ? queued.value : Number.NaN,
      6,
    );
  });

  it("are not claimed where too much is cut off, nor under other policies", () => {
    for (const settings of [{ servers: "20", arrivalRate: "2" }, { policy: "jsq" }, { policy: "random", servers: "2" }])
      expect(claims({ buffer: "infinite", ...settings }).get("mean_service_rate")?.[0]).not.toMatchObject({
        kind: "refined",
        status: "applies",
      });
  });

  it("follow a message delay as with unit buffers, but for the services that start from the queue", () => {
    const settings = { servers: "10", buffer: "infinite" };
    const at = (messageDelay: number) => claims(settings, { messageDelay, heldUpFraction: 0 }).get("mean_service_rate");
    const value = (messageDelay: number): number => {
      const [claim] = at(messageDelay) ?? [];
      return claim !== undefined && "value" in claim ? claim.value : Number.NaN;
    };
    expect(value(0.05)).toBeGreaterThan(value(0));
    expect(at(0.05)?.[0].modelError).toBeGreaterThan(at(0)?.[0].modelError ?? Number.NaN);
  });

  it("agree when fixed with a simulation of few servers, larger finite buffers as well", () => {
    for (const buffer of ["infinite", "3"]) {
      const settings = { servers: "3", rateControl: "fixed", initialRates: "constant:1.2", buffer };
      const output = simulate({
        ...{ scenario: "rate-scaling", settings, seed: "1", familyConfidence: 0.9999 },
        measuringTime: 30_000,
      });
      const idle = output.quantities.find(({ name }) => name === "mean_idle_time");
      const [claim] = idle?.predictions ?? [];
      expect(claim).toMatchObject({ kind: "exact", status: "applies" });
      const value = claim !== undefined && "value" in claim ? claim.value : Number.NaN;
      expect(value).toBeGreaterThan(idle?.ciLow ?? Number.NaN);
      expect(value).toBeLessThan(idle?.ciHigh ?? Number.NaN);
    }
  });
});
