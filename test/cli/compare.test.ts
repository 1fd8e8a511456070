import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ComparisonResult, comparisonSchema } from "../../cli/compare-result.js";
import { equipoise, start } from "../support/equipoise.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "equipoise-"));
const SMALL = [
  ...["compare", "--set", "classes=2x1.5,2x0.5", "--policies", "sed,jsq-d,random", "--loads", "0.4,0.6"],
  ...["--metric", "mean", "--no-changes", "--json", "result.json"],
];

describe("docs/comparison.schema.json", () => {
  it("is the schema that comparisons are checked against (npx vitest run test/cli/compare.test.ts -u writes it)", async () => {
    const schema = `${JSON.stringify(z.toJSONSchema(comparisonSchema), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot("../../docs/comparison.schema.json");
  });
});

describe("equipoise compare", () => {
  it("names the unstable policies first, and then the best ones, as table, JSON, CSV and page", async () => {
    const there = folder();
    const files = ["--csv", "table.csv", "--html", "page.html", "--time-unit", "20ms", "--set", "slo=2"];
    const { exitCode, stdout, stderr } = await equipoise([...SMALL, ...files], there);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^random at load 0\.6 is not run: unstable: server 2 has load 1\.2\d* under random/);
    expect(stdout).toMatch(/^sed +[\d.]+ \[[\d.]+, [\d.]+\] \*/m);
    expect(stdout).toMatch(/^random .* unstable/m);
    expect(stdout).toMatch(/^At load 0\.6 use sed: its mean is [\d.]+ ms /m);
    const result = comparisonSchema.parse(
      JSON.parse(readFileSync(join(there, "result.json"), "utf8")),
    ) as ComparisonResult;
    expect(result.current).toBe("jsq");
    expect(result.loads.map(({ outcome, best }) => [outcome, best])).toEqual([
      ["winner", ["sed"]],
      ["winner", ["sed"]],
    ]);
    const csv = readFileSync(join(there, "table.csv"), "utf8").trim().split("\n");
    const columns = csv[0].split(",");
    expect(new Set(columns).size).toBe(columns.length);
    expect(csv.filter((line) => line.includes(",sed,best,")).length).toBe(2 * 8);
    expect(csv[0]).toMatch(/,within slo up to load,over slo from load$/);
    const [sed] = result.policies.filter(({ policy }) => policy === "sed");
    expect(sed.meetsSloUpTo).toBeGreaterThan(0.4);
    expect(sed.missesSloFrom).toBeLessThan(0.9);
    expect(stdout).toContain(`${sed.meetsSloUpTo}; not from ${sed.missesSloFrom}`);
    expect(result.advice).toContain(
      `within the slo up to load ${sed.meetsSloUpTo} and not from ${sed.missesSloFrom} on`,
    );
    const page = readFileSync(join(there, "page.html"), "utf8");
    expect(page).toContain("Content-Security-Policy");
    expect(page).toContain(result.advice.split(";")[0]);
    expect(readdirSync(there).sort()).toEqual(["page.html", "result.json", "table.csv"]);
    // The same page from the JSON, and with a sweep beside it.
    const sweep = [
      "sweep",
      "fleet",
      "--vary",
      "load=0.3,0.5",
      "--set",
      "servers=2",
      "--duration",
      "300u",
      "--replications",
      "2",
    ];
    await equipoise([...sweep, "--json", "sweep.json"], there);
    const report = await equipoise(["report", "result.json", "sweep.json", "--out", "both.html"], there);
    expect(report.stderr).toBe("");
    const both = readFileSync(join(there, "both.html"), "utf8");
    for (const id of ["compare/mean", "compare/differences", "fleet/sweep"]) expect(both).toContain(`${id}: `);
  });

  it("ends with what it knows when its budget does or the user ends it, and goes on from there", async () => {
    const there = folder();
    // Equal servers: jfsq is jsq, and their difference is never known to a hundred thousandth.
    const tie = [
      "compare",
      "--set",
      "servers=3",
      "--policies",
      "jfsq",
      "--loads",
      "0.7",
      "--within",
      "0.001%",
      "--no-changes",
    ];
    const interrupted = start("cli/main.js", tie, there);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const [log] = readdirSync(there);
        if (log === undefined || readFileSync(join(there, log), "utf8").split("\n").length < 5) return;
        clearInterval(timer);
        resolve();
      }, 20);
      void interrupted.ended.then(() => clearInterval(timer)).then(resolve);
    });
    interrupted.process.kill("SIGINT");
    const { exitCode, stderr, stdout } = await interrupted.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/interrupted: equipoise-compare-\w+\.jsonl keeps what is done/);
    expect(stdout).toMatch(/the best policy is not known yet: it is (jsq or jfsq|jfsq or jsq)/);
    const [log] = readdirSync(there);
    const kept = readFileSync(join(there, log), "utf8");
    const again = await equipoise([...tie, "--budget", "2s"], there);
    expect(again.exitCode).toBe(4);
    expect(again.stderr).toContain(`undecided after 2 s: ${log} keeps what is done`);
    expect(readFileSync(join(there, log), "utf8").startsWith(kept.slice(0, kept.lastIndexOf("\n") + 1))).toBe(true);
  });

  it.each([
    [["--policies", "jsq,nonsense"], /unknown policy "nonsense"/],
    [["--policies", "jsq,jsq"], /a value is repeated/],
    [["--policies", "jsq", "--metric", "p42"], /must be one of mean, p50/],
    [["--policies", "jsq", "--metric", "over-slo"], /over-slo: the fleet has no slo/],
    [["--policies", "jsq", "--loads", "0.5,x"], /must be a number > 0/],
    [["--policies", "jsq", "--loads", "1.5"], /unstable: servers .* have load 1\.500/],
    [["--policies", "jsq", "--metric", "mean", "--confirm", "2"], /--confirm: mean is not measured live/],
    [["--policies", "jsq", "--via", "nginx"], /--via nginx: is for live runs; say how many with --confirm/],
    [["--policies", "jsq", "--confirm", "1", "--via", "envoy"], /must be one of haproxy, nginx/],
    [[], /required option '--policies <policies>' not specified/],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await equipoise(["compare", ...flags], folder());
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
