import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { SLOW } from "./slow-tests.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The folder of tests that a file is in. */
const roomOf = (file: string): string => file.split("/")[1];

it("npm run test:fast leaves out files that there are, and has some of every room", () => {
  expect(SLOW.filter((file) => !existsSync(ROOT + file))).toEqual([]);
  const files = readdirSync(`${ROOT}test`, { recursive: true, encoding: "utf8" }).map((file) => `test/${file}`);
  const all = files.filter(
    (file) => file.endsWith(".test.ts") && file.split("/").length > 2 && roomOf(file) !== "systems",
  );
  const fast = all.filter((file) => !SLOW.includes(file));
  expect(new Set(fast.map(roomOf))).toEqual(new Set(all.map(roomOf)));
});
