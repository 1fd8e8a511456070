import { describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import { policyNamed, simulatedPolicyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { placed } from "../../policies/placed.js";
import { ANY_JOB } from "../../policies/policy.js";

function fleetOf(servers: number): Fleet {
  const fleet = new Fleet();
  for (let server = 0; server < servers; server++) fleet.join({ buffer: Number.POSITIVE_INFINITY });
  return fleet;
}

const SERVERS = Int32Array.of(2, 2, 0, 2);

describe("a policy for a system that does not start empty", () => {
  it("sends the first jobs to the servers that it is given, and is the policy itself from then on", () => {
    const [fleet, twin] = [fleetOf(3), fleetOf(3)];
    const policy = placed(policyNamed("jsq"), SERVERS)(fleet, randomStream("1", "policy"));
    const plain = policyNamed("jsq")(twin, randomStream("1", "policy"));
    for (const server of SERVERS) {
      expect(policy.choose(ANY_JOB, 0)).toBe(server);
      for (const one of [fleet, twin]) one.assigned(server);
    }
    for (let job = 0; job < 50; job++) {
      const expected = plain.choose(ANY_JOB, 0);
      expect(policy.choose(ANY_JOB, 0)).toBe(expected);
      for (const one of [fleet, twin]) one.assigned(expected);
    }
    expect(policy.name).toBe("jsq");
  });

  it("is the policy itself under a dispatcher that takes over from another one", () => {
    const fleet = fleetOf(3);
    fleet.assigned(1);
    const policy = placed(policyNamed("jsq:lowest-number"), SERVERS)(fleet, randomStream("1", "policy"));
    expect([policy.choose(ANY_JOB, 0), policy.choose(ANY_JOB, 0)]).toEqual([0, 0]);
  });

  it("has the policy choose for a job whose server is not there", () => {
    const policy = placed(policyNamed("jsq:lowest-number"), SERVERS)(fleetOf(2), randomStream("1", "policy"));
    expect(Array.from({ length: 4 }, () => policy.choose(ANY_JOB, 0))).toEqual([0, 0, 0, 0]);
  });

  it("is not there for policies that send copies of jobs", () => {
    const policy = placed(simulatedPolicyNamed("redundancy-d"), SERVERS);
    expect(() => policy(fleetOf(3), randomStream("1", "policy"))).toThrow(/redundancy-d sends each job to several/);
  });
});
