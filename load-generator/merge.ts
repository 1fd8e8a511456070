import { z } from "zod";
import { UserError } from "../model/errors.js";
import { Recorder, type RecorderSnapshot } from "./recorder.js";
import { FORMAT, type Summary, statistics } from "./result.js";
import type { Threshold } from "./thresholds.js";

const count = z.int().min(0);
const duration = <T extends z.ZodType>(of: T) => z.object({ sojourn: of, waiting: of, lag: of, transit: of });
/** What is read of the result of a generator; the rest follows from it. */
const resultSchema = z.object({
  version: z.string(),
  target: z.string(),
  arrivals: z.string(),
  sizes: z.string(),
  seed: z.string(),
  timeUnitSeconds: z.number().positive(),
  measuredSeconds: z.number().min(0),
  jobs: z.object({ underWay: count }),
  whyVoid: z.string().nullable(),
  recorded: z.object({
    counts: z.object({ sent: count, unsent: count, completed: count, blocked: count, lost: count, timedOut: count }),
    sums: duration(z.number()),
    histograms: duration(z.string()),
  }),
});
type Result = z.infer<typeof resultSchema>;

/** A file with the result of a generator (`--output json`). */
export interface ResultFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The results of several generators, of whatever processes and machines, as if one had recorded all of their jobs: histograms are added, so that
 * percentiles are those of all jobs. They are taken to have sent at the same time: rates are of all jobs over the longest measured time.
 *
 * @throws UserError if a file is no such result, or their time units differ
 */
export function merged(files: readonly ResultFile[], thresholds: readonly Threshold[]): Summary {
  const results = files.map(resultOf);
  const recorder = new Recorder();
  for (const [i, { recorded }] of results.entries()) add(recorder, recorded, files[i]);
  const distinct = (read: (result: Result) => string): string => [...new Set(results.map(read))].join(", ");
  const units = distinct(({ timeUnitSeconds }) => `${timeUnitSeconds} s`);
  if (units.includes(",")) throw new UserError(`--merge: the time units of the results differ: ${units}`);
  const whyVoid = results.flatMap(({ whyVoid }, i) => (whyVoid === null ? [] : [`${files[i].name}: ${whyVoid}`]));
  const report = {
    recorder,
    measuredSeconds: Math.max(...results.map(({ measuredSeconds }) => measuredSeconds)),
    underWay: results.reduce((sum, { jobs }) => sum + jobs.underWay, 0),
  };
  return {
    format: FORMAT,
    version: distinct(({ version }) => version),
    target: distinct(({ target }) => target),
    arrivals: `of ${results.length} generators: ${distinct(({ arrivals }) => arrivals)}`,
    sizes: distinct(({ sizes }) => sizes),
    seed: distinct(({ seed }) => seed),
    timeUnitSeconds: results[0].timeUnitSeconds,
    ...statistics(report, thresholds),
    whyVoid: whyVoid.length === 0 ? null : whyVoid.join("; "),
    recorded: recorder.snapshot(),
  };
}

function resultOf({ name, text }: ResultFile): Result {
  try {
    return resultSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(`${name} is not the result of a load generator: write one with --output json > ${name}`);
  }
}

function add(recorder: Recorder, recorded: RecorderSnapshot, { name }: ResultFile): void {
  try {
    recorder.add(recorded);
  } catch {
    throw new UserError(`${name}: its histograms cannot be read`);
  }
}
