/**
 * What is said of a job besides its size, in one number, as it is passed on and remembered: its key (its neighbourhood in a graph, or its
 * affinity key), by which policies may tell jobs apart, and its type, by which only measurements do.
 */
const KEYS = 2 ** 24;

/** Keys are from 0 to this one. */
export const LARGEST_KEY = KEYS - 1;
/** Most types of jobs: labels have 32 bits. */
export const MOST_JOB_TYPES = 2 ** 8;

/** @param type from 0 on */
export function jobLabel(key: number, type: number): number {
  return type * KEYS + key;
}

export function keyOf(label: number): number {
  return label & LARGEST_KEY;
}

export function typeOf(label: number): number {
  return label >>> 24;
}
