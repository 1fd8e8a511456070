import { setTimeout as sleep } from "node:timers/promises";
import { authorization, readToken } from "../live/http/access.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { EXIT } from "../live/processes/process.js";
import { type LiveSystemOptions, Supervisor } from "../live/processes/supervisor.js";
import { messageOf } from "../model/errors.js";
import { LocalPrometheus } from "./local-prometheus.js";
import { Screen } from "./screen.js";

/** How a live run ended. */
export interface LiveOutcome {
  /** The last state seen; undefined if the system ended before there was one. */
  readonly state: DispatcherState | undefined;
  /** The exit code of the signal that ended the run; undefined if none did. */
  readonly signalled: number | undefined;
  /** Which process ended unexpectedly, and how; undefined if none did. */
  readonly failure: string | undefined;
}

const POLL_MILLISECONDS = 500;

/**
 * Starts a live system, shows it while it runs, and ends all its processes once `finished` returns true, at Ctrl-C or
 * SIGTERM or SIGHUP, or when one of them fails. With `prometheusPort`, a Prometheus is started first. A second Ctrl-C kills the
 * processes that have not ended yet.
 */
export async function liveRun(
  options: LiveSystemOptions,
  show: { readonly withTable: boolean; readonly prometheusPort?: number },
  finished: (state: DispatcherState) => boolean,
): Promise<LiveOutcome> {
  const token = readToken(options.tokenFile);
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
  process.on("SIGHUP", onTerminate);
  let state: DispatcherState | undefined;
  let prometheus: LocalPrometheus | undefined;
  try {
    if (show.prometheusPort !== undefined) prometheus = await LocalPrometheus.start(show.prometheusPort);
    const { servers, division } = options.experiment.system;
    const scraped = prometheus === undefined ? "" : `, with Prometheus at ${prometheus.url}`;
    const shared = division === undefined ? "" : ` and ${division.dispatchers} dispatchers`;
    screen.status(
      `starting ${Math.min(options.processes, servers)} server-node processes for ${servers} servers${shared}${scraped}`,
    );
    await supervisor.start();
    while (!stop.signal.aborted && supervisor.failure === undefined) {
      state = (await fetchState(supervisor.dispatcherUrl, token)) ?? state;
      if (state !== undefined) screen.show(state, supervisor.dispatcherUrl, prometheus?.url);
      if (state !== undefined) prometheus?.follow(supervisor.dispatcherUrl, state);
      if (state !== undefined && finished(state)) break;
      await sleep(POLL_MILLISECONDS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (stop.signal.aborted || supervisor.failure !== undefined)
      state = (await fetchState(supervisor.dispatcherUrl, token)) ?? state;
  } finally {
    screen.clear();
    await supervisor.stop();
    await prometheus?.stop();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
    process.off("SIGHUP", onTerminate);
  }
  return { state, signalled, failure: supervisor.failure };
}

/** The dispatcher's state; undefined if it does not answer, for a reason that the supervisor then knows. */
async function fetchState(url: string, token: string | undefined): Promise<DispatcherState | undefined> {
  try {
    const response = await fetch(`${url}/api/state`, {
      headers: authorization(token),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return (await response.json()) as DispatcherState;
  } catch (error) {
    process.stderr.write(`the dispatcher does not answer: ${messageOf(error)}\n`);
    return undefined;
  }
}
