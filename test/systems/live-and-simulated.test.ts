import { describe, expect, it } from "vitest";
import { type Result, resultSchema } from "../../cli/result.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";

/** The rates forget their state in 33 time units. */
const SYSTEM = ["--set", "servers=10", "--set", "inverseStep=20", "--time-unit", "50ms"];
const COURSE = ["--warmup", "4s", "--duration", "14s", "--json", "-"];
/** A run in which the machine paused is void and tells nothing. */
const MOST_TRIES = 3;

async function resultOf(...command: string[]): Promise<Result> {
  const { stdout, stderr } = await equipoise([...command, ...COURSE]);
  try {
    return resultSchema.parse(JSON.parse(stdout));
  } catch {
    throw new Error(`${command.join(" ")} gave no result: ${stderr}`);
  }
}

async function liveResultOf(...command: string[]): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await resultOf(...command);
    if (result.verdict !== "void" || tries === MOST_TRIES) return result;
  }
}

describe.each(["1", "infinite"])("rate scaling with buffers of %s", (buffer) => {
  it("is the same live and in virtual time, as far as the intervals of both can tell", {
    timeout: 120_000,
  }, async (context) => {
    const system = ["rate-scaling", ...SYSTEM, "--set", `buffer=${buffer}`];
    const live = await liveResultOf("verify", ...system, "--live", "--processes", "2");
    skipIfTooBusy(context, live);
    const { messageDelay = 0, heldUpFraction = 0 } = live.conditions ?? {};
    // What messages took, half on the way to the server; the two runs share nothing else but the parameters.
    const delay = ["--message-delay", `constant:${messageDelay / 2}`];
    const simulated = await resultOf("simulate", ...system, ...delay, "--replications", "20", "--seed", "2");
    expect(simulated.conditions?.messageDelay).toBeCloseTo(messageDelay, 2);
    for (const [place, seen] of live.quantities.entries()) {
      const expected = simulated.quantities[place];
      expect(seen.name).toBe(expected.name);
      // Where the machine pauses, jobs come in bursts, of which the simulation knows nothing.
      const bursts = seen.name === "blocked_fraction" ? heldUpFraction : 0;
      const [low, high] = [expected.ciLow ?? Number.NaN, expected.ciHigh ?? Number.NaN];
      const what = `${seen.name}: live ${seen.ciLow} to ${seen.ciHigh}, simulated ${low} to ${high}`;
      expect(seen.ciLow ?? Number.NaN, what).toBeLessThanOrEqual(high + bursts);
      expect(seen.ciHigh ?? Number.NaN, what).toBeGreaterThanOrEqual(low - bursts);
    }
    // Intervals that hold everything would be no test.
    const [rate] = live.quantities;
    expect((rate.ciHigh ?? Number.NaN) - (rate.ciLow ?? Number.NaN)).toBeLessThan(0.2 * (rate.measured ?? Number.NaN));
    expect(simulated.quantities[0].ciHigh).toBeLessThan(1.05 * (simulated.quantities[0].ciLow ?? Number.NaN));
  });
});
