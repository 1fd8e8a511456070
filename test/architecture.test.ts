import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { productSources, type Sources } from "./support/product-sources.js";
import { DRIVERS, PURE_FILES, PURE_FOLDERS } from "./support/pure-cores.js";

const PROCESSES = ["load-generator", "dispatcher", "server-node"];

/** The rooms from the top floor down: a room may use what is on lower floors, and nothing beside it or above. */
const FLOORS: readonly (readonly string[])[] = [
  ["cli", "bench"],
  ["figures", "compare", "workload"],
  ["simulator"],
  [...PROCESSES, "page", "dashboards", "deploy"],
  ["scenarios", "live"],
  ["experiments"],
  ["theory", "policies"],
  ["model"],
];
const WHY_FLOORS = "a room uses what is on lower floors, and nothing beside it or above";
const floorOf = (room: string): number => FLOORS.findIndex((rooms) => rooms.includes(room));

/** What rooms may not use of lower floors all the same, and why. */
const BARRED: readonly { readonly room: string; readonly places: readonly string[]; readonly why: string }[] = [
  {
    room: "cli",
    places: [...PROCESSES, "page", "dashboards"],
    why: "the command starts the three processes, and is none of them",
  },
  { room: "figures", places: [...PROCESSES, "live", "page", "dashboards"], why: "a figure is made in virtual time" },
  {
    room: "compare",
    places: [...PROCESSES, "live", "page", "dashboards"],
    why: "policies are compared in virtual time",
  },
  { room: "simulator", places: ["live", "page", "dashboards"], why: "virtual time needs no driver of real time" },
  {
    room: "page",
    places: ["policies"],
    why: "the page knows the dispatcher by what it streams, and nothing else of it",
  },
  { room: "live", places: ["theory", "policies"], why: "what carries messages does not depend on what they are about" },
];
/** Positions to which what is barred from their room is open. */
const EXEMPT = ["simulator/faults"];

/** Packages that compute and do nothing else. */
const PURE_PACKAGES = /^(seedrandom|d3-random|ml-matrix|yaml|zod|@stdlib\/.+)$/;
const WHY_PURE =
  "the same objects must serve live and in virtual time, and repeat a run from its seed: time and chance are passed in";

/** Clocks, timers, chance and the world outside, as written in code. A name after a dot is somebody's own member. */
const IMPURE_USES: readonly RegExp[] = [
  /(?<![.\w])Date\b/,
  /(?<![.\w])performance\s*[.[]/,
  /(?<![.\w])Math\b(?:\s*\.\s*random\b|(?!\s*\.))/,
  /(?<![.\w])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
  /(?<![.\w])process\s*[.[]/,
  /(?<![.\w])(?:fetch|require)\s*\(/,
  /(?<![.\w])(?:crypto|console)\s*[.[]/,
  /(?<![.\w])globalThis\b/,
];

/** A piece of code: a comment, a string, a regular expression (after what no value ends with), or one character. */
const PIECE =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[=(,:;!&|?{[+\-*%<>~^]\s*|\breturn\s+)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*|[\s\S]/y;
/** A piece of the text of a template. */
const TEMPLATE_PIECE = /\\[\s\S]|\$\{|[\s\S]/y;

/** The code without comments, regular expressions and texts of templates, each string replaced by its number in `strings`. */
function parse(source: string): { code: string; strings: string[] } {
  const strings: string[] = [];
  /** What is open: "`" the text of a template, "{" a block or an expression in such a text. */
  const open: string[] = [];
  let code = "";
  for (let position = 0; position < source.length; ) {
    const inTemplate = open[open.length - 1] === "`";
    const pattern = inTemplate ? TEMPLATE_PIECE : PIECE;
    pattern.lastIndex = position;
    const piece = pattern.exec(source)?.[0] ?? "";
    position += piece.length;
    if (inTemplate && piece === "`") open.pop();
    else if (inTemplate && piece === "${") open.push("{");
    else if (!inTemplate && (piece === "`" || piece === "{")) open.push(piece);
    else if (!inTemplate && piece === "}") open.pop();
    if (!inTemplate && piece.length === 1) code += piece;
    else if (!inTemplate && /^["']/.test(piece)) code += `"${strings.push(piece.slice(1, -1)) - 1}"`;
    else code += " ";
  }
  return { code, strings };
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const STATIC_IMPORT = /\b(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\sfrom\s*)?"(\d+)"/g;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*(?:"(\d+)"\s*\))?/g;

function importsOf(source: string): Import[] {
  const { code, strings } = parse(source);
  const fixed = [...code.matchAll(STATIC_IMPORT)].map(([, type, index]) => ({
    specifier: strings[Number(index)],
    typeOnly: type !== undefined,
  }));
  const dynamic = [...code.matchAll(DYNAMIC_IMPORT)].map(([, index]) => ({
    specifier: index === undefined ? "what only a run can tell" : strings[Number(index)],
    typeOnly: false,
  }));
  return [...fixed, ...dynamic];
}

const within = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);
const isPure = (file: string): boolean =>
  PURE_FILES.includes(file) ||
  (!DRIVERS.some((place) => within(file, place)) && PURE_FOLDERS.some((folder) => within(file, folder)));

/** The file of ours that an import names; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
}

/** Why a file may not import this; undefined if it may. */
function objection(file: string, { specifier, typeOnly }: Import): string | undefined {
  const target = targetOf(file, specifier);
  if (target === undefined) return isPure(file) && !PURE_PACKAGES.test(specifier) ? WHY_PURE : undefined;
  const [room, other] = [file.split("/")[0], target.split("/")[0]];
  if (floorOf(room) < 0) return `${room}/ is on no floor yet: say in this test on which`;
  if (room !== other && floorOf(other) <= floorOf(room)) return WHY_FLOORS;
  const bar = BARRED.find(({ room: barred, places }) => barred === room && places.includes(other));
  if (bar !== undefined && !EXEMPT.some((place) => within(file, place))) return bar.why;
  if (room === "live" && other === "experiments" && !typeOnly) {
    return "what carries messages knows the shape of an experiment, as types, and does nothing with it";
  }
  if (room === "page" && room !== other && !typeOnly && !isPure(target)) {
    return "the page runs in a browser: of the other rooms it takes types, and what is pure";
  }
  return isPure(file) && !isPure(target) ? WHY_PURE : undefined;
}

/** Files that import one another in a circle, each circle once: the files of it that can be reached from each other. */
function circles(sources: Sources): string[][] {
  const importsByFile = new Map(
    [...sources].map(([file, source]) => [
      file,
      importsOf(source).flatMap(({ specifier }) => targetOf(file, specifier) ?? []),
    ]),
  );
  const reachable = new Map<string, ReadonlySet<string>>();
  for (const file of sources.keys()) {
    const seen = new Set<string>();
    const open = [...(importsByFile.get(file) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(importsByFile.get(next) ?? []));
    }
    reachable.set(file, seen);
  }
  const reaches = (from: string, to: string): boolean => reachable.get(from)?.has(to) ?? false;
  const inCircle = [...sources.keys()].filter((file) => reaches(file, file)).sort();
  const circleOf = (file: string): string[] => inCircle.filter((other) => reaches(file, other) && reaches(other, file));
  return inCircle.map(circleOf).filter(([first], i) => first === inCircle[i]);
}

/** Every breach of a rule, in words: the file, what it does, and why it must not. */
function breaches(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) => {
    const imports = importsOf(source).flatMap((one) => {
      const why = objection(file, one);
      return why === undefined ? [] : [`${file} imports ${one.specifier}: ${why}`];
    });
    if (!isPure(file)) return imports;
    const { code } = parse(source);
    const uses = IMPURE_USES.flatMap((use) => use.exec(code) ?? []).map((use) => `${file} uses ${use}: ${WHY_PURE}`);
    return [...imports, ...uses];
  });
}

describe("the architecture", () => {
  const sources = productSources(".ts");

  it("has every import where the design allows it, and pure cores that are pure", () => {
    expect(breaches(sources)).toEqual([]);
  });

  it("has no files that import one another in a circle", () => {
    expect(circles(sources)).toEqual([]);
  });

  it("has all the rooms and pure cores that the rules speak of, so that no rule is about nothing", () => {
    const files = [...sources.keys()];
    const places = [
      ...FLOORS.flat(),
      ...BARRED.flatMap(({ places: barred }) => barred),
      ...EXEMPT,
      ...PURE_FOLDERS,
      ...PURE_FILES,
      ...DRIVERS,
    ];
    expect(places.filter((place) => !files.some((file) => within(file, place)))).toEqual([]);
    // Every import is seen: as many as there are lines that end in one, and dynamic calls; benchmarks have such lines in texts.
    const product = files.filter((file) => !within(file, "bench"));
    const seen = product.flatMap((file) => importsOf(sources.get(file) ?? "")).length;
    const plain = /^(?:(?:import|export)\b.*|\}) from "[^"]+";$|^import "[^"]+";$|\bimport\((?:"[^"]+"|\w+)\)/gm;
    expect(seen).toBe(product.flatMap((file) => [...(sources.get(file) ?? "").matchAll(plain)]).length);
  });
});

describe("the check of the architecture", () => {
  const breachesOf = (file: string, source: string): string[] => breaches(new Map([[file, source]]));

  it.each([
    ["model/a.ts", 'import { b } from "../theory/b.js";', "../theory/b.js", "lower floors"],
    ["model/statistics/a.ts", 'export * from "../../scenarios/b.js";', "../../scenarios/b.js", "lower floors"],
    ["theory/a.ts", 'import type { B } from "../policies/b.js";', "../policies/b.js", "lower floors"],
    ["policies/a.ts", 'import type { B } from "../experiments/b.js";', "../experiments/b.js", "lower floors"],
    ["scenarios/a.ts", 'import { B } from "../dispatcher/core/b.js";', "../dispatcher/core/b.js", "lower floors"],
    ["scenarios/a.ts", "const b = await import('../live/b.js');", "../live/b.js", "lower floors"],
    ["live/a.ts", 'import { B } from "../dispatcher/b.js";', "../dispatcher/b.js", "lower floors"],
    ["live/a.ts", 'import { b } from "../experiments/b.js";', "../experiments/b.js", "as types"],
    ["live/a.ts", 'import type { B } from "../policies/b.js";', "../policies/b.js", "what carries messages"],
    ["page/a.ts", 'import { b } from "../dispatcher/b.js";', "../dispatcher/b.js", "lower floors"],
    ["page/a.ts", 'import { b } from "../live/http/b.js";', "../live/http/b.js", "runs in a browser"],
    ["cli/a.ts", 'import { b } from "../server-node/b.js";', "../server-node/b.js", "the command"],
    ["dispatcher/a.ts", 'import { b } from "../server-node/b.js";', "../server-node/b.js", "lower floors"],
    ["server-node/a.ts", 'import {\n  b,\n  c,\n} from "../load-generator/b.js";', "../load-generator/b.js", "lower"],
    ["load-generator/a.ts", 'import b from "../simulator/b.js";', "../simulator/b.js", "lower floors"],
    ["gadgets/a.ts", 'import b from "../model/b.js";', "../model/b.js", "gadgets/ is on no floor yet"],
    ["simulator/a.ts", 'import "../live/clock.js";', "../live/clock.js", "virtual time"],
    ["simulator/a.ts", 'import { B } from "../dispatcher/peers.js";', "../dispatcher/peers.js", "live and in virtual"],
    ["simulator/a.ts", 'import { b } from "./parallel/pool.js";', "./parallel/pool.js", "live and in virtual time"],
    ["figures/a.ts", 'import { b } from "../live/b.js";', "../live/b.js", "a figure is made"],
    ["model/a.ts", 'import { readFileSync } from "node:fs";', "node:fs", "live and in virtual time"],
    ["theory/a.ts", 'import fs from "fs";', "fs", "live and in virtual time"],
    ["server-node/server.ts", 'import { WebSocket } from "ws";', "ws", "live and in virtual time"],
    ["dispatcher/core/a.ts", 'import { b } from "../peers.js";', "../peers.js", "live and in virtual time"],
    ["scenarios/a.ts", "const b = await import(name);", "what only a run can tell", "live and in virtual time"],
  ])("finds in %s: %s", (file, source, specifier, why) => {
    const [breach, ...more] = breachesOf(file, source);
    expect(breach).toContain(`${file} imports ${specifier}: `);
    expect(breach).toContain(why);
    expect(more).toEqual([]);
  });

  it("finds circles of files, each once and whole", () => {
    const sources = new Map([
      ["model/a.ts", 'import { b } from "./b.js";'],
      ["model/b.ts", 'import type { C } from "./c/c.js";'],
      ["model/c/c.ts", 'export * from "../a.js";'],
      ["model/d.ts", 'import { a } from "./a.js"; import { e } from "./e.js";'],
      ["model/e.ts", 'const d = await import("./d.js");'],
      ["model/f.ts", 'import { d } from "./d.js";'],
    ]);
    expect(circles(sources)).toEqual([
      ["model/a.ts", "model/b.ts", "model/c/c.ts"],
      ["model/d.ts", "model/e.ts"],
    ]);
  });

  it.each([
    ["Date.now()", "Date"],
    ["new Date()", "Date"],
    ["performance.now()", "performance."],
    ["Math.random()", "Math.random"],
    ["Math\n  .random()", "Math\n  .random"],
    ["(({ random }) => random())(Math)", "Math"],
    ["setTimeout(f, 1)", "setTimeout"],
    ["setInterval(f, 1)", "setInterval"],
    ["setImmediate(f)", "setImmediate"],
    ["process.hrtime()", "process."],
    ["await fetch(url)", "fetch("],
    ["globalThis[name]", "globalThis"],
    // Behind what looks like the start of a string or of a comment, and inside the text of a template.
    ['/"/.test(a) || Date.now()', "Date"],
    ['"//" + Date.now()', "Date"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the template of the source that is tested
    ["`late by ${a ? `${Date.now()}` : {}} ms`", "Date"],
  ])("finds the use in a pure core: %s", (expression, use) => {
    for (const file of ["policies/a.ts", "server-node/rate-control/a.ts", "load-generator/generator.ts"]) {
      expect(breachesOf(file, `const a = ${expression};`)).toEqual([`${file} uses ${use}: ${WHY_PURE}`]);
    }
    expect(breachesOf("server-node/server-node.ts", `const a = ${expression};`)).toEqual([]);
  });

  it("takes no word of a comment, a text or somebody's own member for a use or an import", () => {
    const innocent = [
      'import { exponential } from "../model/random.js";',
      'import type { Prediction } from "./prediction.js";',
      'import seedrandom from "seedrandom";',
      '// import "node:fs"; Date.now()',
      '/** Math.random() is not for us: import("ws"). */',
      "const a = \"the process.exit() of Date.now()\" + 'setTimeout \\' fetch(url)';",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the template of the source that is tested
      "const b = `process.argv ${a} \\` Date.now()`;",
      "const c = /Date[\"'`/]/.exec(a) ?? this.process.fetch(1) / 2 / c.performance.value;",
      "const arrivalProcess = { process: 1, random: () => 0 };",
    ].join("\n");
    expect(breachesOf("theory/a.ts", innocent)).toEqual([]);
  });
});
