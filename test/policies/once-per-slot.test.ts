import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import { parseServiceLaw } from "../../model/slot-laws.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { oncePerSlot, policyFor } from "../../policies/once-per-slot.js";
import { ANY_JOB, NO_SERVER } from "../../policies/policy.js";

function fleetOf(servers: number): Fleet {
  const fleet = new Fleet();
  for (let server = 0; server < servers; server++) fleet.join({ buffer: Number.POSITIVE_INFINITY });
  return fleet;
}

describe("a policy in slotted time (Hurtado-Lange and Maguluri 2020, section 2)", () => {
  it("sends all jobs of a slot to one server, the one its policy names at the first of them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 40 }), fc.string(), (batches, seed) => {
        const [fleet, twin] = [fleetOf(4), fleetOf(4)];
        const slotted = oncePerSlot(policyNamed("jsq"))(fleet, randomStream(seed, "policy"));
        const plain = policyNamed("jsq")(twin, randomStream(seed, "policy"));
        for (const [slot, jobs] of batches.entries()) {
          const expected = jobs === 0 ? NO_SERVER : plain.choose(ANY_JOB, 0);
          for (let job = 0; job < jobs; job++) {
            expect(slotted.choose({ ...ANY_JOB, type: slot }, slot)).toBe(expected);
            fleet.assigned(expected);
            twin.assigned(expected);
          }
        }
      }),
    );
  });

  it("has the name and the cost of the policy itself", () => {
    const fleet = fleetOf(2);
    const slotted = oncePerSlot(policyNamed("jsq"))(fleet, randomStream("1", "policy"));
    fleet.assigned(slotted.choose(ANY_JOB, 0));
    fleet.ended(slotted.choose(ANY_JOB, 0));
    expect(slotted.name).toBe("jsq");
    expect(slotted.information).toMatchObject({ messages: 1, bitsPerServer: 1 });
  });

  it("is what a system in slots runs, and no other", () => {
    const policy = policyNamed("round-robin");
    const services = parseServiceLaw("constant");
    const choices = (slots: Parameters<typeof policyFor>[0]["slots"]): number[] => {
      const chooser = policyFor(slots === undefined ? { policy } : { policy, slots })(
        fleetOf(3),
        randomStream("1", "policy"),
      );
      return [0, 0, 1, 1].map((slot) => chooser.choose({ ...ANY_JOB, type: slot }, slot));
    };
    expect(choices(undefined)).toEqual([0, 1, 2, 0]);
    expect(choices({ arrivals: services, services })).toEqual([0, 0, 1, 1]);
  });
});
