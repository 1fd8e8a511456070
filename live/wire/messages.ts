import { z } from "zod";
import { messageOf, PeerError } from "../../model/errors.js";
import { NEWS } from "../../model/news.js";
import { printable } from "../../model/printable.js";
import { DISCIPLINES } from "../../model/server-model.js";
import { BINS } from "../../model/statistics/time-histogram.js";
import { noDispatcherTotals } from "../../model/totals.js";
import { LARGEST_RATE, LARGEST_SUM, LARGEST_TIME } from "../../model/units.js";
import { noViewTotals } from "../../model/view-quality.js";
import { fleetTimesInBins } from "./times-in-bins.js";

/**
 * The JSON part of the protocol: hello and control messages. Every schema is strict: nothing else crosses the wire. In
 * particular, a server node learns nothing of the other servers, their number, or the arrival rate.
 */
export const PROTOCOL_VERSION = 6;

/** Most bytes of a message. A hello that would be longer is sent in parts (live/wire/hello-parts.ts). */
export const MOST_TEXT_BYTES = 64 * 1024;

/** Bounds of a lease: beats are sent three times as often. */
const SHORTEST_LEASE_SECONDS = 0.01;
const LONGEST_LEASE_SECONDS = 1e6;

/** A name or identity: it is shown, and so has no characters that terminals obey or hide. */
const id = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => printable(text) === text, "has unprintable characters");

const count = z.int().min(0);

/** A number of 32 bits. */
const word = z.int().min(0).max(0xffff_ffff);

/** A sum of wall-clock times. */
const seconds = z.number().min(0).max(LARGEST_SUM);

/** A job's key: its origin, the generator that sent it, and the origin's own number for it, opaque to all others. */
const jobKey = z.tuple([word, word]);
export type JobKey = z.infer<typeof jobKey>;
/** A job that has left its server, and the time that it was there. */
const finishedJob = z.tuple([word, word, z.number().min(0).max(LARGEST_TIME)]);
export type FinishedJob = z.infer<typeof finishedJob>;

/** The session that a process wants to resume, if the dispatcher still has it. */
const clientSession = z.strictObject({
  /** Identity of the process, new at each start. */
  process: id,
  /** Number of the session within the process. */
  number: count,
  /** Identity of the last dispatcher; null for none. */
  dispatcher: id.nullable(),
  /** The last frame received in the session. */
  received: count,
});

/** A list of elements, whose length is checked before them. The first malformed one ends the check. */
function list<T>(element: z.ZodType<T>, most: number, least = 0): z.ZodType<T[]> {
  return z.unknown().transform((value, context): T[] => {
    const refuse = (message: string, path: PropertyKey[] = []): never => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    if (!Array.isArray(value)) return refuse("expected a list");
    if (value.length < least || value.length > most)
      return refuse(`expected ${least} to ${most} elements, not ${value.length}`);
    const elements: T[] = [];
    for (const [index, one] of value.entries()) {
      const parsed = element.safeParse(one);
      if (!parsed.success) return refuse(parsed.error.issues[0].message, [index, ...parsed.error.issues[0].path]);
      elements.push(parsed.data);
    }
    return elements;
  });
}

/** Most servers of a node, and most jobs that it announces. */
export const MOST_SERVERS = 100_000;
export const MOST_ANNOUNCED_JOBS = 2_000_000;
/** Most parts of a hello besides the first: enough for as many. */
const MOST_PARTS = 2000;
const LONGEST_URL = 2048;

const announcedServer = z.strictObject({
  number: word,
  /** Most jobs held; null for no limit (JSON has no infinity). */
  buffer: z.int().min(1).nullable(),
  discipline: z.enum(DISCIPLINES),
  /** Jobs served at the full rate at once. */
  workers: z.int().min(1).default(1),
  /** The server's class, where the scenario has several. */
  class: id.optional(),
  initialRate: z.number().min(0).max(LARGEST_RATE),
  /** Jobs held of this dispatcher, oldest first. */
  holds: list(jobKey, MOST_ANNOUNCED_JOBS),
});

const serverNodeHello = z.strictObject({
  type: z.literal("hello"),
  role: z.literal("server-node"),
  protocol: z.literal(PROTOCOL_VERSION),
  name: id,
  servers: list(announcedServer, MOST_SERVERS, 1),
  /** Jobs served whose outcome may not have reached their generator yet. */
  finished: list(finishedJob, MOST_ANNOUNCED_JOBS),
  /** Parts of this hello that follow, if it is in several. */
  more: count.min(1).max(MOST_PARTS).optional(),
  session: clientSession,
  /** URL of the node's own metrics page, if it has one. */
  metricsUrl: z
    .url({ protocol: /^https?$/ })
    .max(LONGEST_URL)
    .optional(),
});

const loadGeneratorHello = z.strictObject({
  type: z.literal("hello"),
  role: z.literal("load-generator"),
  protocol: z.literal(PROTOCOL_VERSION),
  name: id,
  /** Identifies the generator in the keys of its jobs. */
  origin: word,
  session: clientSession,
});

/** Of several dispatchers, to the first, which measures them all. */
const dispatcherHello = z.strictObject({
  type: z.literal("hello"),
  role: z.literal("dispatcher"),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Its number, from 1. */
  number: count,
  session: clientSession,
});

/** The first message of every connection, which identifies the peer to the dispatcher. */
export const hello = z.discriminatedUnion("role", [serverNodeHello, loadGeneratorHello, dispatcherHello]);

/** Another part of a hello: further servers and jobs. A server with the number of the one before it is the same, with more jobs. */
export const announcement = z.strictObject({
  type: z.literal("announcement"),
  servers: list(announcedServer, MOST_SERVERS),
  finished: list(finishedJob, MOST_ANNOUNCED_JOBS),
});

/** The process is alive, and has received the frames up to this one. */
const clientBeat = z.strictObject({ type: z.literal("beat"), received: count });
/** Frames have been received up to this one. */
const received = z.strictObject({ type: z.literal("received"), frames: count });

/** From a server node; `draining`: it takes no new jobs; `lateness`: how late its timers were, in wall-clock seconds. */
export const fromServerNode = z.discriminatedUnion("type", [
  clientBeat,
  received,
  z.strictObject({ type: z.literal("draining") }),
  z.strictObject({
    type: z.literal("lateness"),
    deliveries: count,
    totalSeconds: seconds,
    maxSeconds: seconds,
  }),
]);

/** From a load generator: how well it keeps its schedule, and its job counts, since it started. */
const schedule = z.strictObject({
  type: z.literal("schedule"),
  sent: count,
  /** Jobs sent in this session, including those resent. */
  sentInSession: count,
  /** Jobs whose outcome is not known yet. */
  underWay: count,
  /** The last frame received. */
  received: count,
  /** Sum over jobs of actual minus intended send time. */
  lagTotalSeconds: seconds,
  lagMaxSeconds: seconds,
  /** Jobs sent so late that they count as held up. */
  heldUp: count,
  completed: count,
  /** Sum over completed jobs of the time from intended sending to notice of completion. */
  sojournTotalSeconds: seconds,
});

export const fromLoadGenerator = z.discriminatedUnion("type", [clientBeat, received, schedule]);

/** An object with the same numeric fields as the example. */
function numbersOf<T extends object>(example: T): z.ZodType<T> {
  const fields = Object.fromEntries(Object.keys(example).map((field) => [field, z.number()]));
  return z.strictObject(fields) as unknown as z.ZodType<T>;
}

/** What one of several dispatchers reports to the first, since it started. */
const share = z.strictObject({
  type: z.literal("share"),
  /** Whether it has all servers and a load generator. */
  isReady: z.boolean(),
  totals: numbersOf(noDispatcherTotals()),
  inFlight: count,
  /** How well it knows the queues; null if servers do not tell it. */
  views: numbersOf(noViewTotals()).nullable(),
  information: z.strictObject({ messages: z.number(), bitsPerServer: z.number() }),
  /** Sojourn times of the jobs completed since its last report: bins of a histogram, and the jobs added to each. */
  sojournTimes: list(
    z.tuple([
      z
        .int()
        .min(0)
        .max(BINS - 1),
      count,
    ]),
    BINS,
  ),
  /** Likewise the times at their servers, in finer bins. */
  times: fleetTimesInBins,
  /** Model time for which it did not read load generators. */
  heldBackTime: z.number().min(0),
  /** What makes the run void, as far as it knows. */
  whyVoid: z.string().nullable(),
});

export const fromDispatcher = z.discriminatedUnion("type", [clientBeat, received, share]);

/** The answer to a hello. */
const welcome = z.strictObject({
  type: z.literal("welcome"),
  /** Identity of the dispatcher, new at each start. */
  dispatcher: id,
  /** Whether the session continues. */
  resumed: z.boolean(),
  /** The last frame received in the session. */
  received: count,
  /** A process without a beat for this long is considered lost. */
  leaseSeconds: z.number().min(SHORTEST_LEASE_SECONDS).max(LONGEST_LEASE_SECONDS),
  /** The time of the dispatcher's clock, in seconds. */
  now: z.number(),
});

/** The answer to a beat. `settled`: outcomes in frames up to this one have reached the generators of the jobs. */
const beat = z.strictObject({ type: z.literal("beat"), received: count, settled: count, now: z.number() });

/** To a server node; `drained`: it is draining and no more jobs will be sent to it. */
export const toServerNode = z.discriminatedUnion("type", [
  welcome,
  beat,
  received,
  /** What one of several dispatchers wants to be told of the servers' queues, for its policy and to measure. */
  z.strictObject({
    type: z.literal("news"),
    news: z.enum(NEWS),
    observes: z.boolean(),
    /** Numbers of those of the node's servers that it may send jobs to; all if left out. */
    servers: list(count, MOST_SERVERS).optional(),
  }),
  z.strictObject({ type: z.literal("drained") }),
]);

/** All that has been changed by hand, as the first of several dispatchers has the others change it. */
const changes = z.strictObject({
  type: z.literal("changes"),
  /** The policy; null for the scenario's own. */
  policy: id.nullable(),
  /** Servers beyond those of the scenario. */
  further: count,
  /** Numbers of the servers that take no new jobs. */
  drained: list(count, MOST_SERVERS),
});

/** To one of several dispatchers. */
export const toDispatcher = z.discriminatedUnion("type", [welcome, beat, received, changes]);

/** To a load generator; `start`: the fleet is complete, and time starts. */
export const toLoadGenerator = z.discriminatedUnion("type", [
  welcome,
  beat,
  received,
  z.strictObject({ type: z.literal("start") }),
  /** The workload was changed by hand. Total arrival rate, per unit of model time. */
  z.strictObject({
    type: z.literal("workload"),
    arrivalRate: z.number().positive().max(LARGEST_RATE),
    seed: id,
    paused: z.boolean(),
  }),
]);

export type Hello = z.infer<typeof hello>;
export type ServerNodeHello = z.infer<typeof serverNodeHello>;
export type AnnouncedServer = z.infer<typeof announcedServer>;
export type DispatcherHello = z.infer<typeof dispatcherHello>;
export type FromDispatcher = z.infer<typeof fromDispatcher>;
export type ShareReport = Omit<z.infer<typeof share>, "type">;
export type Changes = Omit<z.infer<typeof changes>, "type">;
export type ToDispatcher = z.infer<typeof toDispatcher>;
export type LoadGeneratorHello = z.infer<typeof loadGeneratorHello>;
export type FromServerNode = z.infer<typeof fromServerNode>;
export type FromLoadGenerator = z.infer<typeof fromLoadGenerator>;
export type ClientSession = z.infer<typeof clientSession>;
export type Welcome = z.infer<typeof welcome>;
export type Beat = z.infer<typeof beat>;
export type Received = z.infer<typeof received>;
export type GeneratorSchedule = z.infer<typeof schedule>;
export type ToServerNode = z.infer<typeof toServerNode>;
export type ToLoadGenerator = z.infer<typeof toLoadGenerator>;

/** Reads a JSON message of the given schema. Throws PeerError if it is too long, or that names the malformed field. */
export function readMessage<T>(schema: z.ZodType<T>, text: string): T {
  if (text.length > MOST_TEXT_BYTES)
    throw new PeerError(`sent ${text.length} characters of text, at most ${MOST_TEXT_BYTES} are read`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PeerError(`sent text that is not JSON (${messageOf(error)})`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new PeerError(`sent a malformed message: ${issue.path.join(".") || "message"}: ${issue.message}`);
  }
  return parsed.data;
}
