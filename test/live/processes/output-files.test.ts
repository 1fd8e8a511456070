import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { checkWritable, writeWhole } from "../../../live/processes/output-files.js";
import { OutputError, UserError } from "../../../model/errors.js";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-"));
  file = join(folder, "result.json");
});

describe("an output file", () => {
  it("takes the place of the one before, behind a link too, and nothing else is left", () => {
    writeFileSync(file, "before");
    const link = join(folder, "link");
    symlinkSync(file, link);
    checkWritable(link, "--json");
    writeWhole(link, "after", "--json");
    expect(readFileSync(file, "utf8")).toBe("after");
    expect(readdirSync(folder).sort()).toEqual(["link", "result.json"]);
  });

  it("stays as it was where it cannot be written, and nothing else is left", () => {
    writeFileSync(file, "before");
    mkdirSync(join(folder, "folder"));
    // A folder is in its way only when it is to get its name.
    expect(() => writeWhole(join(folder, "folder"), "after", "--out")).toThrow(OutputError);
    expect(() => writeWhole("/dev/full", "after", "--json")).toThrow(/^--json \/dev\/full: cannot be written \(ENOSPC/);
    expect(() => writeWhole(join(folder, "none", "file"), "after", "--json")).toThrow(OutputError);
    expect(readFileSync(file, "utf8")).toBe("before");
    expect(readdirSync(folder).sort()).toEqual(["folder", "result.json"]);
  });

  it("is tried before the run, without leaving a trace", () => {
    checkWritable(file, "--json");
    expect(readdirSync(folder)).toEqual([]);
    for (const bad of [folder, join(folder, "none", "file"), "/proc/file"])
      expect(() => checkWritable(bad, "--json")).toThrow(UserError);
    expect(() => checkWritable("/dev/null", "--json")).not.toThrow();
  });
});
