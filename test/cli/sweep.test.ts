import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { equipoise, start } from "../support/equipoise.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "equipoise-"));
const sweepOf = (duration: string): string[] => [
  ...["sweep", "rate-scaling", "--vary", "servers=3,5", "--vary", "arrivalRate=0.4:0.8:0.4", "--set", "inverseStep=20"],
  ...["--replications", "3", "--warmup", "100u", "--duration", duration, "--json", "result.json"],
];
const SHORT = sweepOf("200u");
const LONG = sweepOf("2500u");

describe("equipoise sweep", () => {
  it("goes on after Ctrl-C, loses nothing, and says the same as a sweep that was let be, whatever the workers", async () => {
    const [there, here] = [folder(), folder()];
    const interrupted = start("cli/main.js", [...LONG, "--workers", "2"], there);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const [log] = readdirSync(there).filter((file) => file.endsWith(".jsonl"));
        if (log === undefined || readFileSync(join(there, log), "utf8").split("\n").length < 4) return;
        clearInterval(timer);
        resolve();
      }, 20);
      void interrupted.ended.then(() => clearInterval(timer)).then(resolve);
    });
    interrupted.process.kill("SIGINT");
    const ended = await interrupted.ended;
    expect(ended.exitCode).toBe(130);
    const [, done] =
      /interrupted: (\d+) of 12 runs are in equipoise-sweep-rate-scaling-\w+\.jsonl/.exec(ended.stderr) ?? [];
    expect(Number(done)).toBeGreaterThanOrEqual(2);
    const resumed = await equipoise(LONG, there);
    expect(resumed.stderr).toContain(`12 runs, ${done} of them already done`);
    expect(resumed.exitCode).toBe(0);
    expect(readdirSync(there)).toEqual(["result.json"]);
    await equipoise([...LONG, "--workers", "1"], here);
    expect(readFileSync(join(here, "result.json"), "utf8")).toBe(readFileSync(join(there, "result.json"), "utf8"));
  });

  it("keeps its runs where it is told, as CSV too, and reads them again at no cost", async () => {
    const there = folder();
    const flags = [...SHORT, "--runs", "runs.jsonl", "--csv", "table.csv"];
    const first = await equipoise(flags, there);
    const csv = readFileSync(join(there, "table.csv"), "utf8");
    expect(csv.split("\n")[0]).toBe(
      "servers,arrivalRate,runs,quantity,measured,low,high,predicted,model error,kind,verdict,difference to the first,difference low,difference high",
    );
    expect(csv.split("\n")).toHaveLength(1 + 4 * 15 + 1);
    const second = await equipoise(flags, there);
    expect(second.stderr).toContain("12 of them already done");
    expect(second.stdout).toBe(first.stdout);
    // A run that was killed as it wrote: its last line is torn.
    const log = join(there, "runs.jsonl");
    const text = readFileSync(log, "utf8");
    writeFileSync(log, text.slice(0, -20));
    const third = await equipoise(flags, there);
    expect(third.stderr).toContain("11 of them already done");
    expect(third.stdout).toBe(first.stdout);
  });

  it("touches no file that is not its own", async () => {
    const there = folder();
    const log = join(there, "runs.jsonl");
    const refusal = async (text: string): Promise<string> => {
      writeFileSync(log, text);
      const { exitCode, stderr } = await equipoise([...SHORT, "--runs", "runs.jsonl"], there);
      expect(exitCode).toBe(2);
      expect(readFileSync(log, "utf8")).toBe(text);
      return stderr;
    };
    expect(await refusal("dear diary\n")).toContain("runs.jsonl: is not the log of a sweep");
    expect(await refusal('{"a":1}\n')).toContain("is not a sweep log of this format");
    await equipoise([...SHORT, "--runs", "other.jsonl", "--replications", "1"], there);
    const other = readFileSync(join(there, "other.jsonl"), "utf8");
    expect(await refusal(other.replace('"inverseStep":"20"', '"inverseStep":"21"'))).toContain(
      "is the log of another sweep",
    );
    appendFileSync(join(there, "other.jsonl"), "oops\n");
    expect(await refusal(`${other}oops\n`)).toMatch(/line 6 is not a run of a sweep/);
    const words = other.replaceAll(/("offered":)\d+/g, '$1"many"');
    expect(await refusal(words)).toMatch(/line 2 is not a run of a sweep \(output\.totals\.offered: /);
    expect(existsSync(join(there, "result.json"))).toBe(true);
  });

  it.each([
    [["--vary", "servers=0"], /servers = 0: must be a whole number of at least 1/],
    [["--vary", "servers"], /write NAME=VALUE/],
    [[], /required option '--vary <name=values>' not specified/],
    [["--vary", "servers=2", "--csv", "/no/such/folder/a.csv"], /--csv \/no\/such\/folder\/a.csv: cannot be written/],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await equipoise(["sweep", "rate-scaling", ...flags], folder());
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
