import { z } from "zod";
import { messageOf, PeerError } from "../model/errors.js";
import { DISCIPLINES } from "../model/server-model.js";

/**
 * The JSON half of the protocol: hello and control. Every schema is strict: what is not named here does not cross the
 * wire. In particular a server node is told nothing of the other servers, their number, or the arrival rate.
 */
export const PROTOCOL_VERSION = 2;

const id = z.string().min(1).max(64);

const count = z.int().min(0);

/** A job by its origin, which is the generator that sent it, and the origin's own number for it: opaque to all others. */
const jobKey = z.tuple([z.int().min(0).max(0xffff_ffff), z.int().min(0).max(0xffff_ffff)]);
export type JobKey = z.infer<typeof jobKey>;

/** Which session a process would go on with, if the dispatcher still has it. */
const clientSession = z.strictObject({
  /** Identity of the process: another one for each start. */
  process: id,
  /** Its sessions are numbered. */
  number: count,
  /** Identity of the dispatcher that it last spoke with; null for none. */
  dispatcher: id.nullable(),
  /** The last frame that has arrived in the session. */
  received: count,
});

const announcedServer = z.strictObject({
  number: z.int().min(0),
  /** Jobs held at most; null for no limit (JSON has no infinity). */
  buffer: z.int().min(1).nullable(),
  discipline: z.enum(DISCIPLINES),
  /** Its class, where the scenario has several. */
  class: id.optional(),
  initialRate: z.number().min(0),
  /** Jobs it has served since it started, whoever sent them. */
  completed: count,
  /** Jobs that it holds, oldest first. */
  holds: z.array(jobKey),
});

export const serverNodeHello = z.strictObject({
  type: z.literal("hello"),
  role: z.literal("server-node"),
  protocol: z.literal(PROTOCOL_VERSION),
  name: id,
  servers: z.array(announcedServer).min(1).max(100_000),
  /** Jobs it has served of which it does not know that those who sent them know. */
  finished: z.array(jobKey),
  session: clientSession,
  /** Where the node serves its own metrics, if it does. */
  metricsUrl: z.url().optional(),
});

export const loadGeneratorHello = z.strictObject({
  type: z.literal("hello"),
  role: z.literal("load-generator"),
  protocol: z.literal(PROTOCOL_VERSION),
  name: id,
  /** By which its jobs are told from those of others. */
  origin: z.int().min(0).max(0xffff_ffff),
  session: clientSession,
});

/** The first message of every connection, by which the dispatcher learns who is there. */
export const hello = z.discriminatedUnion("role", [serverNodeHello, loadGeneratorHello]);

/** It is alive, and has received the frames up to this one. */
const clientBeat = z.strictObject({ type: z.literal("beat"), received: count });
/** Frames have arrived up to this one. */
const received = z.strictObject({ type: z.literal("received"), frames: count });

/** From a server node: it takes no new jobs; and how late its timers were, in seconds of wall-clock time. */
export const fromServerNode = z.discriminatedUnion("type", [
  clientBeat,
  received,
  z.strictObject({ type: z.literal("draining") }),
  z.strictObject({
    type: z.literal("lateness"),
    deliveries: z.int().min(0),
    totalSeconds: z.number().min(0),
    maxSeconds: z.number().min(0),
  }),
]);

/** From a load generator: how well it keeps its schedule and what it sees of the jobs, all since it started. */
const schedule = z.strictObject({
  type: z.literal("schedule"),
  sent: z.int().min(0),
  /** Jobs sent in this session, those sent again included. */
  sentInSession: count,
  /** Jobs of which it has not heard how they ended. */
  underWay: count,
  /** The last frame that has arrived. */
  received: count,
  /** Sum over jobs of actual minus intended send time. */
  lagTotalSeconds: z.number().min(0),
  lagMaxSeconds: z.number().min(0),
  /** Jobs sent so late that they count as held up. */
  heldUp: z.int().min(0),
  completed: z.int().min(0),
  /** Sum over completed jobs of the time from intended sending to the news of completion. */
  sojournTotalSeconds: z.number().min(0),
});

export const fromLoadGenerator = z.discriminatedUnion("type", [clientBeat, received, schedule]);

/** The answer to a hello. */
const welcome = z.strictObject({
  type: z.literal("welcome"),
  /** Identity of the dispatcher: another one for each start. */
  dispatcher: id,
  /** Whether the session goes on. */
  resumed: z.boolean(),
  /** The last frame that has arrived in the session. */
  received: count,
  /** Without a beat for so long, a process is taken for lost. */
  leaseSeconds: z.number().positive(),
});

/** The answer to a beat. `settled`: what frames up to this one say of jobs, those who sent the jobs know. */
const beat = z.strictObject({ type: z.literal("beat"), received: count, settled: count });

/** To a server node: it is known; its beat was heard; or all its jobs have been sent, after it said it drains. */
export const toServerNode = z.discriminatedUnion("type", [
  welcome,
  beat,
  received,
  z.strictObject({ type: z.literal("drained") }),
]);

/** To a load generator: it is known; its beat was heard; or the fleet is complete, and time starts. */
export const toLoadGenerator = z.discriminatedUnion("type", [
  welcome,
  beat,
  received,
  z.strictObject({ type: z.literal("start") }),
  /** Somebody has changed the workload by hand. Arrivals in all, per unit of model time. */
  z.strictObject({ type: z.literal("workload"), arrivalRate: z.number().positive(), seed: id, paused: z.boolean() }),
]);

export type ServerNodeHello = z.infer<typeof serverNodeHello>;
export type LoadGeneratorHello = z.infer<typeof loadGeneratorHello>;
export type Hello = z.infer<typeof hello>;
export type FromServerNode = z.infer<typeof fromServerNode>;
export type FromLoadGenerator = z.infer<typeof fromLoadGenerator>;
export type ClientSession = z.infer<typeof clientSession>;
export type Welcome = z.infer<typeof welcome>;
export type Beat = z.infer<typeof beat>;
export type Received = z.infer<typeof received>;
export type GeneratorSchedule = z.infer<typeof schedule>;
export type ToServerNode = z.infer<typeof toServerNode>;
export type ToLoadGenerator = z.infer<typeof toLoadGenerator>;

/** Reads a JSON message of the given schema. Throws PeerError that says which field is wrong. */
export function readMessage<T>(schema: z.ZodType<T>, text: string): T {
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
