import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { equipoise } from "../support/equipoise.js";

const EXAMPLES = fileURLToPath(new URL("../../examples/policies/", import.meta.url));
const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith(".mjs"));
const folder = mkdtempSync(join(tmpdir(), "equipoise-check-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHORT = ["--set", "servers=4", "--set", "arrivalRate=0.3", "--duration", "300u"];

describe("an example of a policy", () => {
  it("there are three, none longer than 30 lines", () => expect(examples).toHaveLength(3));

  it.each(examples)("%s keeps the laws of policies, and runs alike on any number of threads", async (example) => {
    const { exitCode, stdout } = await equipoise(["check-policy", join(EXAMPLES, example)]);
    expect(stdout).not.toContain("BROKEN");
    expect(stdout).toMatch(/time per decision: .* ns with 10000 servers/);
    expect(exitCode).toBe(0);
    const policy = `policy=${join(EXAMPLES, example)}`;
    const [one, two] = await Promise.all(
      ["1", "2"].map(async (workers) => {
        const flags = [...SHORT, "--set", policy, "--replications", "2", "--workers", workers, "--json", "-"];
        const { stdout: json } = await equipoise(["simulate", "fleet", ...flags]);
        return resultSchema.parse(JSON.parse(json));
      }),
    );
    expect(one).toEqual(two);
    expect(one.policy?.name).toBe(example.replace(".mjs", ""));
  });
});

describe("equipoise check-policy", () => {
  it("finds a clock and chance of its own, and says so by its exit code", async () => {
    const file = join(folder, "impure.mjs");
    writeFileSync(
      file,
      `export default (fleet) => ({
  choose() {
    const { size } = fleet.members;
    return size === 0 ? -1 : fleet.members.at(Math.floor(Math.random() * size) + 0 * Date.now() * performance.now());
  },
});
`,
    );
    const { exitCode, stdout } = await equipoise(["check-policy", file]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/takes time and chance only as given +BROKEN +uses Math.random, Date, performance.now/);
    expect(stdout).toMatch(/decides the same for the same seed +BROKEN/);
  });

  it("takes a policy of ours, too", async () => {
    const { exitCode, stdout } = await equipoise(["check-policy", "consistent-hash:bound=2"]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("time per decision")]);
  });

  it("names the module and the line of a mistake that ends a run", async () => {
    const file = join(folder, "breaks.mjs");
    writeFileSync(file, "export default () => ({\n  choose() {\n    throw new Error('out of ideas');\n  },\n});\n");
    const { exitCode, stderr } = await equipoise(["simulate", "fleet", ...SHORT, "--set", `policy=${file}`]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`policy ${file}, line 3: out of ideas`)]);
  });

  it("is not needed to sweep over plug-ins", async () => {
    const vary = `policy=jsq,${join(EXAMPLES, "two-choices.mjs")}`;
    const { stdout } = await equipoise(["sweep", "fleet", ...SHORT, "--vary", vary, "--runs", join(folder, "runs")]);
    expect(stdout).toContain("two-choices.mjs");
  });
});
