import fc from "fast-check";
import { expect, it } from "vitest";
import { jobLabel, keyOf, LARGEST_KEY, MOST_JOB_TYPES, typeOf } from "../../model/job-label.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { Router } from "../../policies/router.js";

const keys = fc.integer({ min: 0, max: LARGEST_KEY });
const types = fc.integer({ min: 0, max: MOST_JOB_TYPES - 1 });

it("holds any key and any type in 32 bits", () => {
  fc.assert(
    fc.property(keys, types, (key, type) => {
      const label = jobLabel(key, type);
      expect([keyOf(label), typeOf(label)]).toEqual([key, type]);
      expect(label).toBeLessThan(2 ** 32);
    }),
  );
  expect(jobLabel(LARGEST_KEY, MOST_JOB_TYPES - 1)).toBe(2 ** 32 - 1);
});

it("shows policies the key alone: jobs of one key go to one server, whatever their types", () => {
  const fleet = new Fleet();
  for (let server = 0; server < 10; server++) fleet.join({ buffer: Number.POSITIVE_INFINITY });
  const router = new Router(policyNamed("consistent-hash")(fleet, randomStream("1", "policy")));
  fc.assert(
    fc.property(keys, types, (key, type) => {
      expect(router.choose(jobLabel(key, type), 1, 0)).toBe(router.choose(key, 1, 0));
    }),
  );
});
