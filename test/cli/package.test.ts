import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "equipoise-package-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A project of a user's own, in which the package is installed. */
mkdirSync(join(folder, "node_modules"));
symlinkSync(ROOT, join(folder, "node_modules", "equipoise"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

describe("the package", () => {
  it("asks for the build where there is none", () => {
    const bin = mkdtempSync(join(folder, "unbuilt-"));
    mkdirSync(join(bin, "bin"));
    copyFileSync(join(ROOT, "bin/equipoise.mjs"), join(bin, "bin/equipoise.mjs"));
    const run = (root: string) =>
      spawnSync(process.execPath, [join(root, "bin/equipoise.mjs"), "list"], { encoding: "utf8" });
    expect(run(bin)).toMatchObject({
      status: 2,
      stderr: "equipoise: it is not built yet: run `npm run build` first\n",
    });
    expect(run(ROOT)).toMatchObject({ status: 0, stdout: expect.stringContaining("rate-scaling") });
  });

  it("gives a program its simulator and its policies", () => {
    writeFileSync(
      join(folder, "program.js"),
      `import { simulate } from "equipoise";
import { policyNamed } from "equipoise/policies";
const settings = { servers: "2", policy: "sed" };
const run = simulate({ scenario: "balancer", settings, seed: "1", familyConfidence: 0.99, warmUpTime: 20, measuringTime: 50 });
console.log(run.policy, typeof policyNamed("prequal"));
`,
    );
    expect(execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" })).toBe("sed function\n");
  });

  it("types a policy of the user's own: the examples have no errors, and a wrong one has", () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const flags = [
      "--noEmit",
      "--allowJs",
      "--checkJs",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--skipLibCheck",
    ];
    const check = (...files: string[]): string => {
      try {
        return execFileSync(process.execPath, [tsc, ...flags, ...files], { cwd: folder, encoding: "utf8" });
      } catch (error) {
        return String((error as { stdout?: unknown }).stdout);
      }
    };
    const head = '/** @type {import("equipoise/policies").PlugInFactory} */\nexport default (fleet) => ';
    writeFileSync(
      join(folder, "right.mjs"),
      `${head}({ knows: ["time"], choose: (job, now) => fleet.members.at(now % job.type) });`,
    );
    writeFileSync(join(folder, "wrong.mjs"), `${head}({ knows: ["tea"], choose: (job) => job.colour });`);
    expect(check("right.mjs")).toBe("");
    expect(check("wrong.mjs")).toMatch(/"tea"[\s\S]*colour/);
  });
});
