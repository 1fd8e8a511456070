import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCKED, Dispatcher } from "../../dispatcher/dispatcher.js";
import { Fleet } from "../../dispatcher/fleet.js";
import { fixedClass, jlmu, policies, policyNamed, slta } from "../../dispatcher/policies/index.js";
import { NO_SERVER, type PolicyFactory } from "../../dispatcher/policies/policy.js";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { linear, logShare } from "../../model/utility-functions.js";
import { chiSquareUniform } from "../support/chi-square.js";

const ALPHA = 1e-4;
const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 200 });

/** Those without settings, and some with. */
const factories: ReadonlyMap<string, PolicyFactory> = new Map([
  ...policies,
  ["jlmu", jlmu([logShare(20), linear(1)])],
  ["slta", slta({ utilities: [logShare(20)], beta: () => 0.2 })],
  ["fixed-class", fixedClass(0)],
]);

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

function dispatcherOf(name: string, buffers: readonly number[], seed: string): Dispatcher {
  const dispatcher = new Dispatcher(factories.get(name) as PolicyFactory, randomStream(seed, "policy"));
  for (const buffer of buffers) dispatcher.join(buffer);
  return dispatcher;
}

describe.each([...factories.keys()])("the law of every policy: %s", (name) => {
  it("is known by one name", () => expect(dispatcherOf(name, [1], "1").policyName).toBe(name));

  it("sends a job to a member that has room, or blocks it", () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.constantFrom(1, 2, Number.POSITIVE_INFINITY), { minLength: 1 }),
        (script, buffers) => {
          const dispatcher = dispatcherOf(name, buffers, "1");
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
        const decisions = (): number[] => drive(dispatcherOf(name, [2, 2, 1, 5], seed), 4, script);
        expect(decisions()).toEqual(decisions());
      }),
    );
  });

  it("blocks every job where there is no server, and uses no server that has left", () => {
    const dispatcher = dispatcherOf(name, [], "1");
    expect(dispatcher.submit(0, 0, 0)).toBe(BLOCKED);
    const [gone, present] = [dispatcher.join(100), dispatcher.join(100)];
    dispatcher.fleet.leave(gone);
    for (let job = 0; job < 50; job++) expect(dispatcher.submit(1, 0, job)).toBe(present);
  });

  it("names no server where there is none, nor where the last one has left", () => {
    const fleet = new Fleet();
    const policy = (factories.get(name) as PolicyFactory)(fleet, randomStream("1", "policy"));
    expect(policy.choose(0)).toBe(NO_SERVER);
    const gone = fleet.join(1);
    expect(policy.choose(0)).toBe(gone);
    fleet.leave(gone);
    expect(policy.choose(0)).toBe(NO_SERVER);
  });

  it("treats servers alike: over many jobs to an empty fleet each is chosen as often", () => {
    const servers = 7;
    const random = randomStream(`relabelling ${name}`, "policy");
    const counts = new Array<number>(servers).fill(0);
    const fleet = new Fleet();
    for (let server = 0; server < servers; server++) fleet.join(1);
    const policy = (factories.get(name) as PolicyFactory)(fleet, random);
    for (let job = 0; job < 7000; job++) counts[policy.choose(0)]++;
    expect(chiSquareUniform(counts, ALPHA)).toBeLessThan(1);
  });
});

describe("jiq", () => {
  it("chooses an idle server whenever there is one, each as often; else any server, each as often", () => {
    const fleet = new Fleet();
    for (let server = 0; server < 8; server++) fleet.join(2);
    for (const busy of [1, 2, 6]) fleet.assigned(busy);
    const policy = policyNamed("jiq")(fleet, randomStream("1", "policy"));
    const count = (): number[] => {
      const counts = new Array<number>(8).fill(0);
      for (let job = 0; job < 8000; job++) counts[policy.choose(0)]++;
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
    expect(policy.choose(0)).toBe(NO_SERVER);
    for (let server = 0; server < 3; server++) fleet.join(1);
    expect(Array.from({ length: 7 }, () => policy.choose(0))).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });
});

describe("a policy that breaks ties by the lowest number", () => {
  it.each(["jsq:lowest-number", "jfsq:lowest-number"])(
    "%s has one name, and names no server where there is none",
    (name) => {
      expect(policyNamed(name)(new Fleet(), randomStream("1", "policy")).name).toBe(name.split(":")[0]);
      const fleet = new Fleet();
      const policy = policyNamed(name)(fleet, randomStream("1", "policy"));
      expect(policy.choose(0)).toBe(NO_SERVER);
      expect([fleet.join(1), fleet.join(1), policy.choose(0)]).toEqual([0, 1, 0]);
    },
  );
});

describe("an unknown policy", () => {
  it("is refused, naming those there are", () =>
    expect(() => policyNamed("magic")).toThrow(
      new UserError('unknown policy "magic": use one of jiq, jfsq, jsq, jsq-d, random, round-robin'),
    ));
});
