import type { DispatcherState } from "./http/dispatcher-state.js";

/** How late a server node delivered completions since it started. Lateness never delays the next start of service. */
export interface Lateness {
  deliveries: number;
  totalSeconds: number;
  maxSeconds: number;
}

/** The lateness of several nodes combined. */
export function latenessOf(nodes: Iterable<{ readonly lateness: Readonly<Lateness> }>): DispatcherState["lateness"] {
  let [deliveries, totalSeconds, maxSeconds] = [0, 0, 0];
  for (const { lateness } of nodes) {
    deliveries += lateness.deliveries;
    totalSeconds += lateness.totalSeconds;
    maxSeconds = Math.max(maxSeconds, lateness.maxSeconds);
  }
  return { deliveries, totalSeconds, meanSeconds: deliveries === 0 ? 0 : totalSeconds / deliveries, maxSeconds };
}
