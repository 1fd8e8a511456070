import type { DispatcherState } from "./dispatcher-state.js";

/** How late a server node delivered completions, since it started. The next job never starts later for it. */
export interface Lateness {
  deliveries: number;
  totalSeconds: number;
  maxSeconds: number;
}

/** Of several nodes together. */
export function latenessOf(nodes: Iterable<{ readonly lateness: Readonly<Lateness> }>): DispatcherState["lateness"] {
  let [deliveries, totalSeconds, maxSeconds] = [0, 0, 0];
  for (const { lateness } of nodes) {
    deliveries += lateness.deliveries;
    totalSeconds += lateness.totalSeconds;
    maxSeconds = Math.max(maxSeconds, lateness.maxSeconds);
  }
  return { deliveries, totalSeconds, meanSeconds: deliveries === 0 ? 0 : totalSeconds / deliveries, maxSeconds };
}
