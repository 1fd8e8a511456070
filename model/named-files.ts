/**
 * Values that name files: `NAME:PATH`. Parsers are pure and read no files: whoever may read them extends such a value by a newline and the
 * content of its file.
 */
const NAMED_FILE = /^(file|empirical|trace):/;

/** Whether a value names a file. */
export function namesFile(value: string): boolean {
  return NAMED_FILE.test(value);
}

/** The path in a value that names a file, without the content that may follow. */
export function pathIn(value: string): string {
  return withoutContent(value).replace(NAMED_FILE, "");
}

/** The same value with another path. */
export function withPath(value: string, path: string): string {
  return `${NAMED_FILE.exec(value)?.[0]}${path}`;
}

/** A setting's value as the user wrote it. */
export function withoutContent(value: string): string {
  return value.split("\n", 1)[0];
}

/** Settings as the user wrote them. */
export function withoutContents(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, withoutContent(value)]));
}
