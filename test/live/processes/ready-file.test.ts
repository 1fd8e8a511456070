import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keepReadyFile } from "../../../live/processes/ready-file.js";
import { UserError } from "../../../model/errors.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-ready-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the ready file", () => {
  it("is there while the process is ready, and gone when it is not or has ended", async () => {
    const file = join(folder, "ready");
    const script = `
      const { keepReadyFile } = await import(${JSON.stringify(new URL("../../../dist/live/processes/ready-file.js", import.meta.url).href)});
      let ready = true;
      keepReadyFile(${JSON.stringify(file)}, () => ready);
      process.on("message", (message) => message === "end" ? process.exit(0) : (ready = message));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const becomes = (there: boolean): Promise<void> =>
      expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(there);
    await becomes(true);
    child.send(false);
    await becomes(false);
    child.send(true);
    await becomes(true);
    child.send("end");
    await becomes(false);
  });

  it("that cannot be written is refused at once, with its name", () => {
    expect(() => keepReadyFile(join(folder, "no", "such"), () => true)).toThrow(UserError);
    expect(() => keepReadyFile(join(folder, "no", "such"), () => true)).toThrow(/--ready-file .*such: ENOENT/);
  });
});
