/** Control and format characters, line and paragraph separators, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The text with the number of each character in its place that a terminal would obey or hide: names, reasons and files that
 * come from elsewhere cannot then change what is shown of others.
 *
 * @param keep characters that stay as they are
 */
export function printable(text: string, keep = ""): string {
  return text.replace(UNPRINTABLE, (character) =>
    keep.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
