import { z } from "zod";
import { noDispatcherTotals } from "../model/totals.js";
import type { SweepPlan, SweepRun } from "../simulator/sweep.js";
import { RunLog } from "./run-log.js";

/** The file of a sweep's finished runs. The number of replications may be raised later; everything else must stay the same. */
export class SweepLog extends RunLog<SweepRun> {
  /** @throws UserError if the file belongs to another sweep, or cannot be read or written */
  constructor(file: string, { common, varied }: SweepPlan) {
    super(file, { kind: "sweep", format: "equipoise sweep 1", header: { common, varied }, run: runSchema });
  }
}

/** JSON has no NaN, which stands for a number that could not be estimated. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const nullable = z.number().nullable();
const totals = z.looseObject(
  Object.fromEntries([...Object.keys(noDispatcherTotals()), "inFlight"].map((name) => [name, number])),
);

/** What is used of a run. */
const runSchema = z.looseObject({
  point: z.int().min(0),
  replication: z.int().min(1),
  output: z.looseObject({
    totals,
    policy: z.string(),
    information: z.looseObject({ messages: number, bitsPerServer: number }),
    conditions: z.looseObject({ messageDelay: number, heldUpFraction: number }),
    views: z.record(z.string(), number).optional(),
    whyVoid: z.string().nullable(),
    estimates: z.record(
      z.string(),
      z.looseObject({ value: number, variance: nullable, trials: nullable, bias: number.optional() }),
    ),
  }),
});
