import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { UserError } from "../../model/errors.js";
import { formsOf } from "../../model/family.js";
import { randomStream } from "../../model/random.js";
import { generalPolicies, policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { ANY_JOB, NO_SERVER, type Policy, type PolicyFactory } from "../../policies/policy.js";
import { chiSquareUniform } from "../support/chi-square.js";
import { everyPolicy, mayChoose, PARTIAL, REMEMBERING } from "../support/every-policy.js";

const ALPHA = 1e-4;
const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 200 });

/** Sends jobs and ends them as the steps say; returns what the dispatcher decided, one number a job. */
function drive(dispatcher: Dispatcher, servers: number, script: readonly (readonly [boolean, number])[]): number[] {
  const decisions: number[] = [];
  const ended = new Array<number>(servers).fill(0);
  for (const [time, [arrival, pick]] of script.entries()) {
    const server = pick % servers;
    if (arrival) decisions.push(dispatcher.submit(time, 0, time));
    else if (dispatcher.fleet.queueLength(server) > 0) dispatcher.complete(time, server, ++ended[server], 0);
    const { offered, blocked, completed, lost } = dispatcher.totals;
    expect(offered).toBe(blocked + completed + lost + dispatcher.inFlight);
    expect(Math.min(blocked, completed, lost, dispatcher.inFlight)).toBeGreaterThanOrEqual(0);
  }
  return decisions;
}

function dispatcherOf(factory: PolicyFactory, buffers: readonly number[], seed: string): Dispatcher {
  const dispatcher = new Dispatcher(factory, randomStream(seed, "policy"));
  for (const buffer of buffers) dispatcher.join({ buffer });
  return dispatcher;
}

describe.each(everyPolicy)("the law of every policy: %s", (_, name, make) => {
  it("is known by one name", () => expect(dispatcherOf(make(1), [1], "1").policyName).toBe(name));

  it("sends a job to a member that has room, or blocks it", () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.constantFrom(1, 2, Number.POSITIVE_INFINITY), { minLength: 1 }),
        (script, buffers) => {
          const dispatcher = dispatcherOf(make(buffers.length), buffers, "1");
          const before = dispatcher.submit.bind(dispatcher);
          dispatcher.submit = (now, origin, job) => {
            const full = buffers.map((_, server) => dispatcher.fleet.isFull(server));
            const server = before(now, origin, job);
            if (server !== BLOCKED) {
              expect(server).toBeGreaterThanOrEqual(0);
              expect(server).toBeLessThan(buffers.length);
              expect(full[server]).toBe(false);
            }
            return server;
          };
          drive(dispatcher, buffers.length, script);
        },
      ),
    );
  });

  it("decides the same for the same seed", () => {
    fc.assert(
      fc.property(steps, fc.string(), (script, seed) => {
        const decisions = (): number[] => drive(dispatcherOf(make(4), [2, 2, 1, 5], seed), 4, script);
        expect(decisions()).toEqual(decisions());
      }),
    );
  });

  it("blocks every job where there is no server, and uses no server that has left", () => {
    const dispatcher = dispatcherOf(make(2), [], "1");
    expect(dispatcher.submit(0, 0, 0)).toBe(BLOCKED);
    const [gone, present] = [dispatcher.join({ buffer: 100 }), dispatcher.join({ buffer: 100 })];
    dispatcher.fleet.leave(gone);
    for (let job = 0; job < 50; job++) expect(dispatcher.submit(1, 0, job)).toBe(present);
  });

  it("names no server where there is none, nor where the last one has left", () => {
    const fleet = new Fleet();
    const policy = make(1)(fleet, randomStream("1", "policy"));
    expect(policy.choose(ANY_JOB, 0)).toBe(NO_SERVER);
    const gone = fleet.join({ buffer: 1 });
    expect(policy.choose(ANY_JOB, 0)).toBe(gone);
    fleet.leave(gone);
    expect(policy.choose(ANY_JOB, 0)).toBe(NO_SERVER);
  });

  it.skipIf(PARTIAL.includes(name))(
    "treats servers alike: those with the same jobs are chosen as often, wherever they are",
    () => {
      // Choices that depend on earlier ones are taken from policies that know nothing of each other.
      const choices = (make: () => Policy): number[] =>
        REMEMBERING.includes(name)
          ? Array.from({ length: 1500 }, () => {
              const policy = make();
              for (let job = 0; job < 9; job++) policy.choose(ANY_JOB, job);
              return policy.choose(ANY_JOB, 9);
            })
          : Array.from(
              { length: 9000 },
              (
                (policy) => () =>
                  policy.choose(ANY_JOB, 0)
              )(make()),
            );
      const random = randomStream(`relabelling ${name}`, "policy");
      for (const queues of [new Array<number>(7).fill(0), [0, 1, 0, 2, 1, 0, 2, 1, 2], [1, 2, 2, 1, 3, 3, 1, 2, 3]]) {
        const counts = queues.map(() => 0);
        const fleet = new Fleet();
        for (const [server, length] of queues.entries()) {
          fleet.join({ buffer: Number.POSITIVE_INFINITY });
          for (let job = 0; job < length; job++) fleet.assigned(server);
        }
        for (const server of choices(() => make(queues.length)(fleet, random))) counts[server]++;
        for (const length of new Set(queues)) {
          const alike = counts.filter((_, server) => queues[server] === length);
          if (alike.some((count) => count > 0)) expect(chiSquareUniform(alike, ALPHA)).toBeLessThan(1);
        }
      }
    },
  );

  it("chooses as its definition says, by a scan of all servers", () => {
    fc.assert(
      fc.property(steps, fc.constantFrom([1, 1, 1, 1], [3, 1, 3, 2]), (script, rates) => {
        const dispatcher = new Dispatcher(make(rates.length), randomStream("1", "policy"));
        for (const rate of rates) dispatcher.join({ buffer: Number.POSITIVE_INFINITY, rate });
        const ended = rates.map(() => 0);
        for (const [time, [arrival, pick]] of script.entries()) {
          const queues = rates.map((_, server) => dispatcher.queueLength(server));
          const server = pick % rates.length;
          if (arrival) expect(mayChoose(name, dispatcher.submit(time, 0, time), queues, rates)).toBe(true);
          else if (queues[server] > 0) dispatcher.complete(time, server, ++ended[server], 0);
        }
      }),
    );
  });
});

describe("jiq", () => {
  it("chooses an idle server whenever there is one, each as often; else any server, each as often", () => {
    const fleet = new Fleet();
    for (let server = 0; server < 8; server++) fleet.join({ buffer: 2 });
    for (const busy of [1, 2, 6]) fleet.assigned(busy);
    const policy = policyNamed("jiq")(fleet, randomStream("1", "policy"));
    const count = (): number[] => {
      const counts = new Array<number>(8).fill(0);
      for (let job = 0; job < 8000; job++) counts[policy.choose(ANY_JOB, 0)]++;
      return counts;
    };
    const withIdle = count();
    expect([1, 2, 6].map((busy) => withIdle[busy])).toEqual([0, 0, 0]);
    expect(
      chiSquareUniform(
        [0, 3, 4, 5, 7].map((idle) => withIdle[idle]),
        ALPHA,
      ),
    ).toBeLessThan(1);
    for (const idle of [0, 3, 4, 5, 7]) fleet.assigned(idle);
    expect(chiSquareUniform(count(), ALPHA)).toBeLessThan(1);
  });
});

describe("round-robin", () => {
  it("takes each server in turn", () => {
    const fleet = new Fleet();
    const policy = policyNamed("round-robin")(fleet, randomStream("1", "policy"));
    expect(policy.choose(ANY_JOB, 0)).toBe(NO_SERVER);
    for (let server = 0; server < 3; server++) fleet.join({ buffer: 1 });
    expect(Array.from({ length: 7 }, () => policy.choose(ANY_JOB, 0))).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });
});

describe("a policy that breaks ties by the lowest number", () => {
  it.each(["jsq:lowest-number", "jfsq:lowest-number"])(
    "%s has one name, and names no server where there is none",
    (name) => {
      expect(policyNamed(name)(new Fleet(), randomStream("1", "policy")).name).toBe(name.split(":")[0]);
      const fleet = new Fleet();
      const policy = policyNamed(name)(fleet, randomStream("1", "policy"));
      expect(policy.choose(ANY_JOB, 0)).toBe(NO_SERVER);
      expect([fleet.join({ buffer: 1 }), fleet.join({ buffer: 1 }), policy.choose(ANY_JOB, 0)]).toEqual([0, 1, 0]);
    },
  );
});

describe("an unknown policy", () => {
  it("is refused, naming those there are", () =>
    expect(() => policyNamed("magic")).toThrow(
      new UserError(`unknown policy "magic": use one of ${formsOf(generalPolicies)}`),
    ));
});
