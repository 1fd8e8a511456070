import { z } from "zod";
import { BINS } from "../model/statistics/time-histogram.js";
import { noDispatcherTotals, noServerTotals } from "../model/totals.js";
import { noViewTotals } from "../model/view-quality.js";
import { OUTCOMES } from "./record-kinds.js";

/**
 * What processes say to each other where several dispatchers share the servers: JSON, one message a frame, strict schemas. A
 * server node tells each dispatcher of its servers' neighbourhoods every change of their queues, and learns from it which of its
 * servers it cares for; nobody learns anything of servers or types that are not its neighbours. The coordinator, which sends no
 * jobs, hears of everything that is measured. Described in docs/protocol.md.
 */
export const SHARED_PROTOCOL_VERSION = 1;

const count = z.int().min(0);
const time = z.number().min(0);
const server = count;
const hello = { type: z.literal("hello"), protocol: z.literal(SHARED_PROTOCOL_VERSION) };
const name = z.string().min(1).max(64);

/** An object with the numbers that another has. */
function numbersOf<T extends object>(example: T): z.ZodType<T> {
  const fields = Object.fromEntries(Object.keys(example).map((field) => [field, z.number()]));
  return z.strictObject(fields) as unknown as z.ZodType<T>;
}

const sharedNodeHello = z.strictObject({
  ...hello,
  role: z.literal("server-node"),
  name,
  servers: z.array(server).min(1).max(100_000),
  /** Where the node serves its own metrics, if it does. */
  metricsUrl: z.url().optional(),
});

/** The first message of every connection. */
export const sharedHello = z.discriminatedUnion("role", [
  z.strictObject({ ...hello, role: z.literal("dispatcher"), number: count }),
  sharedNodeHello,
  z.strictObject({ ...hello, role: z.literal("load-generator"), name }),
]);

/**
 * From a dispatcher to the coordinator: all its servers are here; and what it has done and seen since it started, with the sojourn
 * times, by bins of a histogram, of jobs that were completed since it said so last.
 */
export const fromSharedDispatcher = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({
    type: z.literal("report"),
    totals: numbersOf(noDispatcherTotals()),
    inFlight: count,
    view: numbersOf(noViewTotals()),
    information: z.strictObject({ messages: z.number(), bitsPerServer: z.number() }),
    sojournTimes: z.array(z.tuple([count.max(BINS - 1), count])).max(BINS),
    heldBackTime: time,
  }),
]);

/** From a server node to the coordinator: a queue has changed; a look at a server; how late its timers were. */
export const nodeToCoordinator = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("queue"), server, queueLength: count }),
  z.strictObject({ type: z.literal("look"), server, totals: numbersOf(noServerTotals()) }),
  z.strictObject({ type: z.literal("lateness"), deliveries: count, totalSeconds: time, maxSeconds: time }),
]);

/** From a server node to a dispatcher: a queue has changed, at this time of the machine's clock; or a job is done. */
export const nodeToDispatcher = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("queue"),
    server,
    queueLength: count,
    accepted: count,
    sentAtMilliseconds: z.number(),
  }),
  z.strictObject({ type: z.literal("complete"), server, assignment: count, timeAtServer: time }),
]);

/** To a server node: it is known, and told of which of its servers to speak; or a job. */
export const toSharedNode = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("welcome"), servers: z.array(server) }),
  z.strictObject({ type: z.literal("assign"), server, assignment: count, work: time }),
]);

/** From a load generator to the coordinator: how it keeps its schedule; to a dispatcher: a job. */
export const fromSharedGenerator = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("schedule"),
    sent: count,
    lagTotalSeconds: time,
    lagMaxSeconds: time,
    heldUp: count,
    completed: count,
    sojournTotalSeconds: time,
  }),
  z.strictObject({ type: z.literal("submit"), job: count, taskType: count, work: time }),
]);

/** To a load generator: jobs can be sent from now on; or how one ended. */
export const toSharedGenerator = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("start") }),
  z.strictObject({ type: z.literal("outcome"), job: count, outcome: z.enum(OUTCOMES) }),
]);

export type SharedNodeHello = z.infer<typeof sharedNodeHello>;
export type SharedHello = z.infer<typeof sharedHello>;
export type FromSharedDispatcher = z.infer<typeof fromSharedDispatcher>;
export type NodeToCoordinator = z.infer<typeof nodeToCoordinator>;
export type NodeToDispatcher = z.infer<typeof nodeToDispatcher>;
export type ToSharedNode = z.infer<typeof toSharedNode>;
export type FromSharedGenerator = z.infer<typeof fromSharedGenerator>;
export type ToSharedGenerator = z.infer<typeof toSharedGenerator>;

/** The machine's clock, which processes on one machine have in common. */
export function machineMilliseconds(): number {
  return performance.timeOrigin + performance.now();
}
