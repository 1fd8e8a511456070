import { z } from "zod";
import { LARGEST_KEY, MOST_JOB_TYPES } from "../../model/job-label.js";
import { noServerTotals, type ServerTotals } from "../../model/totals.js";
import { LARGEST_SUM, LARGEST_WORK } from "../../model/units.js";
import { fleetTimesInBins } from "../wire/times-in-bins.js";

/** The HTTP part of the protocol: jobs that reach server nodes through any balancer (docs/protocol.md). */

const amount = z.number().min(0).max(LARGEST_SUM);

/** A job: the body of `POST /jobs`. */
export const httpJob = z.strictObject({
  work: amount.max(LARGEST_WORK),
  taskType: z.int().min(0).max(LARGEST_KEY).default(0),
  /** Of the types that differ by their sizes. */
  jobType: z
    .int()
    .min(0)
    .max(MOST_JOB_TYPES - 1)
    .default(0),
});

/** Body of the 503 response of a server that blocks a job, unlike a balancer's own 503. */
export const BUFFER_FULL = "the buffer is full";

/** The answer to a job that was served; times in units of model time. */
export const httpAnswer = z.object({
  server: z.int().min(0),
  timeAtServer: amount,
  /** From acceptance to start of service. */
  waitingTime: amount,
});
export type HttpAnswer = z.infer<typeof httpAnswer>;

const totals = z.object(
  Object.fromEntries(Object.keys(noServerTotals()).map((name) => [name, amount])) as Record<
    keyof ServerTotals,
    typeof amount
  >,
);

/** The answer to `GET /totals` at any port of a node: the current totals of all its servers. */
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
  /** Sum of the sizes of the jobs that have arrived, refused or not, and of their squares. */
  work: amount,
  squaredWork: amount,
  /** Of all jobs served so far. */
  times: fleetTimesInBins,
});
export type HttpTotals = z.infer<typeof httpTotals>;
