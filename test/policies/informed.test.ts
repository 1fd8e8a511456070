import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { ANY_JOB, type PolicyFactory } from "../../policies/policy.js";
import { Router } from "../../policies/router.js";
import { fleetOf, membersOf, operations, perform } from "../support/fleet-operations.js";

const UNLIMITED = Number.POSITIVE_INFINITY;

/** Jobs that arrive, with gaps and sizes. */
const arrivals = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 8 }), size: fc.integer({ min: 1, max: 9 }) }), {
  minLength: 1,
  maxLength: 120,
});
const someRates = fc.array(fc.constantFrom(1, 2, 4), { minLength: 1, maxLength: 6 });

/** First-in-first-out servers of fixed rates, which complete their jobs on time, behind a dispatcher. */
class Line {
  readonly dispatcher: Dispatcher;
  /** When each job at each server is done, in order. */
  readonly due: number[][];
  private readonly completed: number[];

  constructor(
    policy: PolicyFactory,
    readonly rates: readonly number[],
  ) {
    this.dispatcher = new Dispatcher(policy, randomStream("1", "policy"));
    for (const rate of rates) this.dispatcher.join({ buffer: UNLIMITED, rate });
    this.due = rates.map(() => []);
    this.completed = rates.map(() => 0);
  }

  /** What each server still has to do, in time. */
  waits(now: number): number[] {
    return this.due.map((due) => Math.max(0, (due.at(-1) ?? 0) - now));
  }

  arrive(now: number, job: number, size: number): number {
    this.completeUntil(now);
    const waits = this.waits(now);
    const server = this.dispatcher.submit(now, 0, job, 0, size);
    this.due[server].push(now + waits[server] + size / this.rates[server]);
    return server;
  }

  completeUntil(now: number): void {
    for (const [server, due] of this.due.entries())
      while (due.length > 0 && due[0] <= now) {
        this.dispatcher.complete(due[0], server, ++this.completed[server], 0);
        due.shift();
      }
  }
}

describe("least-work", () => {
  it("sends every job where it begins first, to a fastest server if some are idle", () => {
    fc.assert(
      fc.property(arrivals, someRates, (jobs, rates) => {
        const line = new Line(policyNamed("least-work"), rates);
        let now = 0;
        for (const [job, { gap, size }] of jobs.entries()) {
          now += gap;
          line.completeUntil(now);
          const waits = line.waits(now);
          const server = line.arrive(now, job, size);
          expect(waits[server]).toBeCloseTo(Math.min(...waits), 9);
          const idle = rates.filter((_, other) => waits[other] === 0);
          if (idle.length > 0) expect(rates[server]).toBe(Math.max(...idle));
        }
      }),
    );
  });

  it("takes a job of which nothing is known for one of mean size", () => {
    const dispatcher = new Dispatcher(policyNamed("least-work"), randomStream("1", "policy"));
    for (let server = 0; server < 2; server++) dispatcher.join({ buffer: UNLIMITED });
    dispatcher.adopt(0, 0, 0, 1);
    dispatcher.adopt(0, 1, 0, 2);
    dispatcher.adopt(0, 1, 0, 3);
    // Server 0 has one job of mean size, and then one of 1/2 more; server 1 has two of mean size.
    expect([0.5, 1, 1].map((size, job) => dispatcher.submit(0, 0, 4 + job, 0, size))).toEqual([0, 0, 1]);
  });
});

describe("ll-d", () => {
  it("is least work left where all servers are asked", () => {
    fc.assert(
      fc.property(arrivals, someRates, (jobs, rates) => {
        const line = new Line(policyNamed(`ll-d:${rates.length}`), rates);
        let now = 0;
        for (const [job, { gap, size }] of jobs.entries()) {
          now += gap;
          line.completeUntil(now);
          const waits = line.waits(now);
          expect(waits[line.arrive(now, job, size)]).toBeCloseTo(Math.min(...waits), 9);
        }
      }),
    );
  });
});

describe("jsq-d-memory", () => {
  it("always takes the least of those sampled and remembered: with one sample and one memory never worse than its sample", () => {
    const fleet = new Fleet();
    for (let queue = 0; queue < 10; queue++) {
      const server = fleet.join({ buffer: UNLIMITED });
      for (let job = 0; job < 2 * queue; job++) fleet.assigned(server);
    }
    const policy = policyNamed("jsq-d-memory:d=1:memory=1")(fleet, randomStream("1", "policy"));
    // Nothing changes, so that the best seen so far is never forgotten.
    let best = UNLIMITED;
    for (let job = 0; job < 200; job++) {
      const chosen = fleet.queueLength(policy.choose(ANY_JOB, 0));
      expect(chosen).toBeLessThanOrEqual(best);
      best = chosen;
    }
    expect(best).toBe(0);
  });

  it("chooses a member of the least queue where it samples all, however servers come, work and go", () => {
    fc.assert(
      fc.property(operations, fc.string(), (steps, seed) => {
        const fleet = fleetOf(3);
        const policy = policyNamed("jsq-d-memory:d=1000:memory=2")(fleet, randomStream(seed, "policy"));
        for (const step of steps) perform(fleet, step, () => policy.choose(ANY_JOB, 0));
        const shortest = Math.min(...membersOf(fleet).map((server) => fleet.queueLength(server)));
        expect(fleet.queueLength(policy.choose(ANY_JOB, 0))).toBe(shortest);
      }),
    );
  });
});

describe("peak-ewma", () => {
  const twoServers = (): { fleet: Fleet; policy: ReturnType<PolicyFactory> } => {
    const fleet = fleetOf(2);
    return { fleet, policy: policyNamed("peak-ewma:decay=10")(fleet, randomStream("1", "policy")) };
  };

  it("prefers a server without jobs that it knows nothing of, and avoids one that has jobs and has completed none", () => {
    const { fleet, policy } = twoServers();
    policy.completed?.(0, 3, 0);
    for (let job = 0; job < 20; job++) expect(policy.choose(ANY_JOB, 0)).toBe(1);
    fleet.assigned(1);
    for (let job = 0; job < 20; job++) expect(policy.choose(ANY_JOB, 0)).toBe(0);
  });

  it("takes latency times jobs and one more: a peak at once, what is shorter slowly, by the formulas of Finagle", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ server: fc.nat(1), latency: fc.integer({ min: 1, max: 50 }), gap: fc.nat(9) }), {
          minLength: 2,
          maxLength: 40,
        }),
        (observations) => {
          const { fleet, policy } = twoServers();
          const cost = [0, 0];
          const stamp = [0, 0];
          const observe = (server: number, latency: number, now: number): void => {
            const w = Math.exp(-(now - stamp[server]) / 10);
            cost[server] = latency > cost[server] ? latency : cost[server] * w + latency * (1 - w);
            stamp[server] = now;
          };
          let now = 0;
          for (const { server, latency, gap } of observations) {
            now += gap;
            fleet.assigned(server);
            policy.completed?.(server, latency, now);
            observe(server, latency, now);
            for (const either of [0, 1]) observe(either, 0, now);
            const loads = [0, 1].map((either) =>
              cost[either] === 0 && fleet.queueLength(either) > 0
                ? 1e12 + fleet.queueLength(either)
                : cost[either] * (fleet.queueLength(either) + 1),
            );
            const chosen = policy.choose(ANY_JOB, now);
            expect(loads[chosen]).toBeCloseTo(Math.min(...loads), 6);
          }
        },
      ),
    );
  });
});

describe("prequal", () => {
  /** Servers of so many jobs and such latencies, which answer probes at once; and where the next job goes. */
  function probed(options: string, queues: readonly number[], latencies: readonly number[]) {
    const fleet = new Fleet();
    for (const queue of queues) {
      const server = fleet.join({ buffer: UNLIMITED });
      for (let job = 0; job < queue; job++) fleet.assigned(server);
    }
    const router = new Router(policyNamed(options)(fleet, randomStream("1", "policy")));
    const asked: number[][] = [];
    const route = (now: number): number => {
      const server = router.choose(0, 1, now);
      asked.push([]);
      router.probe((one) => {
        asked.at(-1)?.push(one);
        router.answered(one, fleet.queueLength(one), latencies[one], now);
      });
      return server;
    };
    return { fleet, route, asked };
  }

  it("with every answer cold takes the server of least latency, and with every answer hot the one with the fewest jobs", () => {
    for (const [hot, best] of [
      [1, 1],
      [0, 3],
    ]) {
      // All four servers answer after every job.
      const { route } = probed(`prequal:probes=4:remove=0:pool=40:hot=${hot}`, [4, 2, 1, 0], [5, 1, 3, 9]);
      route(0);
      for (let job = 0; job < 100; job++) expect(route(0)).toBe(best);
    }
  });

  it("probes different servers, as many a job as it is told on average, and no more than there are", () => {
    const { fleet, route, asked } = probed("prequal:probes=2.5", [0, 0, 0, 0], [1, 1, 1, 1]);
    for (let job = 0; job < 400; job++) route(0);
    expect(asked.flat()).toHaveLength(1000);
    for (const servers of asked) expect(new Set(servers).size).toBe(servers.length);
    for (const server of [2, 3]) fleet.leave(server);
    for (let job = 0; job < 100; job++) route(0);
    for (const servers of asked.slice(400)) expect(servers.toSorted()).toEqual([0, 1]);
  });

  it("sends at random while it has no answers that are young enough", () => {
    const { route } = probed("prequal:age=1", [0, 0, 0, 0, 0], [1, 2, 3, 4, 5]);
    const found = [0, 0, 0, 0, 0];
    for (let job = 0; job < 5000; job++) found[route(2 * job)]++;
    for (const count of found) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(5000 * 0.2 * 0.8));
  });
});

describe("consistent-hash", () => {
  const serverOf = (policy: ReturnType<PolicyFactory>, key: number): number => policy.choose({ type: key, size: 1 }, 0);

  it("sends a key to the same server as long as this has few enough jobs, and few keys elsewhere when a server joins or leaves", () => {
    const fleet = new Fleet();
    for (let server = 0; server < 20; server++) fleet.join({ buffer: UNLIMITED });
    const policy = policyNamed("consistent-hash:bound=1000:points=100")(fleet, randomStream("1", "policy"));
    const keys = Array.from({ length: 4000 }, (_, key) => key);
    const before = keys.map((key) => serverOf(policy, key));
    expect(keys.map((key) => serverOf(policy, key))).toEqual(before);
    const shares = Array.from({ length: 20 }, (_, server) => before.filter((one) => one === server).length / 200);
    // Hundred points for each: a standard deviation of a tenth, and some for the keys.
    for (const share of shares) expect(Math.abs(share - 1)).toBeLessThan(0.5);
    fleet.leave(7);
    const after = keys.map((key) => serverOf(policy, key));
    for (const key of keys) if (before[key] !== 7) expect(after[key]).toBe(before[key]);
    fleet.enter(7);
    expect(keys.map((key) => serverOf(policy, key))).toEqual(before);
  });

  it("lets no server have more than its share of the jobs, times the bound and rounded up, whatever the keys", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 80 }), someRates, (keys, rates) => {
        const fleet = new Fleet();
        for (const rate of rates) fleet.join({ buffer: UNLIMITED, rate });
        const policy = policyNamed("consistent-hash:bound=1.1")(fleet, randomStream("1", "policy"));
        const total = rates.reduce((sum, rate) => sum + rate, 0);
        for (const [jobs, key] of keys.entries()) {
          const server = serverOf(policy, key);
          fleet.assigned(server);
          expect(fleet.queueLength(server)).toBeLessThanOrEqual(Math.ceil((1.1 * (jobs + 1) * rates[server]) / total));
        }
      }),
    );
  });
});
