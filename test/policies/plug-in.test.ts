import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import { policyNamed, poolPolicyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { type PlugInFactory, policyOfPlugIn } from "../../policies/plug-in.js";
import { loadPlugIns, policiesIn } from "../../policies/plug-in-loader.js";
import { ANY_JOB, type Policy } from "../../policies/policy.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-plug-ins-"));
afterAll(() => rmSync(folder, { recursive: true }));

function module(name: string, source: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  return file;
}

function fleetOfTwo(): Fleet {
  const fleet = new Fleet();
  for (let server = 0; server < 2; server++) fleet.join({ buffer: 9 });
  return fleet;
}

const made = (make: unknown): Policy =>
  policyOfPlugIn("./mine.mjs", "mine", make as PlugInFactory)(fleetOfTwo(), randomStream("1", "policy"));

describe("a plug-in", () => {
  it("is a policy by the name of its file, once it is loaded and not before", async () => {
    const last = module(
      "last-one.mjs",
      "export default (fleet) => ({ choose: () => fleet.members.at(fleet.members.size - 1) });",
    );
    expect(() => policyNamed(last)).toThrow("a module is used only if the command line of this process names it");
    await loadPlugIns(policiesIn(["servers=2", ` policy = ${last} `]));
    for (const factory of [policyNamed(last), poolPolicyNamed(last, { utilities: [], beta: () => 1 })]) {
      const policy = factory(fleetOfTwo(), randomStream("1", "policy"));
      expect([policy.name, policy.knows, policy.choose(ANY_JOB, 0)]).toEqual(["last-one", [], 1]);
    }
  });

  it("costs what follows from what it knows", () => {
    const cost = (knows: readonly string[]): unknown => {
      const fleet = fleetOfTwo();
      const make = (() => ({ knows, choose: () => 0 })) as unknown as PlugInFactory;
      const policy = policyOfPlugIn("./mine.mjs", "mine", make)(fleet, randomStream("1", "policy"));
      for (let job = 0; job < 3; job++) fleet.assigned(0);
      for (let job = 0; job < 3; job++) fleet.ended(0);
      const { messages, bitsPerServer } = policy.information;
      return { messages, bitsPerServer };
    };
    expect(cost([])).toEqual({ messages: 0, bitsPerServer: 0 });
    expect(cost(["rates", "idle-servers"])).toEqual({ messages: 1, bitsPerServer: 1 });
    expect(cost(["queue-lengths"])).toEqual({ messages: 3, bitsPerServer: 2 });
    const own = { messages: 7, bitsPerServer: 3 };
    expect(made(() => ({ choose: () => 0, information: own })).information).toBe(own);
  });

  it("that does not have the form of one is refused, in words that name it", () => {
    expect(() => made(() => undefined)).toThrow(
      "policy ./mine.mjs: its factory must return an object with a method choose",
    );
    expect(() => made(() => ({ knows: ["future"], choose: () => 0 }))).toThrow(
      'policy ./mine.mjs: knows "future": use idle-servers,',
    );
  });

  it("that probes servers hears their answers, and may probe members only", () => {
    const heard: unknown[] = [];
    const probes = { servers: Int32Array.of(1), count: 1 };
    const answered = (...fields: unknown[]): number => heard.push(fields);
    const policy = made(() => ({ knows: ["probes"], probes, answered, choose: () => 0 }));
    expect([policy.choose(ANY_JOB, 0), policy.probes]).toEqual([0, probes]);
    policy.answered?.(1, 3, 0.5, 2);
    expect(heard).toEqual([[1, 3, 0.5, 2]]);
    probes.servers[0] = 2;
    expect(() => policy.choose(ANY_JOB, 0)).toThrow("policy ./mine.mjs: probes 2, which is no server that takes jobs");
    const deaf = { knows: ["probes"], probes, choose: () => 0 };
    expect(() => made(() => deaf)).toThrow('policy ./mine.mjs: knows "probes", but has no probes');
  });

  it("that names no member, or throws, is told of it by name and line", async () => {
    for (const wrong of [2, 0.5, Number.NaN, undefined])
      expect(() => made(() => ({ choose: () => wrong })).choose(ANY_JOB, 0)).toThrow(
        `policy ./mine.mjs: chose ${wrong}, which is no server that takes jobs`,
      );
    const file = module(
      "breaks.mjs",
      "export default () => ({\n  choose() {\n    throw new TypeError('nothing here');\n  },\n  completed() {\n    null.x;\n  },\n});",
    );
    await loadPlugIns([file]);
    const policy = policyNamed(file)(fleetOfTwo(), randomStream("1", "policy"));
    expect(() => policy.choose(ANY_JOB, 0)).toThrow(`policy ${file}, line 3: nothing here`);
    expect(() => policy.completed?.(0, 1, 2)).toThrow(`policy ${file}, line 6: `);
  });
});

describe("the loader of plug-ins", () => {
  it("leaves policies of ours alone, and what is neither a module nor a package", async () => {
    await loadPlugIns(["jsq", "jsq-d:3", "there-is-no-such-package"]);
    expect(() => policyNamed("there-is-no-such-package")).toThrow('unknown policy "there-is-no-such-package"');
  });

  it.each([
    ["missing.mjs", undefined, "cannot be loaded"],
    ["broken.mjs", "export default (", "cannot be loaded"],
    [
      "silent.mjs",
      "export const choose = () => 0;",
      "must export by default a function (fleet, random) that makes a policy",
    ],
    ["jsq.mjs", "export default () => ({ choose: () => 0 });", '"jsq" is the name of another policy'],
  ])("refuses %s", async (name, source, message) => {
    const file = source === undefined ? join(folder, name) : module(name, source);
    await expect(loadPlugIns([file])).rejects.toThrow(`policy ${file}: `);
    await expect(loadPlugIns([file])).rejects.toThrow(message);
  });
});
