import type { ServerRecord } from "./fifo-servers.js";

/** Whether service times can be told from a log. */
export type Identification =
  /**
   * `overhead`: what the way to a server and back adds to the service time of a job that finds it idle, in seconds. One that waits at its
   * server has come before it is served.
   */
  | { readonly kind: "identified"; readonly overheadSeconds: number; readonly note: string }
  /** The log itself has them. */
  | { readonly kind: "given" }
  | { readonly kind: "not identified"; readonly why: string };

/** What a log says of requests. */
export interface Contents {
  readonly hasSizes: boolean;
  readonly hasServers: boolean;
  readonly hasServerTimes: boolean;
  /** The length of the ticks of its stamps. */
  readonly tickSeconds: number;
}

/** Of jobs that found their server busy: more that overtake are no errors of stamps. */
const MOST_OVERTAKES = 0.002;
/** So few overtake when a machine pauses, whatever the length of the log; servers of several workers let many do so. */
const FEW_OVERTAKES = 5;
/** Jobs that found their server busy, by which a discipline can be told. */
const LEAST_BUSY = 200;
/** Standard errors. */
const CERTAIN = 4;
/** Of the mean service time: what the network may add. */
const MOST_OVERHEAD = 0.25;
/** Of the mean service time: ticks that still tell one service time from another. */
const LONGEST_TICK = 0.5;

/**
 * Whether what `FifoServers` has found are service times. A server that serves several jobs at once, or shares itself among them, lets jobs
 * overtake one another; or else jobs that find it busy seem shorter than those that find it idle, which no discipline of one at a time does.
 */
export function identify(servers: readonly ServerRecord[], contents: Contents): Identification {
  if (contents.hasSizes) return { kind: "given" };
  const why = whyUnknown(contents);
  if (why !== undefined) return { kind: "not identified", why };
  const sum = (of: (server: ServerRecord) => number): number =>
    servers.reduce((total, server) => total + of(server), 0);
  const idle = sum(({ foundIdle }) => foundIdle.count);
  const busy = sum(({ foundBusy }) => foundBusy.count);
  if (idle + busy === 0) return { kind: "not identified", why: "no job was served from start to end within the log" };
  const mean =
    sum(({ foundIdle, foundBusy }) => foundIdle.count * foundIdle.mean + foundBusy.count * foundBusy.mean) /
    (idle + busy);
  if (contents.tickSeconds > LONGEST_TICK * mean)
    return {
      kind: "not identified",
      why: `stamps count in ticks of ${contents.tickSeconds} s, and service times come out as ${short(mean)} s on average`,
    };
  const overtakes = sum((server) => server.overtakes);
  if (overtakes > Math.max(FEW_OVERTAKES, MOST_OVERTAKES * busy))
    return {
      kind: "not identified",
      why:
        `${overtakes} of ${busy} jobs that found their server busy left it before one that had come earlier: servers serve several at once, ` +
        "or not in order, so that response times hold waiting as well as service",
    };
  if (busy < LEAST_BUSY)
    return {
      ...{ kind: "identified", overheadSeconds: 0 },
      note: `only ${busy} jobs found their server busy: response times at servers are taken for service times, and nothing is known of how jobs wait`,
    };
  return compared(servers, mean);
}

function whyUnknown({ hasServers, hasServerTimes }: Contents): string | undefined {
  if (!hasServers) return "the log does not name the server of a job";
  return hasServerTimes ? undefined : "the log does not say when a server got a job and when it had answered";
}

/** Jobs that found their server idle against those that found it busy, server by server: speeds may differ. */
function compared(servers: readonly ServerRecord[], mean: number): Identification {
  let difference = 0;
  let variance = 0;
  let weights = 0;
  for (const { foundIdle, foundBusy } of servers) {
    if (foundIdle.count < 2 || foundBusy.count < 2) continue;
    const weight = 1 / (1 / foundIdle.count + 1 / foundBusy.count);
    difference += weight * (foundIdle.mean - foundBusy.mean);
    variance += weight ** 2 * (foundIdle.variance / foundIdle.count + foundBusy.variance / foundBusy.count);
    weights += weight;
  }
  if (weights === 0)
    return {
      ...{ kind: "identified", overheadSeconds: 0 },
      note: "no server was found both idle and busy by several jobs: that they serve one at a time is not tested",
    };
  const overheadSeconds = difference / weights;
  const isCertain = Math.abs(overheadSeconds) > (CERTAIN * Math.sqrt(variance)) / weights;
  if (!isCertain) return { kind: "identified", overheadSeconds: 0, note: "" };
  if (overheadSeconds < 0 || overheadSeconds > MOST_OVERHEAD * mean)
    return {
      kind: "not identified",
      why:
        `jobs that find their server idle seem to take ${short(Math.abs(overheadSeconds))} s ${overheadSeconds < 0 ? "less" : "more"} than those that find it ` +
        `busy (mean ${short(mean)} s): servers serve several at once, or slow down under load, or the network takes long`,
    };
  return {
    ...{ kind: "identified", overheadSeconds },
    note: `the way to a server and back adds ${short(overheadSeconds)} s to a job that finds it idle, which is taken off`,
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
