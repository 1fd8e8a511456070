import { NOT_READING } from "../../live/wire/session.js";
import type { Peer } from "./peer-sessions.js";

/** Most bytes that may wait for all peers together. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;

/** Shuts out the peers for which most waits, until what waits for the others is within the limit. */
export function endGreediest(peers: Iterable<Peer>, most = MOST_WAITING_BYTES): void {
  let total = 0;
  const waiting: { readonly peer: Peer; readonly bytes: number }[] = [];
  for (const peer of peers) {
    // Frames that are not sent yet are not acknowledged either: they are in memory once.
    const bytes = Math.max(peer.session.unacknowledgedBytes, peer.channel?.unsentBytes ?? 0);
    total += bytes;
    if (bytes > 0 && peer.channel !== undefined) waiting.push({ peer, bytes });
  }
  if (total <= most) return;
  waiting.sort((a, b) => b.bytes - a.bytes);
  for (const { peer, bytes } of waiting) {
    peer.channel?.reject(NOT_READING);
    total -= bytes;
    if (total <= most) return;
  }
}
