import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../dispatcher/dispatcher.js";
import { policyNamed } from "../../dispatcher/policies/index.js";
import { randomStream } from "../../model/random.js";

const SERVERS = 6;
const RATES = [3, 1, 2, 3, 1, 2];
const POLICIES = ["jiq", "jsq", "jfsq", "jsq-d", "random", "round-robin"];

/** Whether a policy may choose this server, by its definition and the queues as they are. */
function mayChoose(policy: string, server: number, queues: readonly number[]): boolean {
  const shortest = Math.min(...queues);
  // Where nobody is idle, jiq takes anybody.
  if (policy === "jiq") return server >= 0 && (shortest > 0 || queues[server] === 0);
  if (policy === "jsq") return queues[server] === shortest;
  if (policy !== "jfsq") return server >= 0;
  const fastest = Math.max(...RATES.filter((_, other) => queues[other] === shortest));
  return queues[server] === shortest && RATES[server] === fastest;
}

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
        for (const rate of RATES) dispatcher.join(Number.POSITIVE_INFINITY, rate);
        const queues = RATES.map(() => 0);
        const completed = RATES.map(() => 0);
        let policy = first;
        for (const [now, one] of steps.entries()) {
          if (one.kind === "change") {
            policy = one.to;
            dispatcher.changePolicy(policyNamed(policy));
            expect(dispatcher.policyName).toBe(policy);
          } else if (one.kind === "submit") {
            const server = dispatcher.submit(now, 0, now);
            expect(mayChoose(policy, server, queues), `${policy} chose ${server} of ${queues}`).toBe(true);
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
