import { describe, expect, it } from "vitest";
import { DRAWS } from "../../bench/calibrate/settings.js";
import { claimsOf } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { scenarios } from "../../scenarios/index.js";
import { claimedBy } from "../support/claimed-by.js";

/** Settings of each scenario: DRAWN_SETTINGS=200 for a long run. */
const SETTINGS = Number(process.env.DRAWN_SETTINGS ?? 12);
const SEED = process.env.DRAWN_SEED ?? "drawn";

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "predictions of %s",
  (name, scenario) => {
    it("are finite at settings from the whole range of every parameter, or the settings are refused", () => {
      let known = 0;
      for (let i = 0; i < SETTINGS; i++) {
        const settings = DRAWS[name](randomStream(`${SEED}/${i}`, name));
        // Delays make some predictions several times as much work.
        for (const messageDelay of i % 4 === 0 ? [0, 0.03] : [0]) {
          try {
            const claims = claimsOf(scenario.configure(settings, "1"), { messageDelay, heldUpFraction: 0 });
            for (const [quantity, all] of claims) {
              for (const claim of all) {
                const numbers = [claimedBy(claim), claim.modelError];
                expect(numbers.every(Number.isFinite), `${quantity}: ${numbers} at ${JSON.stringify(settings)}`).toBe(
                  true,
                );
                known++;
              }
            }
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        }
      }
      expect(known).toBeGreaterThan(SETTINGS);
    });

    it("are of an experiment that the parameters it tells make again", () => {
      for (let i = 0; i < 10 * SETTINGS; i++) {
        const settings = DRAWS[name](randomStream(`${SEED}/${i}`, name));
        try {
          const { parameters } = scenario.configure(settings, "1");
          expect(scenario.configure(parameters, "1").parameters, JSON.stringify(settings)).toEqual(parameters);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(() => scenario.configure(settings, "1"), JSON.stringify(settings)).toThrow(error);
        }
      }
    });

    it("are finite for a hundred thousand servers too", () => {
      const settings = { [name === "utility" ? "pools" : "servers"]: "100000", ...MANY[name] };
      for (const claim of [
        ...claimsOf(scenario.configure(settings, "1"), { messageDelay: 0, heldUpFraction: 0 }).values(),
      ].flat())
        expect([claimedBy(claim), claim.modelError].every(Number.isFinite), claim.source).toBe(true);
    });
  },
);

/** What so many servers can be asked for. */
const MANY: Readonly<Record<string, Record<string, string>>> = {
  "jsq-heavy-traffic": { arrivalRate: "0.7" },
  "jfsq-zero-waiting": { policy: "jsq-d", buffer: "infinite", arrivalRate: "0.6" },
  "spatial-graphs": { graph: "complete" },
};
