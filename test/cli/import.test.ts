import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { loggedJobs, logLines } from "../support/logged-fleet.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Longer than the command takes to start, on most machines. */
const PAUSE_MILLISECONDS = 2000;

it("equipoise import waits for what standard input has to say", async () => {
  const fleet = { speeds: [1, 1], load: 0.6, sizes: "exponential", meanSeconds: 0.05, jobs: 4000, seed: "7" };
  const lines = logLines("nginx", loggedJobs(fleet)).map((line) => `${line}\n`);
  const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const flags = ["import", "-", "--format", "nginx", "--out", folder];
  const child = spawn(process.execPath, [command, ...flags], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin.write(lines.slice(0, 2000).join(""));
  await sleep(PAUSE_MILLISECONDS);
  child.stdin.end(lines.slice(2000).join(""));
  expect(await ended, said).toBe(0);
  // Whether the first ones waited is unknown, and so are their sizes.
  const trace = readFileSync(join(folder, "trace.csv"), "utf8");
  expect(trace.split("\n").filter((line) => /^\d/.test(line)).length).toBeGreaterThan(3990);
});
