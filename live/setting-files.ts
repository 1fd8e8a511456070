import { readFileSync } from "node:fs";
import { messageOf, UserError } from "../model/errors.js";

const MARK = "file:";

/**
 * Reads the files that settings name: a value `file:PATH` is followed by a line end and what the file says, for parsers that are
 * pure and read no files themselves.
 *
 * @throws UserError naming the setting and the file that cannot be read
 */
export function withFiles(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value.startsWith(MARK) ? `${value}\n${contentOf(name, value)}` : value,
    ]),
  );
}

function contentOf(name: string, value: string): string {
  try {
    return readFileSync(value.slice(MARK.length), "utf8");
  } catch (error) {
    throw new UserError(`${name} = ${value}: cannot be read (${messageOf(error)})`);
  }
}

/** The value as the user wrote it. */
export function withoutContent(value: string): string {
  return value.split("\n", 1)[0];
}
