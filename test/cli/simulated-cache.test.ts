import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { codeFingerprint } from "../../cli/code-fingerprint.js";
import { cacheFile, readCache, writeCache } from "../../cli/simulated-cache.js";
import { policyNamed } from "../../policies/index.js";
import { plugIns } from "../../policies/plug-in.js";

const simulated = {
  runs: 16,
  measuringTime: 1000,
  quantities: { mean_queue_length: { value: 0.1 + 0.2, halfWidth: 1e-9, effects: [0, -1 / 3] as const } },
};

describe("the cache of simulated predictions", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "equipoise-cache-"));
    vi.stubEnv("XDG_CACHE_HOME", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it("gives back to the last digit what was written for the same key, and nothing for another", () => {
    const file = cacheFile({ servers: "50" });
    expect(readCache(file)).toBeUndefined();
    writeCache(file, simulated);
    expect(readCache(cacheFile({ servers: "50" }))).toEqual(simulated);
    expect(readCache(cacheFile({ servers: "51" }))).toBeUndefined();
    // Nothing unfinished is left.
    expect(readdirSync(join(folder, "equipoise"))).toHaveLength(1);
  });

  it.each(["", "{", "[]", '{"runs":16}', JSON.stringify({ ...simulated, runs: "many" })])(
    "takes %j for nothing",
    (text) => {
      const file = cacheFile("a key");
      writeCache(file, simulated);
      writeFileSync(file, text);
      expect(readCache(file)).toBeUndefined();
    },
  );

  it("does without where it cannot write", () => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "a file"));
    writeFileSync(join(folder, "a file"), "");
    const file = cacheFile("a key");
    writeCache(file, simulated);
    expect(readCache(file)).toBeUndefined();
  });

  it("is of the code as it is, and of policies of the user's own as they are", () => {
    const before = codeFingerprint();
    expect(codeFingerprint()).toBe(before);
    const policy = join(folder, "mine.mjs");
    plugIns.set(policy, policyNamed("jsq"));
    const fingerprints = ["one text", "another text"].map((text) => {
      writeFileSync(policy, text);
      return codeFingerprint();
    });
    plugIns.delete(policy);
    expect(new Set([before, ...fingerprints]).size).toBe(3);
  });

  it("is in ~/.cache unless the variable names another place", () => {
    vi.stubEnv("XDG_CACHE_HOME", "");
    vi.stubEnv("HOME", "/home/somebody");
    expect(dirname(cacheFile("a key"))).toBe("/home/somebody/.cache/equipoise");
  });
});
