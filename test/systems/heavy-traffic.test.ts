import { describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";

/** Runs live, and returns what was found of each quantity. */
async function verify(scenario: string, settings: Readonly<Record<string, string>>, timing: readonly string[]) {
  const sets = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  // So confident intervals that few true predictions are said to differ: of such short runs in virtual time, one in 300 pairs.
  const flags = [...sets, ...timing, "--confidence", "0.9999", "--json", "-"];
  const { stdout, stderr } = await equipoise(["verify", scenario, "--live", ...flags]);
  expect(stderr).toContain("quantity");
  return resultSchema.parse(JSON.parse(stdout));
}

const SHORT = ["--time-unit", "50ms", "--warmup", "2s", "--duration", "9s"];

describe("heavy traffic on real processes", () => {
  it("differs from no exact value under jsq, and under jfsq with servers of different rates", async (context) => {
    const runs = [
      await verify("jsq-heavy-traffic", { servers: "2", arrivalRate: "0.5" }, SHORT),
      await verify("jfsq-zero-waiting", { servers: "3", rates: "list:1.8,0.9,0.3", arrivalRate: "0.5" }, SHORT),
    ];
    for (const { quantities } of runs) {
      expect(quantities.filter(({ verdict }) => verdict === "differs").map(({ name }) => name)).toEqual([]);
      expect(quantities.every(({ measured }) => measured !== null)).toBe(true);
      expect(quantities.some(({ predictions }) => predictions[0]?.kind === "exact")).toBe(true);
    }
    for (const run of runs) skipIfTooBusy(context, run);
  });

  it("keeps Lemma 1 and the drift identity in slotted time", async (context) => {
    const timing = ["--time-unit", "10ms", "--warmup", "1s", "--duration", "9s"];
    const run = await verify("jsq-heavy-traffic", { time: "slotted", servers: "3", alpha: "0.5" }, timing);
    // 900 slots of 1.27 jobs are sent; a busy machine may leave some of them for later.
    expect(run.jobs?.completed).toBeGreaterThan(300);
    skipIfTooBusy(context, run);
    for (const name of ["unused_service", "drift_identity_gap"]) {
      const found = run.quantities.find((quantity) => quantity.name === name);
      expect(found?.ciLow).not.toBeNull();
      expect([name, found?.verdict]).not.toEqual([name, "differs"]);
    }
  });
});
