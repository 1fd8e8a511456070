import { Pool } from "../simulator/parallel/pool.js";

/** Why work ended before it was done; undefined if it was done. */
export type EndedBy = "interrupt" | "budget" | undefined;

/**
 * Does work on worker threads, until it is done, the user interrupts it, or its time is over. Then the threads end at once, and what is
 * done is done.
 *
 * @param budgetSeconds how long it may take; Infinity for any time
 */
export async function onThreads(
  workers: number,
  budgetSeconds: number,
  work: (pool: Pool) => Promise<void>,
): Promise<EndedBy> {
  const pool = new Pool(workers);
  let endedBy: EndedBy;
  const end = (why: EndedBy): void => {
    endedBy ??= why;
    void pool.close();
  };
  const onInterrupt = (): void => end("interrupt");
  for (const signal of SIGNALS) process.once(signal, onInterrupt);
  const timer = Number.isFinite(budgetSeconds) ? setTimeout(() => end("budget"), 1000 * budgetSeconds) : undefined;
  try {
    await work(pool);
  } catch (error) {
    if (endedBy === undefined) throw error;
  } finally {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
    await pool.close();
  }
  return endedBy;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
