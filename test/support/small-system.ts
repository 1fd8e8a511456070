import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { STATE_MILLISECONDS } from "../../live/http/endpoints.js";
import type { Beginning, RunEvent, Update } from "../../live/http/page-feed.js";
import { eventually, type Running } from "./equipoise.js";
import { FaultProxy } from "./fault-proxy.js";
import { LiveProcesses } from "./live-processes.js";

export const TIME_UNIT_SECONDS = 0.02;
const UNIT = ["--time-unit", `${TIME_UNIT_SECONDS}s`];
const SETTINGS = ["servers=4", "rateControl=fixed", "initialRates=constant:1", "buffer=infinite", "arrivalRate=0.6"];
const SERVERS = ["--servers", "2", "--rate-control", "fixed", "--initial-rates", "constant:1", "--buffer", "infinite"];
/** A process is lost after three of these: long enough for a busy machine, short enough for a test. */
export const HEARTBEAT_SECONDS = 0.3;
/** The generator sends so many jobs in about 2.5 s, unless told otherwise, and waits for their end. */
export const JOBS = 300;

interface Started {
  readonly url: string;
  readonly dispatcher: Running;
  /** The second node's way to the dispatcher. */
  readonly proxy: FaultProxy;
  readonly first: Running;
  readonly second: Running;
  readonly generator: Running;
}

/**
 * A small system of real processes to do harm to: a dispatcher, two nodes of two servers each with room for any number of
 * jobs, and a generator that sends six tenths of what they can serve.
 */
export class SmallSystem {
  private readonly live = new LiveProcesses();
  private readonly proxies: FaultProxy[] = [];

  /** All of it, with some jobs done. @param flags of the dispatcher */
  async start(...flags: string[]): Promise<Started> {
    const { url, dispatcher } = await this.startDispatcher(...flags);
    const proxy = await this.proxyBefore(url);
    const first = this.startNode(url, 0);
    const second = this.startNode(proxy.url, 2);
    await untilConnected(url, 4);
    const generator = this.startGenerator(url);
    await untilCompleted(url, 50);
    return { url, dispatcher, proxy, first, second, generator };
  }

  /** At any free port, unless the flags name one. */
  async startDispatcher(...flags: string[]): Promise<{ url: string; dispatcher: Running }> {
    const settings = ["--set", ...SETTINGS, ...UNIT, "--heartbeat", `${HEARTBEAT_SECONDS}s`];
    const dispatcher = this.live.start("dispatcher/main.js", ["--port", "0", ...settings, ...flags]);
    const said = await dispatcher.says(/listening on port \d+/);
    return { url: `http://127.0.0.1:${/listening on port (\d+)/.exec(said)?.[1]}`, dispatcher };
  }

  async proxyBefore(url: string): Promise<FaultProxy> {
    const proxy = await FaultProxy.before(url);
    this.proxies.push(proxy);
    return proxy;
  }

  startNode(url: string, firstServer: number, ...flags: string[]): Running {
    const name = `node-${firstServer}`;
    return this.live.serverNode(url, ...SERVERS, "--first-server", `${firstServer}`, "--name", name, ...UNIT, ...flags);
  }

  startGenerator(url: string, ...flags: string[]): Running {
    const load = ["--arrival-rate", "2.4", "--jobs", String(JOBS), "--output", "json"];
    return this.live.loadGenerator(url, ...UNIT, ...load, ...flags);
  }

  async end(): Promise<void> {
    for (const proxy of this.proxies.splice(0)) proxy.close();
    await this.live.end();
  }
}

export async function stateAt(url: string): Promise<DispatcherState> {
  return (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
}

/** What the page is told first. */
async function feedAt(url: string): Promise<{ begin: Beginning; update: Update }> {
  const stop = new AbortController();
  const { body } = await fetch(`${url}/api/events`, { signal: stop.signal });
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const [, begin, update] = /^event: begin\ndata: (.*)\n\nevent: update\ndata: (.*)\n\n/.exec(text) ?? [];
    if (update !== undefined) return { begin: JSON.parse(begin), update: JSON.parse(update) };
  }
  throw new Error("the stream of events ended before it began");
}

/** The run as it stands, as the page is told it. */
export const updateAt = async (url: string): Promise<Update> => (await feedAt(url)).update;

/** Everything that happened to the run so far, as the page is told it. */
export async function eventsAt(url: string): Promise<readonly RunEvent[]> {
  const { begin, update } = await feedAt(url);
  return [...begin.events, ...update.events];
}

export const untilConnected = (url: string, servers: number): Promise<true> =>
  eventually(async () => (await stateAt(url)).servers.connected === servers || undefined);
export const untilCompleted = (url: string, jobs: number): Promise<true> =>
  eventually(async () => (await stateAt(url)).totals.completed >= jobs || undefined);

interface Jobs {
  readonly sent: number;
  readonly unsent: number;
  readonly completed: number;
  readonly blocked: number;
  readonly lost: number;
  readonly underWay: number;
}

/** The generator's books when it has ended. */
export async function jobsOf(generator: Running): Promise<Jobs> {
  return JSON.parse((await generator.ended).stdout).jobs;
}

/** The books of the dispatcher as they stand now, which balance. */
export async function booksAt(url: string): Promise<DispatcherState["totals"]> {
  await sleep(STATE_MILLISECONDS);
  const { totals, whyVoid } = await stateAt(url);
  expect(totals.offered).toBe(totals.completed + totals.blocked + totals.lost + totals.inFlight);
  expect(whyVoid ?? "").not.toContain("job balance");
  return totals;
}

/** All jobs were served, none twice, as both ends have it. Returns the books of the dispatcher. */
export async function expectAllServed(
  url: string,
  generator: Running,
  jobsDue = JOBS,
): Promise<DispatcherState["totals"]> {
  const jobs = await jobsOf(generator);
  expect(jobs).toEqual({ ...jobs, completed: jobs.sent, blocked: 0, lost: 0, underWay: 0 });
  expect(jobs.sent + jobs.unsent).toBe(jobsDue);
  const totals = await booksAt(url);
  expect(totals).toMatchObject({ offered: jobs.sent, completed: jobs.sent, lost: 0, inFlight: 0 });
  return totals;
}
