import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { equipoise } from "../support/equipoise.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
const log = join(folder, "events.jsonl");

describe("a recorded live run", () => {
  it("is repeated decision by decision in virtual time", async () => {
    const settings = ["--set", "servers=5", "--set", "inverseStep=20", "--set", "buffer=2", "--processes", "2"];
    const times = ["--time-unit", "20ms", "--warmup", "1s", "--duration", "4s"];
    const run = await equipoise(["verify", "rate-scaling", "--live", ...settings, ...times, "--record", log]);
    expect(run.stderr).not.toContain("internal error");
    const { exitCode, stdout, stderr } = await equipoise(["replay", log]);
    expect(stderr, run.stderr).toBe("");
    expect(exitCode).toBe(0);
    const [, events, decisions] = /^identical: (\d+) events, (\d+) decisions; /.exec(stdout) ?? [];
    // 5 servers at 0.8 jobs per 20 ms for 5 s are 1000 jobs, give or take.
    expect(Number(decisions)).toBeGreaterThan(700);
    expect(Number(events)).toBeGreaterThan(Number(decisions));
  });

  it("of a fleet is repeated without the files that its settings name, which it holds", async () => {
    const [sizes, events] = [join(folder, "sizes.txt"), join(folder, "fleet.jsonl")];
    writeFileSync(sizes, "1\n2\n3\n0.5\n");
    const settings = ["--set", "servers=3", "--set", "load=0.5", "--set", `sizes=empirical:${sizes}`];
    const times = ["--time-unit", "20ms", "--warmup", "500ms", "--duration", "2s"];
    const run = await equipoise(["verify", "fleet", "--live", ...settings, ...times, "--record", events]);
    rmSync(sizes);
    const { exitCode, stdout, stderr } = await equipoise(["replay", events]);
    expect(stderr, run.stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^identical: /);
  });

  it("is told from one that was tampered with, cut short, or is something else", async () => {
    const text = readFileSync(log, "utf8");
    const attempt = async (changed: string) => {
      const file = join(folder, "changed.jsonl");
      writeFileSync(file, changed);
      return equipoise(["replay", file]);
    };
    const lines = text.split("\n");
    const place = lines.findIndex((line, index) => index > 200 && line.startsWith('["submit"'));
    const numbers = JSON.parse(lines[place]) as number[];
    const tampered = lines.with(
      place,
      JSON.stringify([...numbers.slice(0, -1), (numbers[numbers.length - 1] + 2) % 5]),
    );
    const differing = await attempt(tampered.join("\n"));
    expect(differing.exitCode).toBe(2);
    expect(differing.stderr).toMatch(/is damaged: lines \d+ to \d+ are not those that were written/);
    const [header, ...rest] = lines.slice(0, 100);
    const events = rest.filter((line) => !line.startsWith('["checksum"')).length;
    const cut = await attempt(`${[header, ...rest].join("\n")}\n`);
    expect(cut.exitCode).toBe(0);
    expect(cut.stderr).toContain(`was not closed: any events after the first ${events} are lost`);
    const torn = await attempt(text.slice(0, 5000));
    expect(torn.exitCode).toBe(2);
    expect(torn.stderr).toMatch(/is damaged: line \d+ is not an event/);
    appendFileSync(join(folder, "other.csv"), "a,b\n1,2\n");
    const foreign = await equipoise(["replay", join(folder, "other.csv")]);
    expect(foreign.exitCode).toBe(2);
    expect(foreign.stderr).toContain("other.csv is not an event log of this format");
    const nowhere = await equipoise(["verify", "rate-scaling", "--live", "--record", "/no/such/folder/log"]);
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain("--record /no/such/folder/log: cannot be written");
  });
});
