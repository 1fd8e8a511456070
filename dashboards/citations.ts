import { publications, type Reference } from "../theory/bibliography/index.js";

/** A text as it reads: comments and texts that are broken over lines in one line. */
export function asRead(text: string): string {
  return text.replace(/["`] \+\n\s*["`]/g, "").replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, " ");
}

const NAME = "(?:(?:van der|van|der|de|Van) )*[A-Z][\\w'-]*[a-z]";
const CITATION = new RegExp(
  `(${NAME}(?:, ${NAME})*(?: and ${NAME})?)(?: \\((\\d{4})\\)|(?<=\\([^()]*) (\\d{4})\\b)`,
  "g",
);

/** The keys of all that a text cites, whether there are such publications or not. */
export function citationsIn(text: string): ReadonlySet<string> {
  return new Set(
    [...asRead(text).matchAll(CITATION)].map(([, authors, year, inner]) => `${authors} (${year ?? inner})`),
  );
}

/** The publications of several authors that a text names without a year. */
export function namedWithoutYear(text: string): readonly Reference[] {
  const read = asRead(text);
  return publications()
    .map(([key]) => key)
    .filter((key) => {
      const authors = key.slice(0, -" (2000)".length);
      return authors.includes(" and ") && new RegExp(`${authors}(?! \\(?\\d{4}\\b)`).test(read);
    });
}

/**
 * The key of what is cited together with a part of a text as read: right after it ("Theorem 2.9 of ..."), or before it in the same
 * sentence; undefined if there is none.
 */
export function citationAt(read: string, start: number, length: number): string | undefined {
  const after = /^[^.;:]{0,40}? (?:of|in) /.exec(read.slice(start + length, start + length + 160));
  if (after !== null) {
    const [next] = read.slice(start + length + after[0].length).matchAll(CITATION);
    if (next?.index === 0) return keyOf(next);
  }
  const sentence =
    read
      .slice(Math.max(0, start - 300), start)
      .split(/[.;] |\n/)
      .at(-1) ?? "";
  const before = [...sentence.matchAll(CITATION)].at(-1);
  return before === undefined ? undefined : keyOf(before);
}

function keyOf([, authors, year, inner]: RegExpMatchArray): string {
  return `${authors} (${year ?? inner})`;
}
