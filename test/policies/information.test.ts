import { describe, expect, it } from "vitest";
import { readEdgeList } from "../../model/graphs/edge-list.js";
import { randomStream } from "../../model/random.js";
import { fixedClass } from "../../policies/class.js";
import { type PolicyFactory, policyNamed, simulatedPolicyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { jsqDOnGraph } from "../../policies/jsq-d-graph.js";
import { ANY_JOB, type PolicyInformation } from "../../policies/policy.js";
import { Router } from "../../policies/router.js";

const SERVERS = 3;

/** What a policy has cost after jobs of these types, all of which but one of each server have ended. */
function costOf(factory: PolicyFactory, types: readonly number[]): PolicyInformation {
  const fleet = new Fleet();
  for (let server = 0; server < SERVERS; server++) fleet.join({ buffer: Number.POSITIVE_INFINITY });
  const policy = factory(fleet, randomStream("1", "policy"));
  const router = new Router(policy);
  for (const type of types) {
    fleet.assigned(router.choose(type, 1, 0));
    router.probe((server) => router.answered(server, fleet.queueLength(server), 1, 0));
  }
  for (let server = 0; server < SERVERS; server++) while (fleet.queueLength(server) > 0) fleet.ended(server);
  const { messages, bitsPerServer } = policy.information;
  return { messages, bitsPerServer };
}

const NINE = new Array<number>(9).fill(0);

describe("what a policy costs in information, besides the jobs themselves", () => {
  it.each<[string, number, number]>([
    // Every server goes idle once, and says so; one bit remembers it.
    ["jiq", SERVERS, 1],
    // Every end of a job is said; nine jobs on three servers make queues of three, which two bits hold.
    ["jsq", 9, 2],
    ["jsq:lowest-number", 9, 2],
    ["jfsq", 9, 2],
    // A question and an answer for each server asked.
    ["jsq-d", 9 * 4, 0],
    ["jsq-d:3:replacement=yes", 9 * 6, 0],
    // There are three servers, and no more are asked.
    ["jsq-d:5", 9 * 6, 0],
    ["random", 0, 0],
    ["round-robin", 0, 0],
    ["weighted-random", 0, 0],
    ["weighted-round-robin", 0, 0],
    ["sed", 9, 2],
    ["least-connections", 9, 2],
    ["least-connections:haproxy", 9, 2],
    ["least-connections:envoy", 9, 2],
    ["sed-d", 9 * 4, 0],
    ["jfsq-d", 9 * 4, 0],
    ["ll-d", 9 * 4, 0],
    // A number of 64 bits, the time at which a server will have done its work.
    ["least-work", 9, 64],
    // After the first job a server is remembered, by a number of two bits, and asked as well.
    ["jsq-d-memory", 4 + 8 * 6, 2 / SERVERS],
    // Jobs, a latency and a time.
    ["peak-ewma", 9, 160],
    // Three probes and answers for each job, and 16 answers of 224 bits.
    ["prequal", 9 * 6, (16 * 224) / SERVERS],
    // All jobs are of one key, and a server has at most 1.25 times its share, rounded up: four jobs.
    ["consistent-hash", 9, 3],
    // For each job a copy more, and that it is cancelled.
    ["redundancy-d", 9 * 2, 0],
  ])("%s: %d messages for nine jobs, %d bits of each server", (name, messages, bitsPerServer) => {
    expect(costOf(simulatedPolicyNamed(name), NINE)).toEqual({ messages, bitsPerServer });
  });

  it("of one class of servers is nothing", () => {
    expect(costOf(fixedClass(0), NINE)).toEqual({ messages: 0, bitsPerServer: 0 });
  });

  it("of jsq-d on a graph is what asking costs: no more servers than there are neighbours, unless they may be drawn twice", () => {
    // Type 0 has two servers, type 1 one.
    const graph = readEdgeList("0,0\n1,0\n2,1", SERVERS, 2);
    const types = [0, 1, 1];
    expect(costOf(jsqDOnGraph(graph, { choices: 2, replacement: false }), types).messages).toBe(2 * (2 + 1 + 1));
    expect(costOf(jsqDOnGraph(graph, { choices: 3, replacement: true }), types).messages).toBe(2 * (3 + 3 + 3));
  });

  it("of jsq-d is nothing where nobody is asked: an empty fleet, a type without servers", () => {
    const graph = readEdgeList("0,0", 1, 2);
    for (const replacement of [true, false]) {
      const nobody = jsqDOnGraph(graph, { choices: 2, replacement })(new Fleet(), randomStream("1", "policy"));
      expect([nobody.choose({ ...ANY_JOB, type: 1 }, 0), nobody.information.messages]).toEqual([-1, 0]);
    }
    for (const name of ["jsq-d", "jsq-d:2:replacement=yes"]) {
      const policy = policyNamed(name)(new Fleet(), randomStream("1", "policy"));
      expect([policy.choose(ANY_JOB, 0), policy.information.messages]).toEqual([-1, 0]);
    }
  });
});
