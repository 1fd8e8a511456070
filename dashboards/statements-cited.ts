import type { Reference } from "../theory/bibliography/index.js";
import { papers } from "../theory/bibliography/statements/index.js";
import type { Paper } from "../theory/bibliography/statements/paper.js";
import { asRead, citationAt } from "./citations.js";

/** A statement of a paper, where a file cites it. */
export interface Cited {
  readonly paper: Reference;
  /** Kind and number: "Theorem 2.9". */
  readonly statement: string;
}

const NUMBER = "(?:[A-C]\\.)?\\d+(?:\\.\\d+)?(?![\\d.]*\\d)";
const KINDS = "Assumption|Claim|Corollary|Definition|Figure|Lemma|Proposition|Remark|Table|Theorem";
const PLURALS = "Assumptions|Corollaries|Definitions|Figures|Lemmas|Propositions|Remarks|Theorems";
const STATEMENT = new RegExp(
  `\\b(?:(${KINDS}) (${NUMBER})|(${PLURALS}) (${NUMBER}(?:(?:, | and |, and | to | or |-)${NUMBER})*))`,
  "g",
);

/** All statements of the papers that a file cites: of the paper named with them, else of the one that the file is about. */
export function statementsIn(file: string, text: string): readonly Cited[] {
  const read = asRead(text);
  const subject = papers.filter(({ files }) => files.test(file));
  return [...read.matchAll(STATEMENT)].flatMap((match) => {
    const [whole, kind, number, kinds, numbers] = match;
    const names =
      kind === undefined ? expanded(numbers).map((one) => `${singular(kinds)} ${one}`) : [`${kind} ${number}`];
    const named = citationAt(read, match.index, whole.length);
    return names.flatMap((statement) => {
      const paper = named ?? aboutOne(subject, statement) ?? aboutOne(papers, statement);
      return papers.some(({ reference }) => reference === paper) ? [{ paper: paper as Reference, statement }] : [];
    });
  });
}

/** The only one of these papers that has the statement; the only paper, whether it has it or not. */
function aboutOne(among: readonly Paper[], statement: string): string | undefined {
  const having = among.length === 1 ? among : among.filter(({ statements }) => statement in statements);
  return having.length === 1 ? having[0].reference : undefined;
}

function singular(kinds: string): string {
  return kinds === "Corollaries" ? "Corollary" : kinds.slice(0, -1);
}

/** "2.9, 2.10 and 2.11" or "3 to 5", one by one. */
function expanded(numbers: string): readonly string[] {
  const all: string[] = [];
  for (const [, link, number] of numbers.matchAll(new RegExp(`(, and |, | and | or | to |-|)(${NUMBER})`, "g"))) {
    const from = all.at(-1);
    if (from !== undefined && (link === " to " || link === "-")) {
      const [section, first, last] = [number.replace(/\d+$/, ""), lastNumber(from), lastNumber(number)];
      for (let one = first + 1; one < last; one++) all.push(`${section}${one}`);
    }
    all.push(number);
  }
  return all;
}

function lastNumber(number: string): number {
  return Number(/\d+$/.exec(number)?.[0]);
}
