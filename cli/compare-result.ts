import { z } from "zod";
import { METRICS, type Metric } from "../compare/sample.js";
import { VIEWS } from "../experiments/scenario.js";

/** Raised whenever a field changes its meaning or is removed. */
export const COMPARISON_FORMAT = 1;

const metric = z.enum(Object.keys(METRICS) as [Metric, ...Metric[]]);
const estimated = z.strictObject({
  value: z.number(),
  low: z.number().nullable().describe("lower end of the joint confidence interval; null where there are too few data"),
  high: z.number().nullable().describe("upper end of it"),
});

const cell = z.strictObject({
  policy: z.string(),
  status: z
    .enum(["best", "worse", "open", "unstable", "growing"])
    .describe(
      "best: it, or one that cannot be told from it; worse: certainly not the best; open: the budget ended before that was known; unstable: by theory its queues grow for ever, and it was not simulated; growing: its queues grew in simulation",
    ),
  why: z.string().nullable().describe("why it is unstable"),
  replications: z.int().min(0),
  metrics: z.partialRecord(metric, estimated).describe("times in units of model time"),
  difference: estimated
    .nullable()
    .describe("the metric less that of the current policy, on common random numbers; null for that policy itself"),
});

const load = z.strictObject({
  load: z.number().describe("work that arrives over what the servers can do"),
  outcome: z
    .enum(["winner", "indistinguishable", "open", "none"])
    .describe(
      "one is best; several cannot be told apart; the budget ended before that was known; none has a steady state",
    ),
  best: z
    .array(z.string())
    .readonly()
    .describe("all that may be the best, first the one that was best in the simulations"),
  warmUpTime: z.number().describe("of each replication, in model time"),
  measuringTime: z.number(),
  cells: z.array(cell).readonly().describe("of each policy"),
});

/** JSON has no Infinity. */
const loadOrNull = z.number().nullable();

/** The format of `compare --json`, from which docs/comparison.schema.json is generated. */
export const comparisonSchema = z.strictObject({
  format: z.literal(COMPARISON_FORMAT),
  version: z.string().describe("version of Equipoise"),
  mode: z.literal("compared"),
  settings: z.record(z.string(), z.string()).describe("of the fleet, as --set takes them"),
  seed: z.string(),
  dispatchers: z.int().min(1),
  views: z.enum(VIEWS),
  messageDelay: z.string(),
  noticeDelay: z.string(),
  metric: metric.describe("what decides; less is better"),
  within: z.number().describe("relative difference in the metric that does not matter"),
  familyConfidence: z.number().describe("that all that is said of the fleet as it is holds together"),
  current: z.string().describe("the policy that the fleet runs now"),
  timeUnitSeconds: z
    .number()
    .nullable()
    .describe("wall-clock length of a unit of model time; null where it was not given"),
  learned: z
    .strictObject({
      log: z.string(),
      warnings: z.array(z.string()).readonly().describe("what must be known first, the gravest first"),
      statements: z
        .array(z.string())
        .readonly()
        .describe("whether service times are identified, and which laws were fitted and how well"),
      rows: z
        .array(z.array(z.string()).readonly())
        .readonly()
        .describe("quantities, their values, intervals of 95 %, and units"),
    })
    .nullable()
    .describe("what was learned from the log that the fleet is from; null where it is from none"),
  advice: z.string(),
  loads: z.array(load).readonly(),
  policies: z
    .array(
      z.strictObject({
        policy: z.string(),
        stableBelow: loadOrNull.describe("below this load it has a steady state by theory; null: at any load"),
        unstableFrom: loadOrNull.describe("from this load on it has none; null: never"),
        configuration: z
          .record(z.string(), z.string())
          .describe("lines that switch it on, by product; empty where none has it with these options"),
        meetsSloUpTo: loadOrNull.describe(
          "up to this load it is certainly within the slo, by its metric, or p99 where that is no time; null: nothing is certain, or there is no slo",
        ),
        missesSloFrom: loadOrNull.describe("from this load on it certainly is not; null likewise"),
      }),
    )
    .readonly(),
  changes: z
    .array(
      z.strictObject({
        name: z.string(),
        condition: z.string(),
        found: load
          .nullable()
          .describe("the best policies where the fleet is otherwise; null where that was not compared"),
        why: z.string().nullable().describe("why it was not"),
      }),
    )
    .readonly(),
  uncertain: z
    .array(z.strictObject({ policy: z.string(), why: z.string() }))
    .readonly()
    .describe("policies of which theory does not know whether they have a steady state"),
});

export type ComparisonResult = z.infer<typeof comparisonSchema>;
