import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf, UserError } from "../../model/errors.js";
import { namesFile, pathIn, withPath } from "../../model/named-files.js";

/**
 * Reads the files that settings name: a value such as `file:PATH` is extended by a newline and the file's contents, since the
 * parsers are pure and read no files.
 *
 * @throws UserError naming the setting and the file that cannot be read
 */
export function withFiles(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, withFile(name, value)]));
}

/** The value of one setting, with the file that it names. Throws UserError as `withFiles` does. */
export function withFile(name: string, value: string): string {
  if (!namesFile(value)) return value;
  try {
    return `${value}\n${readFileSync(pathIn(value), "utf8")}`;
  } catch (error) {
    throw new UserError(`${name} = ${value}: cannot be read (${messageOf(error)})`);
  }
}

/** The value of a setting from a file in this folder: a path that it names starts from there. */
export function fromFolder(folder: string, value: string): string {
  return namesFile(value) ? withPath(value, resolve(folder, pathIn(value))) : value;
}
