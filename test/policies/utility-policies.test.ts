import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { BELOW } from "../../model/standing.js";
import { linear, logShare, parseUtility, type Utility } from "../../model/utility-functions.js";
import { fixedClass } from "../../policies/class.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { jlmu } from "../../policies/jlmu.js";
import { ANY_JOB, type Policy } from "../../policies/policy.js";
import { slta } from "../../policies/slta.js";
import { ThresholdWatch } from "../../server-node/threshold-watch.js";
import { ranksBetter } from "../support/ranks-better.js";

const utilitySets: readonly (readonly Utility[])[] = [
  [logShare(20)],
  [logShare(2), logShare(3)],
  [linear(1), parseUtility("quadratic:2,0.25"), parseUtility("piecewise-linear:1.5@3,0")],
];
/** Whether a task arrives, or one ends at which pool: mostly long, so that thresholds have time to rise and to fall. */
const script = fc.array(fc.tuple(fc.boolean(), fc.nat(1000)), { maxLength: 150, size: "max" });

/** Pools that tell the policy where they stand, at once or after a while, in the order of events at each. */
class Pools {
  readonly fleet = new Fleet();
  readonly policy: Policy;
  readonly tasks: number[];
  private readonly sent: number[];
  private readonly heard: number[];
  private readonly watches: ThresholdWatch[];
  private readonly accepted: number[];
  private readonly toPool: (() => void)[][];
  private readonly toPolicy: (() => void)[][];
  /** What the policy is known to have been told, since it cannot have been told more. */
  inFlight = 0;

  constructor(
    make: (fleet: Fleet) => Policy,
    readonly classes: readonly number[],
    private readonly delayed = false,
  ) {
    this.policy = make(this.fleet);
    this.tasks = classes.map(() => 0);
    this.sent = classes.map(() => 0);
    this.heard = classes.map(() => 0);
    this.accepted = classes.map(() => 0);
    this.watches = classes.map(() => new ThresholdWatch());
    this.toPool = classes.map(() => []);
    this.toPolicy = classes.map(() => []);
    this.fleet.onThreshold = (serverClass, threshold) => {
      for (const [pool, own] of classes.entries()) if (own === serverClass) this.give(pool, threshold);
    };
    for (const [pool, own] of classes.entries()) {
      expect(this.fleet.join({ buffer: Number.POSITIVE_INFINITY, rate: 1, serverClass: own })).toBe(pool);
      const threshold = this.fleet.threshold(own);
      if (threshold !== undefined) this.give(pool, threshold);
    }
  }

  /** A task arrives. Returns the pool it is sent to. */
  arrive(): number {
    const pool = this.policy.choose(ANY_JOB, 0);
    this.sent[pool]++;
    this.fleet.send(pool, () =>
      this.post(this.toPool[pool], () => {
        this.tasks[pool]++;
        this.accepted[pool]++;
        this.say(pool, this.watches[pool].accepted());
      }),
    );
    return pool;
  }

  end(pool: number): void {
    if (this.tasks[pool] === 0) return;
    this.tasks[pool]--;
    this.say(pool, this.watches[pool].completed());
    this.post(this.toPolicy[pool], () => this.fleet.ended(pool));
  }

  /** Delivers the oldest message to or from one pool. */
  deliver(pick: number): void {
    const queues = [...this.toPool, ...this.toPolicy].filter((queue) => queue.length > 0);
    if (queues.length === 0) return;
    this.inFlight--;
    queues[pick % queues.length].shift()?.();
  }

  private give(pool: number, threshold: number): void {
    const heard = this.heard[pool];
    this.post(this.toPool[pool], () => this.say(pool, this.watches[pool].moved(threshold, heard)));
  }

  private say(pool: number, something: boolean): void {
    if (!something) return;
    const { standing, threshold } = this.watches[pool];
    const accepted = this.accepted[pool];
    this.post(this.toPolicy[pool], () => {
      this.heard[pool]++;
      this.policy.reported?.(pool, standing, threshold, this.sent[pool] > accepted);
    });
  }

  private post(queue: (() => void)[], message: () => void): void {
    if (this.delayed) {
      this.inFlight++;
      queue.push(message);
    } else message();
  }
}

describe("jlmu, Goldsztajn, Borst and van Leeuwaarden (2023), section 3.1", () => {
  it.each(utilitySets.map((utilities) => [utilities]))("joins a pool with the best coordinates: %#", (utilities) => {
    fc.assert(
      fc.property(script, (steps) => {
        const classes = Array.from({ length: 7 }, (_, pool) => pool % utilities.length);
        const pools = new Pools((fleet) => jlmu(utilities)(fleet, randomStream("1", "policy")), classes);
        for (const [arrival, pick] of steps) {
          if (!arrival) {
            pools.end(pick % classes.length);
            continue;
          }
          const coordinates = classes.map((own, pool): [number, number] => [own, pools.tasks[pool] + 1]);
          const chosen = coordinates[pools.arrive()];
          expect(coordinates.filter((other) => ranksBetter(utilities, other, chosen))).toEqual([]);
        }
      }),
    );
  });

  it("forgets a class whose pools have all left, and knows it again when one comes", () => {
    const fleet = new Fleet();
    const policy = jlmu([linear(2), linear(1)])(fleet, randomStream("1", "policy"));
    const [better, worse] = [
      fleet.join({ buffer: 9, rate: 1, serverClass: 0 }),
      fleet.join({ buffer: 9, rate: 1, serverClass: 1 }),
    ];
    expect(policy.choose(ANY_JOB, 0)).toBe(better);
    fleet.leave(better);
    expect(policy.choose(ANY_JOB, 0)).toBe(worse);
    expect(fleet.join({ buffer: 9, rate: 1, serverClass: 0 })).toBe(policy.choose(ANY_JOB, 0));
  });

  it("costs a message a task that ends, and the bits of the largest occupancy", () => {
    const pools = new Pools((fleet) => jlmu([logShare(20)])(fleet, randomStream("1", "policy")), [0, 0]);
    for (let task = 0; task < 9; task++) pools.arrive();
    for (let task = 0; task < 4; task++) pools.end(task % 2);
    expect(pools.policy.information).toMatchObject({ messages: 4, bitsPerServer: 3 });
  });
});

/** Section 3.2 word by word, with the occupancy of every pool in view. */
class SltaOracle {
  rank = 1;
  private readonly ranking: CoordinateRanking;

  constructor(
    private readonly utilities: readonly Utility[],
    private readonly classes: readonly number[],
    private readonly beta: number,
  ) {
    this.ranking = new CoordinateRanking(utilities);
  }

  /** The pools among which the next task is to go to a uniformly random one; moves r as the task makes it. */
  next(tasks: readonly number[]): number[] {
    const { ranking, rank, classes } = this;
    const current: [number, number] = [ranking.classAt(rank), ranking.levelAt(rank)];
    const pools = [...classes.keys()];
    const threshold = (i: number): number => {
      let level = 0;
      while (ranksBetter(this.utilities, [i, level + 1], current)) level++;
      return level;
    };
    const green = pools.filter((pool) => tasks[pool] < threshold(classes[pool]));
    const yellow = pools.filter((pool) => classes[pool] === current[0] && tasks[pool] <= threshold(current[0]));
    const last = rank > 1 ? ranking.classAt(rank - 1) : -1;
    const others = green.filter((pool) => classes[pool] !== last);
    if (green.length >= pools.length * this.beta && others.length < green.length) this.rank--;
    else if (yellow.length <= 1 && green.length === 0) this.rank++;
    return [others, green, yellow, pools].find((some) => some.length > 0) as number[];
  }
}

/** Always draws the first of those that it may choose from. */
const first: RandomStream = () => 0;

describe("slta, section 3.2", () => {
  it.each(utilitySets.flatMap((utilities) => [0.15, 0.4].map((beta) => [utilities, beta] as const)))(
    "does what the paper says, word by word, with two bits a pool: %#",
    (utilities, beta) => {
      fc.assert(
        fc.property(script, fc.boolean(), (steps, random) => {
          const classes = Array.from({ length: 7 }, (_, pool) => pool % utilities.length);
          const stream = random ? randomStream("1", "policy") : first;
          const make = slta({ utilities, beta: () => beta });
          const pools = new Pools((fleet) => make(fleet, stream), classes);
          const oracle = new SltaOracle(utilities, classes, beta);
          for (const [arrival, pick] of steps) {
            if (!arrival) {
              pools.end(pick % classes.length);
              continue;
            }
            const candidates = oracle.next(pools.tasks);
            expect(candidates).toContain(pools.arrive());
            expect(pools.policy.learned).toBe(oracle.rank);
          }
        }),
      );
    },
  );

  it("learns up while tasks come, and down again, as far as it should, once they have ended", () => {
    const classes = [0, 0, 1, 1];
    const utilities = [logShare(2), logShare(3)];
    const stream = randomStream("1", "policy");
    // Half of the pools with a green token are just as many as move r down.
    const pools = new Pools((fleet) => slta({ utilities, beta: () => 0.5 })(fleet, stream), classes);
    const oracle = new SltaOracle(utilities, classes, 0.5);
    const arrive = (): void => {
      const candidates = oracle.next(pools.tasks);
      expect(candidates).toContain(pools.arrive());
      expect(pools.policy.learned).toBe(oracle.rank);
    };
    for (let task = 0; task < 40; task++) arrive();
    const highest = oracle.rank;
    for (let task = 0; task < 40; task++) {
      for (const pool of classes.keys()) pools.end(pool);
      arrive();
    }
    expect(oracle.rank).toBeLessThan(highest - 10);
  });

  it("chooses every candidate as often: green tokens first, of other classes than the last", () => {
    const utilities = [logShare(2), logShare(3)];
    const classes = [0, 0, 0, 1, 1, 1];
    const pools = new Pools(
      (fleet) => slta({ utilities, beta: () => 0.9 })(fleet, randomStream("a", "policy")),
      classes,
    );
    const oracle = new SltaOracle(utilities, classes, 0.9);
    for (let task = 0; task < 40; task++) {
      oracle.next(pools.tasks);
      pools.arrive();
    }
    for (const pool of [0, 1, 3, 4, 4]) for (let task = 0; task < 3; task++) pools.end(pool);
    const candidates = oracle.next(pools.tasks);
    const counts = classes.map(() => 0);
    for (let draw = 0; draw < 3000; draw++) counts[pools.policy.choose(ANY_JOB, 0)]++;
    const expected = 3000 / candidates.length;
    const deviation = Math.sqrt(expected * (1 - 1 / candidates.length));
    expect(candidates.length).toBeGreaterThan(1);
    for (const [pool, count] of counts.entries()) {
      // Five standard deviations of a binomial law.
      if (candidates.includes(pool)) expect(Math.abs(count - expected)).toBeLessThan(5 * deviation);
      else expect(count).toBe(0);
    }
  });

  it("knows where every pool stands once all messages have arrived, however late and interleaved they are", () => {
    const utilities = [logShare(2), logShare(3)];
    const step = fc.record({
      kind: fc.constantFrom("arrive", "end", "deliver"),
      pick: fc.nat(1000),
      times: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 100, size: "max" }),
        fc.constantFrom([0, 1], [0, 1, 0, 1, 0]),
        (steps, classes) => {
          const make = slta({ utilities, beta: () => 0.2 });
          const pools = new Pools((fleet) => make(fleet, randomStream("1", "policy")), classes, true);
          for (const { kind, pick, times } of steps) {
            for (let time = 0; time < times; time++) {
              if (kind === "arrive") pools.arrive();
              else if (kind === "end") pools.end((pick + time) % classes.length);
              else pools.deliver(pick + 7 * time);
            }
          }
          while (pools.inFlight > 0) pools.deliver(0);
          // What the policy does next is what it would do if it saw every pool.
          const oracle = new SltaOracle(utilities, classes, 0.2);
          oracle.rank = pools.policy.learned as number;
          // 120 draws among at most 5 pools miss one of them with a probability below 1e-10.
          const drawn = new Set(Array.from({ length: 120 }, () => pools.policy.choose(ANY_JOB, 0)));
          expect([...drawn].sort()).toEqual(oracleCandidates(oracle, pools.tasks));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("starts with the thresholds of the rank that it is given, as if it had learned them", () => {
    const utilities = [logShare(2), logShare(3)];
    const make = (initialRank?: number) =>
      new Pools(
        (fleet) =>
          slta({ utilities, beta: () => 2, ...(initialRank && { initialRank }) })(fleet, randomStream("1", "p")),
        [0, 1],
      );
    const learning = make();
    expect(make(1).policy.thresholds).toEqual(learning.policy.thresholds);
    // With beta above 1 no threshold falls.
    for (let task = 0; task < 60; task++) {
      learning.arrive();
      const { learned, thresholds } = learning.policy;
      const given = make(learned).policy;
      expect([given.learned, given.thresholds?.byClass]).toEqual([learned, thresholds?.byClass]);
    }
    expect(learning.policy.learned).toBeGreaterThan(10);
  });

  it("believes no pool that says it is below 0, be it late or hostile", () => {
    const make = slta({ utilities: [logShare(2), logShare(3)], beta: () => 0.2 });
    const pools = new Pools((fleet) => make(fleet, randomStream("1", "policy")), [0, 1]);
    for (const threshold of [0, 1]) for (const pool of [0, 1]) pools.policy.reported?.(pool, BELOW, threshold, false);
    expect(pools.policy.learned).toBe(1);
    expect(pools.arrive()).toBe(1);
  });

  it("counts a message for each report and for each pool that is given a threshold, and keeps two bits", () => {
    const classes = [0, 0, 0];
    const make = slta({ utilities: [logShare(20)], beta: () => 0.5 });
    const pools = new Pools((fleet) => make(fleet, randomStream("1", "policy")), classes);
    // Three pools are given the threshold 0 as they join.
    expect(pools.policy.information).toMatchObject({ messages: 3, bitsPerServer: 2 });
    // Three tasks use up the yellow tokens; the third leaves none, and the threshold 1 goes to three pools: all of them stand
    // at it, and say so.
    for (let task = 0; task < 3; task++) pools.arrive();
    expect(pools.policy.learned).toBe(2);
    expect(pools.policy.information.messages).toBe(3 + 3 + 3);
  });
});

function oracleCandidates(oracle: SltaOracle, tasks: readonly number[]): number[] {
  const { rank } = oracle;
  const candidates = oracle.next(tasks);
  oracle.rank = rank;
  return candidates;
}

describe("class", () => {
  it("sends every job to a pool of the class", () => {
    const pools = new Pools((fleet) => fixedClass(1)(fleet, randomStream("1", "policy")), [0, 1, 0, 1]);
    for (let task = 0; task < 20; task++) expect([1, 3]).toContain(pools.arrive());
  });
});
