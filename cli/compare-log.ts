import { z } from "zod";
import type { ComparisonPlan } from "../compare/plan.js";
import type { StudyRun } from "../compare/study.js";
import { RunLog } from "./run-log.js";

const count = z.int().min(0);
const runSchema = z.strictObject({
  study: z.string(),
  field: count,
  policy: z.string(),
  replication: z.int().min(1),
  sample: z.strictObject({
    offered: count,
    blocked: count,
    timedOut: count,
    messages: count,
    gained: z.int(),
    sojournTime: z.number().min(0),
    first: count,
    counts: z.array(count),
  }),
});

/** The file of a comparison's finished replications. */
export class CompareLog extends RunLog<StudyRun> {
  /** @throws UserError if the file belongs to another comparison, or cannot be read or written */
  constructor(file: string, plan: ComparisonPlan) {
    super(file, { kind: "comparison", format: "equipoise compare 2", header: { plan }, run: runSchema });
  }
}
