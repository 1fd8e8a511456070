import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folded, layOut } from "../../cli/paper.js";

const words = (text: string): string[] => text.split(/[\s;-]+/).filter((word) => word !== "");

describe("a table", () => {
  const header = ["policy", "load", "where a job goes"];
  const rows = [
    ["jsq", "0.5", "to the server with the fewest jobs, the fastest of several, at random among equals"],
    ["random", "0.75", "anywhere"],
  ];

  it("has its columns beside each other where they fit, numbers on the right", () => {
    expect(
      layOut(header, rows, new Set([1]))
        .split("\n")
        .slice(2),
    ).toEqual([
      "jsq      0.5  to the server with the fewest jobs, the fastest of several, at random among equals",
      "random  0.75  anywhere",
    ]);
  });

  it("has the last columns below its rows where they do not fit, numbers with their titles", () => {
    expect(layOut(header, rows, new Set([1]), { width: 40 }).split("\n")).toEqual([
      ...["policy  load", "------  ----"],
      ...["jsq      0.5", "    to the server with the fewest jobs,", "    the fastest of several, at random"],
      ...["    among equals", "random  0.75", "    anywhere"],
    ]);
    expect(
      layOut(header, rows, new Set([1]), { width: 11 })
        .split("\n")
        .slice(-4),
    ).toEqual([...["random", "    load", "    0.75;", "    anywhere"]]);
  });

  it("of any cells and width loses no word, and is no wider than its longest word below", () => {
    const cell = fc.array(fc.constantFrom("a", "server", "0.5", "n^-alpha", "jobs,"), { minLength: 1, maxLength: 12 });
    const row = fc
      .tuple(fc.constantFrom("jsq", "jiq", "random"), cell, cell)
      .map(([name, ...cells]) => [name, ...cells.map((of) => of.join(" "))]);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 20, max: 200 }), (table, width) => {
        const text = layOut(["policy", "one", "other"], table, new Set(), { width });
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
        expect(words(text.split("\n").slice(2).join(" "))).toEqual(words(table.flat().join(" ")));
      }),
    );
  });

  it("shows what a terminal would obey, and paints what it is told to", () => {
    const paint = (text: string, column: number): string => (column === 1 ? `\u001b[32m${text}\u001b[39m` : text);
    expect(
      layOut(["name", "verdict"], [["a\u001b[2J", "agrees"]], new Set(), { paint })
        .split("\n")
        .at(-1),
    ).toBe("a\\u{1b}[2J  \u001b[32magrees\u001b[39m");
  });
});

describe("folded text", () => {
  it("breaks between words, is set in as it was, and counts no colours", () => {
    expect(folded("  one two three\nfour", 9)).toBe("  one two\n  three\nfour");
    const painted = "\u001b[32magrees\u001b[39m now";
    expect(folded(painted, 10)).toBe(painted);
  });
});
