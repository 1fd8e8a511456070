import chiSquareQuantile from "@stdlib/stats-base-dists-chisquare-quantile";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { ANY_JOB, NO_SERVER, type Policy } from "../../policies/policy.js";

/** Probability that one of the chi-square tests below rejects the true law. */
const FALSE_ALARM = 1e-6;

/** A fleet beside a plain list of what should be in it. */
class Checked {
  readonly fleet = new Fleet();
  readonly members = new Map<number, number>(
    Array.from({ length: 6 }, () => [this.fleet.join({ buffer: Infinity }), 0]),
  );
  /** Servers that have left, with the jobs they still hold. */
  readonly leaving = new Map<number, number>();

  assign(server: number): void {
    this.fleet.assigned(server);
    this.members.set(server, (this.members.get(server) ?? 0) + 1);
  }

  end(server: number): void {
    const jobs = this.members.get(server) ?? this.leaving.get(server) ?? 0;
    if (jobs === 0) return;
    this.fleet.ended(server);
    (this.members.has(server) ? this.members : this.leaving).set(server, jobs - 1);
  }

  leave(server: number): void {
    this.fleet.leave(server);
    this.leaving.set(server, this.members.get(server) ?? 0);
    this.members.delete(server);
  }

  /** By a scan of all members. */
  shortest(): number[] {
    const least = Math.min(...this.members.values());
    return [...this.members].filter(([, jobs]) => jobs === least).map(([server]) => server);
  }
}

type Operation = { readonly kind: "join" | "leave" | "route" | "assign" | "end"; readonly pick: number };

const operations = fc.array(
  fc.record<Operation>({
    kind: fc.constantFrom("join", "leave", "route", "route", "assign", "assign", "end", "end"),
    pick: fc.nat(1000),
  }),
  { minLength: 100, maxLength: 300 },
);

function perform(checked: Checked, { kind, pick }: Operation, policy: Policy): void {
  const any = (servers: Iterable<number>): number => {
    const list = [...servers];
    return list.length === 0 ? NO_SERVER : list[pick % list.length];
  };
  if (kind === "join") {
    checked.members.set(checked.fleet.join({ buffer: Number.POSITIVE_INFINITY }), 0);
    return;
  }
  if (kind === "route") {
    const server = policy.choose(ANY_JOB, 0);
    if (checked.members.size === 0) expect(server).toBe(NO_SERVER);
    else expect(checked.shortest()).toContain(server);
    if (server !== NO_SERVER) checked.assign(server);
    return;
  }
  const server = any(kind === "end" ? [...checked.members.keys(), ...checked.leaving.keys()] : checked.members.keys());
  if (server === NO_SERVER) return;
  if (kind === "assign") checked.assign(server);
  else if (kind === "end") checked.end(server);
  else checked.leave(server);
}

const indexedShortest = ({ byQueueLength }: Fleet): Set<number> =>
  new Set(Array.from({ length: byQueueLength.shortestCount }, (_, i) => byQueueLength.shortestAt(i)));

function expectUniform(counts: readonly number[]): void {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const distance = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(distance).toBeLessThan(chiSquareQuantile(1 - FALSE_ALARM, counts.length - 1));
}

/** A fleet whose servers hold these numbers of jobs, the last having joined and worked off jobs in between. */
function fleetWith(queueLengths: readonly number[]): Fleet {
  const fleet = new Fleet();
  for (const _ of queueLengths) fleet.join({ buffer: Number.POSITIVE_INFINITY });
  for (const [server, jobs] of queueLengths.entries()) {
    for (let job = 0; job < jobs + server; job++) fleet.assigned(server);
    for (let job = 0; job < server; job++) fleet.ended(server);
  }
  return fleet;
}

const choiceCounts = (policy: Policy, servers: number, draws: number): number[] => {
  const counts = new Array<number>(servers).fill(0);
  for (let draw = 0; draw < draws; draw++) counts[policy.choose(ANY_JOB, 0)]++;
  return counts;
};

describe("jsq", () => {
  it("sends every job to a shortest queue, by a scan of all, however servers come, work and go", () => {
    fc.assert(
      fc.property(operations, fc.string(), (steps, seed) => {
        const checked = new Checked();
        const policy = policyNamed("jsq")(checked.fleet, randomStream(seed, "policy"));
        for (const step of steps) {
          perform(checked, step, policy);
          expect(indexedShortest(checked.fleet)).toEqual(new Set(checked.shortest()));
        }
      }),
    );
  });

  it("knows the same shortest queues whether it watches from the start or comes later", () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const checked = new Checked();
        const anyone = policyNamed("random")(checked.fleet, randomStream("1", "policy"));
        for (const step of steps) if (step.kind !== "route") perform(checked, step, anyone);
        const { idle } = checked.fleet;
        expect(indexedShortest(checked.fleet)).toEqual(new Set(checked.shortest()));
        const idleServers = [...checked.members].filter(([, jobs]) => jobs === 0).map(([server]) => server);
        expect(new Set(Array.from({ length: idle.size }, (_, i) => idle.at(i)))).toEqual(new Set(idleServers));
      }),
    );
  });

  it("breaks ties uniformly", () => {
    const policy = policyNamed("jsq")(fleetWith([2, 1, 3, 1, 1, 1, 2, 1]), randomStream("1", "policy"));
    const counts = choiceCounts(policy, 8, 50_000);
    expect([counts[0], counts[2], counts[6]]).toEqual([0, 0, 0]);
    expectUniform([counts[1], counts[3], counts[4], counts[5], counts[7]]);
  });
});

/** The law of the choice, by enumeration of all draws: the shortest of them, ties uniform among the servers drawn. */
function choiceLaw(queueLengths: readonly number[], choices: number, replacement: boolean): number[] {
  const law = new Array<number>(queueLengths.length).fill(0);
  const enumerate = (drawn: readonly number[], probability: number): void => {
    if (drawn.length === choices) {
      const least = Math.min(...drawn.map((server) => queueLengths[server]));
      const tied = drawn.filter((server) => queueLengths[server] === least);
      for (const server of tied) law[server] += probability / tied.length;
      return;
    }
    const candidates = [...queueLengths.keys()].filter((server) => replacement || !drawn.includes(server));
    for (const server of candidates) enumerate([...drawn, server], probability / candidates.length);
  };
  enumerate([], 1);
  return law;
}

describe("jsq-d", () => {
  const queueLengths = [2, 1, 0, 1, 3, 0, 2];

  it.each([
    ["jsq-d", 2, false],
    ["jsq-d:1", 1, false],
    ["jsq-d:3", 3, false],
    ["jsq-d:2:replacement=yes", 2, true],
    ["jsq-d:4:replacement=yes", 4, true],
  ])("%s chooses by the law of its draws, ties uniform", (name, choices, replacement) => {
    const policy = policyNamed(name)(fleetWith(queueLengths), randomStream("1", "policy"));
    const draws = 100_000;
    const counts = choiceCounts(policy, queueLengths.length, draws);
    const law = choiceLaw(queueLengths, choices, replacement);
    let distance = 0;
    for (const [server, probability] of law.entries()) {
      if (probability === 0) expect(counts[server]).toBe(0);
      else distance += (counts[server] - draws * probability) ** 2 / (draws * probability);
    }
    const degreesOfFreedom = law.filter((probability) => probability > 0).length - 1;
    expect(distance).toBeLessThan(chiSquareQuantile(1 - FALSE_ALARM, degreesOfFreedom));
  });

  it("joins a shortest queue of all when it draws as many servers as there are, or more", () => {
    for (const choices of [7, 8, 100]) {
      const policy = policyNamed(`jsq-d:${choices}`)(fleetWith(queueLengths), randomStream("1", "policy"));
      const counts = choiceCounts(policy, queueLengths.length, 1000);
      expect(counts[2] + counts[5]).toBe(1000);
    }
  });

  it("names no server of an empty fleet", () => {
    for (const name of ["jsq", "jsq-d", "jsq-d:2:replacement=yes"])
      expect(policyNamed(name)(new Fleet(), randomStream("1", "policy")).choose(ANY_JOB, 0)).toBe(NO_SERVER);
  });

  it("has one name, with or without options", () => {
    for (const name of ["jsq-d", "jsq-d:3", "jsq-d:3:replacement=yes"])
      expect(policyNamed(name)(new Fleet(), randomStream("1", "policy")).name).toBe("jsq-d");
  });

  it("is written with its options by name or in short", () => {
    const asked = (name: string): number => {
      const fleet = new Fleet();
      for (let server = 0; server < 9; server++) fleet.join({ buffer: 1 });
      const policy = policyNamed(name)(fleet, randomStream("1", "policy"));
      policy.choose(ANY_JOB, 0);
      return policy.information.messages / 2;
    };
    const names = ["jsq-d", "jsq-d:3", "jsq-d:d=3", "jsq-d:d=3:replacement=no", "jsq-d:replacement=yes:d=4", "jsq-d:4"];
    expect(names.map(asked)).toEqual([2, 3, 3, 3, 4, 4]);
  });

  it.each([
    ["jsq-d:", "d = : must be a whole number >= 1 and <= 10000; write jsq-d[:d=D][:replacement=yes|no]"],
    ["jsq-d:0", "d = 0: must be"],
    ["jsq-d:1.5", "d = 1.5: must be"],
    ["jsq-d:two", "d = two: must be"],
    ["jsq-d:3:yes", '"yes" is not one of its options'],
    ["jsq-d:3:d=2", "d is given twice"],
    ["jsq-d:3:replacement=perhaps", "replacement = perhaps: must be yes or no"],
    ["jsq-d:2,yes", "commas separate policies; write options as in jsq-d:d=3:replacement=yes"],
  ])("refuses %s and says what to write", (text, message) => {
    expect(() => policyNamed(text)).toThrow(UserError);
    expect(() => policyNamed(text)).toThrow(message);
  });
});
