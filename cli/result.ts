import { z } from "zod";
import { QUANTITY_ROLES } from "../experiments/quantities.js";
import { STOPPED_BY } from "../experiments/sequential-evidence.js";
import { PREDICTION_KINDS } from "../theory/prediction.js";

/** Raised whenever a field changes its meaning or is removed. */
export const RESULT_FORMAT = 2;

const verdict = z.enum(["agrees", "differs", "undecided", "void"]);

const prediction = z
  .strictObject({
    kind: z.enum(PREDICTION_KINDS).describe("kind of claim"),
    status: z.enum(["applies", "outside assumptions"]).describe("whether the theorem covers the parameters"),
    value: z.number().optional().describe("the claimed value"),
    atMost: z.number().optional().describe("the claimed upper bound"),
    atLeast: z.number().optional().describe("the claimed lower bound"),
    modelError: z.number().min(0).describe("how far the claim itself may be off; 0 for a theorem"),
    source: z.string().describe("authors and theorem, or derivation"),
    why: z.string().optional().describe("why the parameters are outside the assumptions"),
  })
  .describe("one claim of theory: exactly one of value, atMost and atLeast is present");

const quantity = z.strictObject({
  name: z.string(),
  role: z
    .enum(QUANTITY_ROLES)
    .describe("input: what the run was given; headline: what a verdict on the run needs; other: all else"),
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
  decidedBy: z.string().nullable().describe("the prediction that decided, or would; null where none can"),
  margin: z
    .number()
    .nullable()
    .describe("the whole interval within this distance of that prediction, whose error is included, agrees"),
  wouldFind: z
    .number()
    .nullable()
    .describe("smallest deviation from that prediction that an interval of this width is certain to miss"),
});

const assumption = z.strictObject({
  condition: z.string(),
  holds: z.boolean().nullable().describe("null where it is not known"),
  meaning: z.string(),
  consequence: z.string().describe("consequence of a violation, or of what is not known"),
});

/** The format of `--json`, from which docs/result.schema.json is generated. */
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
  replications: z.number().describe("independent replications; 0 where nothing ran"),
  warmUpTime: z.number().describe("model time"),
  measuredTime: z.number().describe("model time actually measured in each run"),
  familyConfidence: z.number().describe("joint confidence level of all intervals, over all looks at them"),
  within: z.number().describe("relative distance from a prediction that still counts as agreement"),
  looks: z.number().describe("how often the run was judged; 0 for continuously, or never"),
  stoppedBy: z
    .enum(STOPPED_BY)
    .nullable()
    .describe("why measuring ended: everything was decided, or its time was over; null where the user ended it"),
  conditions: z
    .strictObject({
      messageDelay: z.number().describe("mean delay per job by messages and late timers, in model time"),
      askedDelay: z
        .number()
        .default(0)
        .describe("the part of it that messages have on purpose: the delay of the fleet"),
      heldUpFraction: z
        .number()
        .describe("fraction of jobs whose messages took over 0.2 time units, because a process paused"),
      scheduleLag: z.number().describe("mean model time by which jobs were sent late"),
    })
    .nullable()
    .describe("what a real run adds to the model; null where nothing ran"),
  jobs: z
    .strictObject({
      offered: z.number(),
      blocked: z.number(),
      completed: z.number(),
      timedOut: z.number().default(0).describe("ended, served or abandoned, when their clients had given up"),
      lost: z.number(),
      inFlight: z.number(),
      retried: z.number().describe("times that a job was sent to another server because its own was lost"),
      duplicates: z.number().describe("jobs sent again that were already known; counted once"),
    })
    .nullable()
    .describe("since the start, warm-up included; offered = blocked + completed + timedOut + lost + inFlight"),
  policy: z
    .strictObject({
      name: z.string(),
      messagesPerJob: z.number().nullable().describe("messages between dispatcher and servers, besides the job itself"),
      bitsPerServer: z.number().describe("state that the dispatcher keeps"),
    })
    .nullable()
    .describe("what the policy cost in information since the start; null where nothing ran or that was not observed"),
  views: z
    .strictObject({
      dispatchers: z.number(),
      meanAge: z.number().nullable().describe("mean transit time of a server's queue length reports, in model time"),
      meanAgeError: z
        .number()
        .nullable()
        .describe("mean bound on the error of that time, since clocks of different machines cannot be compared"),
      meanError: z
        .number()
        .nullable()
        .describe("mean of the queue length a job found minus the one its dispatcher assumed"),
      meanAbsoluteError: z.number().nullable().describe("mean absolute value of that difference"),
      wrongFraction: z.number().nullable().describe("fraction of jobs for which that difference was not 0"),
    })
    .optional()
    .describe("accuracy of the views of several dispatchers since the start; absent with a single dispatcher"),
  assumptions: z.array(assumption),
  verdict: verdict
    .nullable()
    .describe(
      "verdict of the whole run: void if the run is, else differs if any quantity differs, else agrees if all headline quantities do, else undecided",
    ),
  whyVoid: z.string().nullable(),
  quantities: z.array(quantity),
});

export type Result = z.infer<typeof resultSchema>;
