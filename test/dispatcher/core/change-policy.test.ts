import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../../dispatcher/core/dispatcher.js";
import { randomStream } from "../../../model/random.js";
import { generalPolicies, policyNamed } from "../../../policies/index.js";
import { mayChoose } from "../../support/every-policy.js";

const SERVERS = 6;
const RATES = [3, 1, 2, 3, 1, 2];
const POLICIES = generalPolicies.map(({ name }) => name);

describe("a dispatcher whose policy is changed", () => {
  it("routes by the new one from then on, from the queues as they are", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant({ kind: "submit" } as const) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant("complete" as const), server: fc.nat(SERVERS - 1) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("change" as const), to: fc.constantFrom(...POLICIES) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.constantFrom(...POLICIES), fc.nat(), (steps, first, seed) => {
        const dispatcher = new Dispatcher(policyNamed(first), randomStream(String(seed), "policy"));
        for (const rate of RATES) dispatcher.join({ buffer: Number.POSITIVE_INFINITY, rate });
        const queues = RATES.map(() => 0);
        const completed = RATES.map(() => 0);
        let policy = first;
        for (const [now, one] of steps.entries()) {
          if (one.kind === "change") {
            policy = one.to;
            dispatcher.changePolicy(now, policyNamed(policy));
            expect(dispatcher.policyName).toBe(policy);
          } else if (one.kind === "submit") {
            const server = dispatcher.submit(now, 0, now);
            expect(mayChoose(policy, server, queues, RATES), `${policy} chose ${server} of ${queues}`).toBe(true);
            if (server !== BLOCKED) queues[server]++;
          } else if (queues[one.server] > 0) {
            dispatcher.complete(now, one.server, ++completed[one.server], 0);
            queues[one.server]--;
          }
        }
      }),
    );
  });
});
