import { describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { FAMILY_CONFIDENCE } from "../../scenarios/evidence.js";
import { simulate } from "../../simulator/simulation.js";
import { equipoise } from "../support/equipoise.js";

async function verify(settings: Readonly<Record<string, string>>, flags: readonly string[]): Promise<Result> {
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const { stdout } = await equipoise(["verify", "utility", "--live", ...set, ...flags, "--json", "-"]);
  return resultSchema.parse(JSON.parse(stdout));
}

describe("server pools live", () => {
  it("agree with the simulation of the same delays: two classes, ten pools in ten processes, SLTA", async () => {
    const settings = { policy: "slta", offeredLoad: "9.75" };
    const live = await verify(settings, ["--processes", "10", "--time-unit", "80ms", "--duration", "16s"]);
    const { messageDelay = 0, heldUpFraction = 0 } = live.conditions ?? {};
    const { quantities } = simulate({
      scenario: "utility",
      settings,
      seed: "1",
      measuringTime: 1500,
      familyConfidence: FAMILY_CONFIDENCE,
      // There and back again.
      messageDelay: { law: "exponential", mean: messageDelay / 2 },
    });
    // A run that the machine could not keep up with says so, and proves nothing; nor does one with pauses, which are not simulated.
    if (live.whyVoid !== null) expect(live.whyVoid).toMatch(/could not keep up/);
    else if (heldUpFraction < 0.02) {
      for (const simulated of quantities) {
        const measured = live.quantities.find(({ name }) => name === simulated.name);
        expect(measured?.ciLow ?? 0, simulated.name).toBeLessThanOrEqual(simulated.ciHigh ?? 0);
        expect(measured?.ciHigh ?? 0, simulated.name).toBeGreaterThanOrEqual(simulated.ciLow ?? 0);
      }
    }
    expect(live.policy).toMatchObject({ name: "slta", bitsPerServer: 2 });
    expect(live.policy?.messagesPerJob).toBeGreaterThan(1);
  });

  it("show JLMU losing to all tasks to the second pool where theory says so", async () => {
    const settings = { utilities: "suboptimality:0.01", pools: "2", offeredLoad: "0.75" };
    const flags = ["--time-unit", "40ms", "--duration", "9s"];
    const greedy = await verify({ ...settings, policy: "jlmu" }, flags);
    const conservative = await verify({ ...settings, policy: "class:2" }, flags);
    if (greedy.whyVoid !== null || conservative.whyVoid !== null) return;
    const utilityOf = ({ quantities }: Result) => quantities.find(({ name }) => name === "mean_utility");
    expect(utilityOf(greedy)?.verdict).not.toBe("differs");
    expect(utilityOf(conservative)?.verdict).not.toBe("differs");
    expect(utilityOf(greedy)?.measured ?? 1).toBeLessThan(utilityOf(conservative)?.measured ?? 0);
  });
});
