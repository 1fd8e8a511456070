import { describe, expect, it } from "vitest";
import type { RandomStream } from "../../model/random.js";
import { simulatedPolicies } from "../../policies/index.js";
import type { Fleet } from "../../policies/indexes/fleet.js";
import { policyOfPlugIn } from "../../policies/plug-in.js";
import type { Job } from "../../policies/policy.js";
import { conformance } from "../../simulator/conformance.js";

const breaches = (make: (fleet: Fleet, random: RandomStream) => object): string[] =>
  conformance(policyOfPlugIn("./mine.mjs", "mine", make as never), "1").flatMap(({ law, broken }) =>
    broken === undefined ? [] : [`${law}: ${broken}`],
  );

/** A random server, or what the mistake makes of it. */
const anyOne = (fleet: Fleet, random: RandomStream): number =>
  fleet.members.size === 0 ? -1 : fleet.members.at(Math.floor(random() * fleet.members.size));

describe("the laws of policies", () => {
  it.each(simulatedPolicies.map(({ name }) => name))("hold for %s", (name) => {
    const family = simulatedPolicies.find((one) => one.name === name);
    if (family === undefined) throw new Error(name);
    expect(conformance(family.read(undefined), "1").filter(({ broken }) => broken !== undefined)).toEqual([]);
  });

  let calls = 0;
  it.each<[string, (fleet: Fleet, random: RandomStream) => object, string]>([
    [
      "names a server where there is none",
      (fleet, random) => ({ choose: () => Math.max(0, anyOne(fleet, random)) }),
      "chose 0, which is no server",
    ],
    [
      "chooses nobody while there are servers",
      (fleet) => ({ choose: () => (fleet.members.size === 1 ? fleet.members.at(0) : -1) }),
      "chose none although",
    ],
    [
      "remembers a server that has left",
      (fleet, random) => {
        let last = -1;
        return {
          choose() {
            if (fleet.members.size === 0) return -1;
            if (last < 0 || random() < 0.5) last = anyOne(fleet, random);
            return last;
          },
        };
      },
      "which is no server that takes jobs",
    ],
    [
      "keeps what it learns outside of itself",
      (fleet) => ({ choose: () => (fleet.members.size === 0 ? -1 : fleet.members.at(calls++ % fleet.members.size)) }),
      "when all was repeated",
    ],
    [
      "sees queues and does not say so",
      (fleet, random) => ({
        choose() {
          const server = anyOne(fleet, random);
          return server >= 0 && fleet.queueLength(server) > 0 ? fleet.members.at(0) : server;
        },
      }),
      'without declaring "queue-lengths" or "answers"',
    ],
    [
      "sees the size of jobs and does not say so",
      (fleet, random) => ({
        choose: ({ size }: Job) => (size > 1 && fleet.members.size > 0 ? fleet.members.at(0) : anyOne(fleet, random)),
      }),
      'without declaring "job-size"',
    ],
    [
      "uses the time and does not say so",
      (fleet, random) => ({
        choose: (_job: Job, now: number) =>
          now > 1000 && fleet.members.size > 0 ? fleet.members.at(0) : anyOne(fleet, random),
      }),
      "when all came later",
    ],
    [
      "sends the job itself",
      (fleet, random) => ({
        choose() {
          const server = anyOne(fleet, random);
          if (server >= 0) fleet.assigned(server);
          return server;
        },
      }),
      "calls fleet.assigned",
    ],
    [
      "asks servers and does not count it",
      (fleet, random) => ({ knows: ["answers"], choose: () => anyOne(fleet, random) }),
      "counts no messages",
    ],
    [
      "probes a server that has left",
      (fleet, random) => {
        const servers = new Int32Array(1);
        return {
          ...{ knows: ["probes"], probes: { servers, count: 1 }, answered() {} },
          choose() {
            const server = anyOne(fleet, random);
            if (random() < 0.1) servers[0] = server;
            return server;
          },
        };
      },
      "which is no server that takes jobs",
    ],
    [
      "probes servers and does not count it",
      (fleet, random) => {
        const probes = { servers: new Int32Array(1), count: 1 };
        return {
          ...{ knows: ["probes"], probes, answered() {} },
          choose() {
            const server = anyOne(fleet, random);
            probes.servers[0] = server;
            probes.count = server < 0 ? 0 : 1;
            return server;
          },
        };
      },
      "its information counts 0 messages",
    ],
    [
      "probes servers and does not say so",
      (fleet, random) => {
        const probes = { servers: new Int32Array(1), count: 1 };
        return {
          probes,
          choose() {
            const server = anyOne(fleet, random);
            probes.servers[0] = server;
            probes.count = server < 0 ? 0 : 1;
            return server;
          },
        };
      },
      'does not declare "probes"',
    ],
    [
      "says that it knows what servers answer, and hears no answers",
      (fleet, random) => ({ knows: ["probes"], choose: () => anyOne(fleet, random) }),
      "no method answered",
    ],
    [
      "says that it hears latencies, and does not",
      (fleet, random) => ({ knows: ["latencies"], choose: () => anyOne(fleet, random) }),
      "has no method completed",
    ],
    [
      "throws",
      () => ({
        choose: () => {
          throw new Error("no idea");
        },
      }),
      "no idea",
    ],
  ])("are broken by a policy that %s", (_, make, breach) => {
    expect(breaches(make).join("\n")).toContain(breach);
  });
});
