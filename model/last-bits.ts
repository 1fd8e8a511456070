/**
 * The number closest to `near` of which these are the last 32 bits. Counters have 32 bits on the wire and more in memory: both
 * ends know about where they are, so that none of them ever wraps.
 *
 * @param near a whole number, up to 2^53 in size
 * @param lastBits 0 <= lastBits < 2^32
 */
export function withLastBits(near: number, lastBits: number): number {
  return near + ((lastBits - near) | 0);
}
