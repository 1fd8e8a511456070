import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FAULTS } from "../simulator/faults/faults.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...["docs", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
];

describe.each(DOCUMENTS)("%s", (name) => {
  const text = readFileSync(join(ROOT, name), "utf8");

  it("links to files that there are", () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link);
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(name), link)));
    expect(missing).toEqual([]);
  });
});

/** Tables whose last column names the tests of each line, without test/ and .test.ts. */
it.each(["docs/failures.md", "docs/security.md"])(
  "%s names tests that there are, in every line of its tables",
  (name) => {
    const rows = readFileSync(join(ROOT, name), "utf8")
      .split(/\n(?=\n)/)
      .filter((table) => table.includes("| test |"));
    const cells = rows
      .flatMap((table) => table.trim().split("\n").slice(2))
      .map((row) => row.split("|").at(-2)?.trim());
    expect(cells.length).toBeGreaterThan(10);
    const missing = cells
      .flatMap((cell) => (cell ?? "").split(", "))
      .filter((test) => !existsSync(join(ROOT, `test/${test}.test.ts`)));
    expect(missing).toEqual([]);
  },
);

it("docs/failures.md has one table of failures, and counts every fault that is injected in virtual time", () => {
  const text = readFileSync(join(ROOT, "docs/failures.md"), "utf8");
  expect(text.split("\n").filter((line) => line.includes("| test |"))).toHaveLength(1);
  const injected = text.slice(text.indexOf("## Faults injected"));
  const rows = injected.split("\n").map((line) => line.split("|")[1]?.trim());
  expect(FAULTS.filter((fault) => !rows.includes(fault))).toEqual([]);
});
