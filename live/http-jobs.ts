import { z } from "zod";
import { noServerTotals, type ServerTotals } from "../model/totals.js";

/** The HTTP half of the protocol: jobs that come to server nodes through any balancer (docs/protocol.md). */

const amount = z.number().min(0);

/** A job as `POST /jobs` brings it. */
export const httpJob = z.strictObject({ work: amount, taskType: z.int().min(0).default(0) });

/** What a server says, with 503, that blocks a job. A balancer's own 503 says something else. */
export const BUFFER_FULL = "the buffer is full";

/** What the server that has served it answers; times in units of model time. */
export const httpAnswer = z.object({
  server: z.int().min(0),
  timeAtServer: amount,
  /** From acceptance to the begin of service. */
  waitingTime: amount,
});
export type HttpAnswer = z.infer<typeof httpAnswer>;

const totals = z.object(
  Object.fromEntries(Object.keys(noServerTotals()).map((name) => [name, amount])) as Record<
    keyof ServerTotals,
    typeof amount
  >,
);

/** What `GET /totals` answers at any port of a node: all its servers at this moment. */
export const httpTotals = z.object({
  servers: z.array(
    z.object({
      number: z.int().min(0),
      rate: amount,
      /** Jobs answered with 503 because the buffer was full. */
      refused: z.int().min(0),
      accepted: z.int().min(0),
      totals,
    }),
  ),
});
export type HttpTotals = z.infer<typeof httpTotals>;
