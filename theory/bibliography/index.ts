import { fitting } from "./fitting.js";
import { loadBalancing } from "./load-balancing.js";
import { methods } from "./methods.js";
import { probability } from "./probability.js";
import type { Publication } from "./publication.js";

/**
 * All that is cited, in code, messages and documents, by its key: the authors and the year, "Gast and Van Houdt (2017)", or in a
 * bracket "(Gast and Van Houdt 2017)".
 */
export const BIBLIOGRAPHY = { ...fitting, ...loadBalancing, ...methods, ...probability } as const;

/** The key of a publication. */
export type Reference = keyof typeof BIBLIOGRAPHY;

/** All publications with their keys, by author. */
export function publications(): readonly (readonly [Reference, Publication])[] {
  const all = Object.entries(BIBLIOGRAPHY) as [Reference, Publication][];
  return all.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

/** Authors, year and title. */
export function withTitle(key: Reference): string {
  return `${key}, ${BIBLIOGRAPHY[key].title}`;
}
