import { stripVTControlCharacters } from "node:util";
import { printable } from "../model/printable.js";
import { wrapped } from "../model/wrapped.js";

/** What text is printed on; for a file or a pipe, of any size and without colours. */
export interface Paper {
  /** Characters in a line. */
  readonly width: number;
  /** Lines that there is room for. */
  readonly lines: number;
  readonly hasColours: boolean;
}

export const ANY_PAPER: Paper = { width: Number.POSITIVE_INFINITY, lines: Number.POSITIVE_INFINITY, hasColours: false };

/** The terminal at the other end of a stream, if it is one. No colours where NO_COLOR asks for none (no-color.org). */
export function paperOf({ isTTY, columns }: NodeJS.WriteStream): Paper {
  if (!isTTY) return ANY_PAPER;
  // Some terminals do not know their size.
  const width = columns > 0 ? columns : Number.POSITIVE_INFINITY;
  return { ...ANY_PAPER, width, hasColours: (process.env.NO_COLOR ?? "") === "" };
}

export interface LayOutOptions {
  /** Characters in a line; as many as it takes by default. */
  readonly width?: number;
  /** What a cell of a row looks like: the text itself, with colours around it. */
  readonly paint?: (text: string, column: number) => string;
}

/** What is below a row is set in by so much. */
const BELOW = "    ";

/**
 * Lays out rows in columns as wide as their widest cell; numbers line up on the right. The last columns, as many as do not fit
 * into the width, are below their rows, numbers with their titles. Cells are made printable before they are painted.
 */
export function layOut(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number>,
  { width = Number.POSITIVE_INFINITY, paint = (text) => text }: LayOutOptions = {},
): string {
  const cells = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  let beside = header.length;
  while (beside > 1 && lengthOf(widths.slice(0, beside)) > width) beside--;
  const line = (row: readonly string[]): string =>
    row
      .slice(0, beside)
      .map((cell, column) => {
        const padding = " ".repeat(widths[column] - cell.length);
        return rightAligned.has(column) ? padding + paint(cell, column) : paint(cell, column) + padding;
      })
      .join("  ")
      .trimEnd();
  const below = (row: readonly string[]): string[] => {
    const further = row.flatMap((cell, column) => {
      if (column < beside || cell === "" || cell === "-") return [];
      return [rightAligned.has(column) ? `${header[column]} ${cell}` : cell];
    });
    return further.length === 0 ? [] : wrapped(further.join("; "), width, BELOW).split("\n");
  };
  const rule = widths.slice(0, beside).map((of) => "-".repeat(Math.min(of, width)));
  return [line(header), rule.join("  "), ...cells.flatMap((row) => [line(row), ...below(row)])].join("\n");
}

/** Of a line of columns of these widths. */
function lengthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
}

/** What fits into a line of a terminal; lines with colours fit, or there are no columns left to leave out. */
export function shortened(line: string, width: number): string {
  return line.length <= width || line.includes("\u001b") ? line : `${line.slice(0, width - 3)}...`;
}

/** Every line that is too long broken between words, and set in as it was; colours take no room. */
export function folded(text: string, width: number): string {
  const lines = text.split("\n").map((line) => {
    const fits = stripVTControlCharacters(line).length <= width;
    return fits ? line : wrapped(line.trimStart(), width, /^ */.exec(line)?.[0] ?? "");
  });
  return lines.join("\n");
}
