import { setTimeout as sleep } from "node:timers/promises";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { EXIT } from "../live/process.js";
import { type LiveSystemOptions, Supervisor } from "../live/supervisor.js";
import { messageOf } from "../model/errors.js";
import { LocalPrometheus } from "./local-prometheus.js";
import { Screen } from "./screen.js";

/** How a live run ended. */
export interface LiveOutcome {
  /** The last state seen; undefined if the system ended before there was one. */
  readonly state: DispatcherState | undefined;
  /** The exit code of the signal that ended the run; undefined if none did. */
  readonly signalled: number | undefined;
  /** A process that ended although it should not have. */
  readonly failure: string | undefined;
}

const POLL_MILLISECONDS = 500;

/**
 * Starts a live system, shows it while it runs, and ends every process of it: when `finished` says so, at Ctrl-C or
 * SIGTERM, or when one of its processes fails. With a port for it, a Prometheus is started before anything else. A second Ctrl-C kills what has not ended yet.
 */
export async function liveRun(
  options: LiveSystemOptions,
  show: { readonly withTable: boolean; readonly prometheusPort?: number },
  finished: (state: DispatcherState) => boolean,
): Promise<LiveOutcome> {
  const supervisor = new Supervisor(options);
  const screen = new Screen(show.withTable);
  const stop = new AbortController();
  let signalled: number | undefined;
  const onSignal = (exitCode: number): void => {
    if (signalled !== undefined) supervisor.kill();
    signalled = exitCode;
    stop.abort();
  };
  const onInterrupt = (): void => onSignal(EXIT.interrupted);
  const onTerminate = (): void => onSignal(EXIT.terminated);
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  let state: DispatcherState | undefined;
  let prometheus: LocalPrometheus | undefined;
  try {
    if (show.prometheusPort !== undefined) prometheus = await LocalPrometheus.start(show.prometheusPort);
    const { servers } = options.experiment.system;
    const scraped = prometheus === undefined ? "" : `, with Prometheus at ${prometheus.url}`;
    const shared = options.dispatchers === 1 ? "" : ` and ${options.dispatchers} dispatchers`;
    screen.status(
      `starting ${Math.min(options.processes, servers)} server-node processes for ${servers} servers${shared}${scraped}`,
    );
    await supervisor.start();
    while (!stop.signal.aborted && supervisor.failure === undefined) {
      state = (await fetchState(supervisor.dispatcherUrl)) ?? state;
      if (state !== undefined) screen.show(state, supervisor.dispatcherUrl, prometheus?.url);
      if (state !== undefined) prometheus?.follow(supervisor.dispatcherUrl, state);
      if (state !== undefined && finished(state)) break;
      await sleep(POLL_MILLISECONDS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (stop.signal.aborted || supervisor.failure !== undefined)
      state = (await fetchState(supervisor.dispatcherUrl)) ?? state;
  } finally {
    if (state === undefined) screen.clear();
    else screen.done();
    await supervisor.stop();
    await prometheus?.stop();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
  }
  return { state, signalled, failure: supervisor.failure };
}

/** The dispatcher's state; undefined if it does not answer, which the supervisor then knows the reason of. */
async function fetchState(url: string): Promise<DispatcherState | undefined> {
  try {
    const response = await fetch(`${url}/api/state`, { signal: AbortSignal.timeout(5000) });
    return (await response.json()) as DispatcherState;
  } catch (error) {
    process.stderr.write(`no answer from the dispatcher: ${messageOf(error)}\n`);
    return undefined;
  }
}
