/** Of so many letters of a word, one may be wrong for another word to be meant. */
const LETTERS_PER_SLIP = 3;

/**
 * What a message says of a word that is not known: which one was probably meant, if any is near, and all that there are.
 *
 * @param known the words that may be written
 * @param forms how they are written, if that is more than the words
 */
export function useOneOf(word: string, known: readonly string[], forms = known.join(", ")): string {
  const meant = nearest(word, known);
  return meant === undefined ? `use one of ${forms}` : `did you mean ${meant}? Use one of ${forms}`;
}

/** The known word that is nearest to this one, if it is near enough for a slip: undefined if none is. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.toLowerCase();
  let least = Math.max(1, Math.floor(given.length / LETTERS_PER_SLIP)) + 1;
  let found: string | undefined;
  for (const one of known) {
    const slips = slipsBetween(given, one.toLowerCase());
    if (slips < least && slips < one.length) [least, found] = [slips, one];
  }
  return found;
}

/**
 * How many slips lead from one word to another: letters left out, added, mistaken, or exchanged with the next one (the optimal
 * string alignment distance).
 */
export function slipsBetween(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const mistaken = above[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(mistaken, above[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, above] = [above, row];
  }
  return above[to.length];
}
