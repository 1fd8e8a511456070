import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { productSources, type Sources } from "./support/product-sources.js";

/** So many lines in a row may stand twice: a signature and a few calls. What is longer is one idea, and wants one place. */
const MOST_LINES = 8;

interface Line {
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
}

/** Comments, and imports and exports from elsewhere, over several lines or not: they say nothing that could be shared. */
const IGNORED = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^(?:import|export)\b[^;=()]*?from\s*"[^"]*";|^import\s*"[^"]*";/gm;

/** The lines that say something, without indentation. */
function linesOf(source: string): Line[] {
  const shown = source.replace(IGNORED, (ignored) => ignored.replace(/[^\n]/g, ""));
  return shown
    .split("\n")
    .map((text, i) => ({ number: i + 1, text: text.trim() }))
    .filter(({ text }) => /[\w$]/.test(text));
}

/** All runs of more than `most` lines that stand twice, each pair of places once and as long as it goes, in words. */
function duplicates(sources: Sources, most = MOST_LINES): string[] {
  const files = [...sources].map(([name, source]) => ({ name, lines: linesOf(source) }));
  const found: string[] = [];
  const seen = new Map<string, { readonly name: string; readonly lines: readonly Line[]; readonly start: number }[]>();
  for (const { name, lines } of files) {
    for (let start = 0; start + most < lines.length; start++) {
      const run = lines.slice(start, start + most + 1).map(({ text }) => text);
      const places = seen.get(run.join("\n")) ?? [];
      for (const other of places) {
        const alike = (k: number): boolean =>
          lines[start + k] !== undefined && lines[start + k].text === other.lines[other.start + k]?.text;
        if (alike(-1)) continue;
        let length = most + 1;
        while (alike(length)) length++;
        // A run that overlaps its copy is a line, or a few, again and again.
        if (name === other.name && start - other.start < length) continue;
        const place = (of: readonly Line[], from: number): string =>
          `${of[from].number}-${of[from + length - 1].number}`;
        found.push(
          `${other.name}:${place(other.lines, other.start)} stands again at ${name}:${place(lines, start)}: ${length} lines`,
        );
      }
      seen.set(run.join("\n"), [...places, { name, lines, start }]);
    }
  }
  return found;
}

describe("the product", () => {
  it(`says nothing of more than ${MOST_LINES} lines twice`, () => {
    expect(duplicates(productSources(".ts", ".css"))).toEqual([]);
  });
});

describe("the search for what stands twice", () => {
  const numbered = (count: number, name = "line"): string[] =>
    Array.from({ length: count }, (_, i) => `${name}(${i});`);

  it("finds a copy planted in another file of the product, and names both places", () => {
    const sources = new Map(productSources(".ts"));
    const file = "model/event-queue.ts";
    const copied = sources.get(file)?.split("\n").slice(4) ?? [];
    sources.set("cli/planted.ts", ["export const planted = 1;", ...copied].join("\n"));
    const [pair, ...more] = duplicates(sources).filter((text) => text.includes("planted"));
    expect(pair).toMatch(/^model\/event-queue\.ts:\d+-\d+ stands again at cli\/planted\.ts:\d+-\d+: \d+ lines$/);
    expect(more).toEqual([]);
  });

  it("lets runs stand twice that are no longer than the limit", () => {
    const both = (count: number): Sources =>
      new Map([
        ["a.ts", ["a();", ...numbered(count)].join("\n")],
        ["b.ts", [...numbered(count), "b();"].join("\n")],
      ]);
    expect(duplicates(both(MOST_LINES))).toEqual([]);
    expect(duplicates(both(MOST_LINES + 1))).toEqual(["a.ts:2-10 stands again at b.ts:1-9: 9 lines"]);
  });

  it("sees through indentation, blank lines, lone punctuation, comments and imports", () => {
    const plain = numbered(MOST_LINES + 1);
    const dressed = plain.flatMap((line, i) => [
      `  ${line}`,
      "",
      "});",
      "// a remark",
      `/** Number ${i},`,
      " * in words. */",
    ]);
    const imports = (name: string): string =>
      [
        'import { a } from "./a.js";',
        "import {",
        ...plain.map((_, i) => `${name}${i},`),
        `} from "./${name}.js";`,
        'import "b";',
      ].join("\n");
    const sources = new Map([
      ["a.ts", `${imports("c")}\n${plain.join("\n")}`],
      ["b.ts", `${imports("d")}\n${dressed.join("\n")}`],
    ]);
    expect(duplicates(sources)).toEqual(["a.ts:14-22 stands again at b.ts:14-62: 9 lines"]);
    const onlyImports = new Map(["a.ts", "b.ts"].map((file) => [file, imports("c")]));
    expect(duplicates(onlyImports)).toEqual([]);
  });

  it("finds two places in one file, and takes a line that is repeated for no copy of itself", () => {
    const twice = [...numbered(MOST_LINES + 1), "between();", ...numbered(MOST_LINES + 1)].join("\n");
    expect(duplicates(new Map([["a.ts", twice]]))).toEqual(["a.ts:1-9 stands again at a.ts:11-19: 9 lines"]);
    expect(duplicates(new Map([["a.ts", "again();\n".repeat(2 * MOST_LINES)]]))).toEqual([]);
  });

  it("finds what a comparison of all pairs of lines finds", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 });
    fc.assert(
      fc.property(words, words, (one, other) => {
        let runs = 0;
        for (let i = 0; i < one.length; i++) {
          for (let j = 0; j < other.length; j++) {
            if (i > 0 && j > 0 && one[i - 1] === other[j - 1]) continue;
            let length = 0;
            while (i + length < one.length && j + length < other.length && one[i + length] === other[j + length])
              length++;
            if (length > 2) runs++;
          }
        }
        const across = duplicates(
          new Map([
            ["a.ts", one.join("\n")],
            ["b.ts", other.join("\n")],
          ]),
          2,
        ).filter((text) => text.startsWith("a.ts:") && text.includes(" at b.ts:"));
        expect(across.length).toBe(runs);
      }),
    );
  });
});
