import { z } from "zod";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { Verdict } from "../theory/verdict.js";

/** Raised whenever a field changes its meaning or is taken away. */
export const RESULT_FORMAT = 1;

const verdict = z.enum(["agrees", "differs", "undecided", "void"]);

const prediction = z
  .strictObject({
    kind: z.enum(["exact", "refined", "limit", "bound"]).describe("what sort of claim it is"),
    status: z.enum(["applies", "outside assumptions"]).describe("whether the theorem covers the parameters"),
    value: z.number().optional().describe("the claimed value"),
    atMost: z.number().optional().describe("the claimed upper bound"),
    atLeast: z.number().optional().describe("the claimed lower bound"),
    modelError: z.number().min(0).describe("how far the claim itself may be off; 0 for a theorem"),
    source: z.string().describe("authors and theorem, or how it was derived"),
    why: z.string().optional().describe("why it is outside assumptions"),
  })
  .describe("one claim of theory: exactly one of value, atMost and atLeast is there");

const quantity = z.strictObject({
  name: z.string(),
  description: z.string(),
  unit: z.string().describe("empty for a pure number; time is in units of model time"),
  measured: z.number().nullable().describe("null where nothing was measured"),
  ciLow: z
    .number()
    .nullable()
    .describe("lower end of the joint confidence interval; null where there are too few data"),
  ciHigh: z.number().nullable().describe("upper end of the joint confidence interval"),
  predictions: z.array(prediction).describe("sharpest first"),
  verdict: verdict,
  reason: z.string().describe("why this verdict"),
});

const assumption = z.strictObject({
  condition: z.string(),
  holds: z.boolean(),
  meaning: z.string(),
  consequence: z.string().describe("what a violation means"),
});

/** What `--json` writes: docs/result.schema.json is made from this. */
export const resultSchema = z.strictObject({
  format: z.literal(RESULT_FORMAT),
  version: z.string().describe("version of Equipoise"),
  mode: z.enum(["live", "simulated", "predicted"]),
  scenario: z.string(),
  parameters: z.record(z.string(), z.string()).describe("every parameter, as --set takes it"),
  seed: z.string(),
  timeUnitSeconds: z
    .number()
    .nullable()
    .describe("wall-clock length of a unit of model time; null where nothing ran live"),
  replications: z.number().describe("independent runs that the figures rest on; 0 where nothing ran"),
  warmUpTime: z.number().describe("model time"),
  measuredTime: z.number().describe("model time actually measured in each run"),
  familyConfidence: z.number().describe("joint confidence of all intervals together"),
  conditions: z
    .strictObject({
      messageDelay: z.number().describe("mean model time per job for messages and late timers"),
      heldUpFraction: z
        .number()
        .describe("fraction of jobs whose messages took over 0.2 time units, because something paused"),
      scheduleLag: z.number().describe("mean model time by which jobs were sent late"),
    })
    .nullable()
    .describe("what a real run adds to the model; null where nothing ran"),
  jobs: z
    .strictObject({
      offered: z.number(),
      blocked: z.number(),
      completed: z.number(),
      lost: z.number(),
      inFlight: z.number(),
      retried: z.number().describe("times that a job was sent to another server, its own being lost"),
      duplicates: z.number().describe("jobs sent again that were known: counted once"),
    })
    .nullable()
    .describe("since the start, warm-up included; offered = blocked + completed + lost + inFlight"),
  policy: z
    .strictObject({
      name: z.string(),
      messagesPerJob: z.number().nullable().describe("between dispatcher and servers, besides the job itself"),
      bitsPerServer: z.number().describe("that the dispatcher must keep"),
    })
    .nullable()
    .describe("what the policy cost in information since the start; null where nothing ran, or only Prometheus knows"),
  views: z
    .strictObject({
      dispatchers: z.number(),
      meanAge: z.number().nullable().describe("model time that a server's news of its queue was on its way"),
      meanError: z.number().nullable().describe("jobs that a job found at its server, less those believed to be there"),
      meanAbsoluteError: z.number().nullable().describe("the size of that difference"),
      wrongFraction: z.number().nullable().describe("fraction of jobs of which it was not 0"),
    })
    .optional()
    .describe("how good the views of several dispatchers were since the start; absent where there was one"),
  assumptions: z.array(assumption),
  verdict: verdict
    .nullable()
    .describe(
      "of the whole run: void, else differs if any quantity does, else undecided if any is of which something is predicted, else agrees",
    ),
  whyVoid: z.string().nullable(),
  quantities: z.array(quantity),
});

export type Result = z.infer<typeof resultSchema>;

/** The verdict of a whole run. A quantity of which nothing is predicted is shown and decides nothing, unless none is. */
export function overallVerdict(quantities: readonly Pick<QuantityEvidence, "verdict" | "predictions">[]): Verdict {
  const verdicts = quantities.map(({ verdict }) => verdict);
  if (verdicts.includes("void")) return "void";
  if (verdicts.includes("differs")) return "differs";
  const predicted = quantities.filter(({ predictions }) => predictions.length > 0);
  const decided = predicted.length > 0 && predicted.every(({ verdict }) => verdict === "agrees");
  return decided ? "agrees" : "undecided";
}
