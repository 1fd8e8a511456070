import { describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { FAMILY_CONFIDENCE } from "../../experiments/evidence.js";
import { simulate } from "../../simulator/simulation.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";

async function verify(settings: Readonly<Record<string, string>>, flags: readonly string[]): Promise<Result> {
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const { stdout } = await equipoise(["verify", "utility", "--live", ...set, ...flags, "--json", "-"]);
  return resultSchema.parse(JSON.parse(stdout));
}

describe("server pools live", () => {
  it("agree with the simulation of the same delays: two classes, ten pools in ten processes, SLTA", async (context) => {
    const settings = { policy: "slta", offeredLoad: "9.75" };
    const live = await verify(settings, ["--processes", "10", "--time-unit", "80ms", "--duration", "16s"]);
    expect(live.policy).toMatchObject({ name: "slta", bitsPerServer: 2 });
    expect(live.policy?.messagesPerJob).toBeGreaterThan(1);
    const { messageDelay = 0, heldUpFraction = 0 } = live.conditions ?? {};
    // Pauses are not simulated.
    skipIfTooBusy(context, { whyVoid: live.whyVoid, heldUpFraction });
    const { quantities } = simulate({
      scenario: "utility",
      settings,
      seed: "1",
      measuringTime: 1500,
      familyConfidence: FAMILY_CONFIDENCE,
      // There and back again.
      messageDelay: { law: "exponential", mean: messageDelay / 2 },
    });
    for (const simulated of quantities) {
      const measured = live.quantities.find(({ name }) => name === simulated.name);
      expect(measured?.ciLow ?? 0, simulated.name).toBeLessThanOrEqual(simulated.ciHigh ?? 0);
      expect(measured?.ciHigh ?? 0, simulated.name).toBeGreaterThanOrEqual(simulated.ciLow ?? 0);
    }
  });

  it("show JLMU losing to all tasks to the second pool where theory says so", async (context) => {
    const settings = { utilities: "suboptimality:0.01", pools: "2", offeredLoad: "0.75" };
    const flags = ["--time-unit", "40ms", "--duration", "9s"];
    const greedy = await verify({ ...settings, policy: "jlmu" }, flags);
    const conservative = await verify({ ...settings, policy: "class:2" }, flags);
    for (const run of [greedy, conservative]) skipIfTooBusy(context, run);
    const utilityOf = ({ quantities }: Result) => quantities.find(({ name }) => name === "mean_utility");
    expect(utilityOf(greedy)?.verdict).not.toBe("differs");
    expect(utilityOf(conservative)?.verdict).not.toBe("differs");
    expect(utilityOf(greedy)?.measured ?? 1).toBeLessThan(utilityOf(conservative)?.measured ?? 0);
  });
});
