import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { citationAt, citationsIn, namedWithoutYear } from "../../dashboards/citations.js";
import { citingFiles, keyOf } from "../../dashboards/papers-document.js";
import { projectSources } from "../../dashboards/project-sources.js";
import { statementsIn } from "../../dashboards/statements-cited.js";
import { BIBLIOGRAPHY, publications } from "../../theory/bibliography/index.js";
import { papers } from "../../theory/bibliography/statements/index.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** This file has examples of its own, and the bibliography names what it lists. */
const sources = new Map(
  [...projectSources(ROOT)].filter(
    ([file]) => file !== "test/dashboards/citations.test.ts" && !file.startsWith("theory/bibliography/"),
  ),
);
const documents = new Map(
  [
    ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"],
    ...readdirSync(`${ROOT}docs`)
      .filter((name) => name.endsWith(".md") && !["bibliography.md", "papers.md"].includes(name))
      .map((name) => `docs/${name}`),
  ].map((file) => [file, readFileSync(ROOT + file, "utf8")]),
);
const texts = [...sources, ...documents];

describe("the bibliography", () => {
  it("has all that code and documents cite", () => {
    const missing = texts.flatMap(([file, text]) =>
      [...citationsIn(text)].filter((key) => !(key in BIBLIOGRAPHY)).map((key) => `${file} cites ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it("has nothing that is cited nowhere", () => {
    const cited = new Set(texts.flatMap(([, text]) => [...citationsIn(text)]));
    expect(publications().filter(([key]) => !cited.has(key))).toEqual([]);
  });

  it("is referred to by authors and year, never by authors alone", () => {
    const short = texts.flatMap(([file, text]) => namedWithoutYear(text).map((key) => `${file} leaves out: ${key}`));
    expect(short).toEqual([]);
  });

  it("says where everything was published, with identifiers of the right form", () => {
    for (const [key, { title, venue, doi, arxiv }] of publications()) {
      expect(key).toMatch(/ \((?:18|19|20)\d\d\)$/);
      expect(Math.min(title.length, venue.length), key).toBeGreaterThan(4);
      if (doi !== undefined) expect(doi, key).toMatch(/^10\.\d{4,}\/\S+$/);
      if (arxiv !== undefined) expect(arxiv, key).toMatch(/^\d{4}\.\d{4,5}$/);
    }
  });
});

describe("docs/papers.md", () => {
  const citing = citingFiles(sources);
  const statements = papers.flatMap(({ reference, statements }) =>
    Object.entries(statements).map(([statement, { without }]) => ({ key: keyOf(reference, statement), without })),
  );

  it("accounts for every statement: by files that cite it, or by a reason", () => {
    const silent = statements.filter(({ key, without }) => !citing.has(key) && without === undefined);
    expect(silent.map(({ key }) => key)).toEqual([]);
  });

  it("knows every statement that the code cites", () => {
    const known = new Set(statements.map(({ key }) => key));
    const unknown = [...citing].filter(([key]) => !known.has(key));
    expect(unknown).toEqual([]);
  });

  it.each(papers.map((paper) => [paper.reference, paper.statements] as const))(
    "leaves out none of %s: numbers have no gaps",
    (_reference, all) => {
      const series = new Map<string, number[]>();
      for (const statement of Object.keys(all)) {
        const [, kind, section, number] = /^(\w+) (?:(.+)\.)?(\d+)$/.exec(statement) ?? [];
        // With sections, one counter numbers all kinds of statements of a section; figures and tables have their own.
        const counter = section === undefined ? kind : section;
        series.set(counter, [...(series.get(counter) ?? []), Number(number)]);
      }
      for (const [counter, numbers] of series) {
        expect(
          numbers.sort((a, b) => a - b),
          counter,
        ).toEqual(numbers.map((_, i) => i + 1));
      }
    },
  );
});

describe("what is read as a citation", () => {
  it.each([
    ["as in Gast and Van Houdt (2017), section 2", ["Gast and Van Houdt (2017)"]],
    ["(Adan, van Houtum and van der Wal 1994)", ["Adan, van Houtum and van der Wal (1994)"]],
    ["/**\n * Source: Lewis and\n * Shedler (1979).\n */", ["Lewis and Shedler (1979)"]],
    ["(Foss and Chernova 1998; Whitt 1986)", ["Foss and Chernova (1998)", "Whitt (1986)"]],
    ['"of Gast and " +\n    "Van Houdt (2017)"', ["Gast and Van Houdt (2017)"]],
    ["Batches of 2000, as in December 2026", []],
  ])("%j", (text, keys) => {
    expect([...citationsIn(text)]).toEqual(keys);
  });

  it("is attributed to what is named with it", () => {
    const text = "Theorem 3 of Liu and Ying (2025); Gardner and Smith (2017), Theorem 1. Theorem 2.9";
    expect(citationAt(text, 0, 9)).toBe("Liu and Ying (2025)");
    expect(citationAt(text, text.indexOf("Theorem 1"), 9)).toBe("Gardner and Smith (2017)");
    expect(citationAt(text, text.indexOf("Theorem 2.9"), 11)).toBeUndefined();
  });

  it("is of the paper that the file is about, or the only one with that number", () => {
    const of = (file: string, text: string): string[] => statementsIn(file, text).map(({ statement }) => statement);
    const [{ paper }] = statementsIn("theory/utility/a.ts", "(Theorem 1)");
    expect(paper).toBe("Goldsztajn, Borst and van Leeuwaarden (2023)");
    expect(of("model/a.ts", "Theorem 1")).toEqual([]);
    expect(of("model/a.ts", "Theorems 2.9 and 2.11, Figures 3-5 of Rutten, Zubeldia and Mukherjee (2023)")).toEqual([
      ...["Theorem 2.9", "Theorem 2.11"],
      ...["Figure 3", "Figure 4", "Figure 5"],
    ]);
    expect(of("model/a.ts", "Figure 2a of Rutten, Zubeldia and Mukherjee (2023)")).toEqual(["Figure 2"]);
  });
});
