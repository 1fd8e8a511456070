import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DRIVERS, PURE_FILES, PURE_FOLDERS } from "./support/pure-cores.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What a file says, by its path from the root. */
type Sources = ReadonlyMap<string, string>;

const PROCESSES = ["load-generator", "dispatcher", "server-node"];
const SHARED = ["model", "theory", "scenarios", "live"];

/** What the files of each folder may import of ours besides files of their own folder, and why no more. */
const ROOMS: ReadonlyMap<string, { readonly allowed: readonly string[]; readonly why: string }> = new Map([
  ["model", { allowed: [], why: "the vocabulary that all share depends on nobody who uses it" }],
  ["theory", { allowed: ["model"], why: "a prediction must not see the system that it is held against" }],
  [
    "scenarios",
    {
      allowed: ["model", "theory", "dispatcher/policies/index.ts"],
      why: "an experiment names its parts, and leaves it to the drivers to build and run them",
    },
  ],
  [
    "simulator",
    { allowed: ["model", "theory", "scenarios", ...PROCESSES], why: "virtual time needs no driver of real time" },
  ],
  [
    "simulator/faults",
    {
      allowed: ["model", "scenarios", "live", "simulator", ...PROCESSES],
      why: "the drivers themselves, told another time and another network",
    },
  ],
  [
    "live",
    { allowed: ["model", "theory", "scenarios"], why: "what carries messages must not depend on who sends them" },
  ],
  [
    "figures",
    {
      allowed: ["model", "theory", "scenarios", "simulator"],
      why: "a figure is made in virtual time, from what theory says",
    },
  ],
  [
    "cli",
    {
      allowed: [...SHARED, "simulator", "figures"],
      why: "the command starts the three processes, and is none of them",
    },
  ],
  [
    "dashboards",
    { allowed: ["model", "theory", "scenarios", "live"], why: "a dashboard shows what metrics and theory say" },
  ],
  ["page", { allowed: SHARED, why: "the page knows the dispatcher by what it streams, and nothing else of it" }],
  ...PROCESSES.map(
    (folder) =>
      [folder, { allowed: SHARED, why: "the three processes meet in model/ and in the wire format only" }] as const,
  ),
]);

/** Packages that compute and do nothing else. */
const PURE_PACKAGES = /^(seedrandom|d3-random|ml-matrix|@stdlib\/.+)$/;
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

/** Why a file may not import this; undefined if it may. */
function objection(file: string, { specifier, typeOnly }: Import): string | undefined {
  if (!specifier.startsWith(".")) {
    return isPure(file) && !PURE_PACKAGES.test(specifier) ? WHY_PURE : undefined;
  }
  const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
  const folder = file.split("/")[0];
  const room = ROOMS.get([...ROOMS.keys()].findLast((place) => within(file, place)) ?? "");
  if (room === undefined) return `${folder}/ has no rule yet: say in this test what it may import, and why no more`;
  if (!within(target, folder) && !room.allowed.some((place) => within(target, place))) return room.why;
  if (folder === "live" && within(target, "scenarios") && !typeOnly) {
    return "what carries messages knows the shape of an experiment, as types, and does nothing with it";
  }
  if (folder === "page" && !typeOnly && !within(target, folder) && !isPure(target)) {
    return "the page runs in a browser: of the other rooms it takes types, and what is pure";
  }
  return isPure(file) && !isPure(target) ? WHY_PURE : undefined;
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

/** All that the build compiles and bundles. */
function sourcesOfProduct(): Sources {
  const { include } = JSON.parse(readFileSync(join(ROOT, "tsconfig.build.json"), "utf8")) as { include: string[] };
  const files = [...include, "page"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => posix.join(folder, file)),
  );
  return new Map(
    files.filter((file) => file.endsWith(".ts")).map((file) => [file, readFileSync(join(ROOT, file), "utf8")]),
  );
}

describe("the architecture", () => {
  const sources = sourcesOfProduct();

  it("has every import where the design allows it, and pure cores that are pure", () => {
    expect(breaches(sources)).toEqual([]);
  });

  it("has all the rooms and pure cores that the rules speak of, so that no rule is about nothing", () => {
    const files = [...sources.keys()];
    const places = [...ROOMS.keys(), ...PURE_FOLDERS, ...PURE_FILES, ...DRIVERS];
    expect(places.filter((place) => !files.some((file) => within(file, place)))).toEqual([]);
    // Every import is seen: as many as there are lines that end in one, and dynamic calls.
    const seen = files.flatMap((file) => importsOf(sources.get(file) ?? "")).length;
    const plain = /^(?:(?:import|export)\b.*|\}) from "[^"]+";$|^import "[^"]+";$|\bimport\((?:"[^"]+"|\w+)\)/gm;
    expect(seen).toBe(files.flatMap((file) => [...(sources.get(file) ?? "").matchAll(plain)]).length);
  });
});

describe("the check of the architecture", () => {
  const breachesOf = (file: string, source: string): string[] => breaches(new Map([[file, source]]));

  it.each([
    ["model/a.ts", 'import { b } from "../theory/b.js";', "../theory/b.js", "the vocabulary"],
    ["model/statistics/a.ts", 'export * from "../../scenarios/b.js";', "../../scenarios/b.js", "the vocabulary"],
    ["theory/a.ts", 'import type { B } from "../scenarios/b.js";', "../scenarios/b.js", "a prediction"],
    ["scenarios/a.ts", 'import { B } from "../dispatcher/fleet.js";', "../dispatcher/fleet.js", "an experiment"],
    ["scenarios/a.ts", "const b = await import('../live/b.js');", "../live/b.js", "an experiment"],
    ["simulator/a.ts", 'import "../live/clock.js";', "../live/clock.js", "virtual time"],
    ["simulator/a.ts", 'import { B } from "../dispatcher/peers.js";', "../dispatcher/peers.js", "live and in virtual"],
    ["live/a.ts", 'import { B } from "../dispatcher/b.js";', "../dispatcher/b.js", "what carries messages"],
    ["live/a.ts", 'import { b } from "../scenarios/b.js";', "../scenarios/b.js", "as types"],
    ["page/a.ts", 'import { b } from "../dispatcher/b.js";', "../dispatcher/b.js", "the page knows"],
    ["page/a.ts", 'import { b } from "../live/endpoints.js";', "../live/endpoints.js", "runs in a browser"],
    ["cli/a.ts", 'import { b } from "../server-node/b.js";', "../server-node/b.js", "the command"],
    ["dispatcher/a.ts", 'import { b } from "../server-node/b.js";', "../server-node/b.js", "the three processes"],
    [
      "server-node/a.ts",
      'import {\n  b,\n  c,\n} from "../load-generator/b.js";',
      "../load-generator/b.js",
      "the three",
    ],
    ["load-generator/a.ts", 'import b from "../dispatcher/fleet.js";', "../dispatcher/fleet.js", "the three processes"],
    ["load-generator/a.ts", 'import b from "../simulator/b.js";', "../simulator/b.js", "the three processes"],
    ["gadgets/a.ts", 'import b from "../model/b.js";', "../model/b.js", "gadgets/ has no rule yet"],
    ["model/a.ts", 'import { readFileSync } from "node:fs";', "node:fs", "live and in virtual time"],
    ["theory/a.ts", 'import fs from "fs";', "fs", "live and in virtual time"],
    ["server-node/server.ts", 'import { WebSocket } from "ws";', "ws", "live and in virtual time"],
    ["dispatcher/fleet.ts", 'import { b } from "./peers.js";', "./peers.js", "live and in virtual time"],
    ["figures/a.ts", 'import { b } from "../live/b.js";', "../live/b.js", "a figure is made"],
    ["simulator/a.ts", 'import { b } from "./parallel/pool.js";', "./parallel/pool.js", "live and in virtual time"],
    ["scenarios/a.ts", "const b = await import(name);", "what only a run can tell", "live and in virtual time"],
  ])("finds in %s: %s", (file, source, specifier, why) => {
    const [breach, ...more] = breachesOf(file, source);
    expect(breach).toContain(`${file} imports ${specifier}: `);
    expect(breach).toContain(why);
    expect(more).toEqual([]);
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
    for (const file of ["dispatcher/policies/a.ts", "server-node/rate-control/a.ts", "load-generator/generator.ts"]) {
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
