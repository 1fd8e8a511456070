import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";
import { needs } from "../support/programs.js";

const folder = mkdtempSync(join(tmpdir(), "compare-via-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMPARE = [
  ...["compare", "--set", "servers=2", "--set", "load=0.3", "--policies", "jsq", "--current", "jsq", "--metric", "p50"],
  ...["--no-changes", "--confirm", "1", "--duration", "5s"],
];

describe("compare --confirm --via", () => {
  for (const [balancer, port] of [
    ["haproxy", 9711],
    ["nginx", 9721],
  ] as const)
    it(`starts ${balancer} with the best policy, in front of servers of ours`, needs(balancer), async (context) => {
      const flags = ["--via", balancer, "--first-port", String(port)];
      const { stdout, stderr, exitCode } = await equipoise([...COMPARE, ...flags], folder);
      const whyVoid = /^void: jsq: (.*)$/m.exec(stdout)?.[1];
      skipIfTooBusy(context, { whyVoid });
      expect(stdout, stderr).toMatch(/^jsq +[\d.]+ +\[[\d.]+, [\d.-]+\] +\[[\d.]+, [\d.]+\]$/m);
      expect(stdout).toMatch(/^reality (agrees|differs|undecided): /m);
      expect([0, 1, 4]).toContain(exitCode);
    });
});
