import { setTimeout as sleep } from "node:timers/promises";
import { askPrometheus, type Sample, type Series } from "./promql.js";

const ASK_AGAIN_MILLISECONDS = 2000;
/** Prometheus rereads its targets every few seconds, and then waits for the next scrape. */
const FIRST_SCRAPE_MILLISECONDS = 30_000;

/**
 * The runs that Prometheus scrapes: the dispatchers that measure one, of several the first. Waits a while for the first run, since both
 * may have just been started.
 *
 * @returns empty if none appears
 * @throws UserError if Prometheus does not answer
 */
export async function scrapedRuns(url: string): Promise<Series[]> {
  const patience = Date.now() + FIRST_SCRAPE_MILLISECONDS;
  for (let asked = 0; ; asked++) {
    const runs = await askPrometheus(url, 'equipoise_run_info{dispatcher="0"}');
    if (runs.length > 0 || Date.now() > patience) return runs;
    if (asked === 0) process.stderr.write("waiting: Prometheus has not scraped a dispatcher yet\n");
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
}

/**
 * Waits until a dispatcher has measured for the whole window, and reports on standard error what it is waiting for.
 *
 * @param selector of the dispatcher's metrics
 * @param windowSeconds length of the window
 * @throws UserError if Prometheus does not answer
 */
export async function waitForWindow(url: string, selector: string, windowSeconds: number): Promise<void> {
  let reported = "";
  for (;;) {
    const [series] = await askPrometheus(url, `equipoise_run_measuring{${selector}}[${Math.ceil(windowSeconds)}s]`);
    const measured = measuredSeconds(series?.samples ?? []);
    const step = stepSeconds(series?.samples ?? []);
    if (measured + 2 * step >= windowSeconds) return;
    const what =
      measured === 0
        ? "the run is warming up"
        : `the run has not been measured for the whole window of ${windowSeconds} s yet`;
    if (what !== reported) process.stderr.write(`waiting: ${what}\n`);
    reported = what;
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
}

/** How long a dispatcher has been measuring without interruption, up to the last scrape. */
export function measuredSeconds(samples: readonly Sample[]): number {
  const before = samples.findLastIndex(({ value }) => value !== 1);
  const since = samples[before + 1];
  return since === undefined ? 0 : (samples.at(-1) ?? since).seconds - since.seconds;
}

/** Mean time between two scrapes; 0 if there are fewer than two. */
function stepSeconds(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined
    ? 0
    : (last.seconds - first.seconds) / Math.max(1, samples.length - 1);
}
