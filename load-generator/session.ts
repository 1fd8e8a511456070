import { EXIT } from "../live/processes/process.js";
import { type GeneratorGroup, type GroupReport, generatorGroup } from "./generator-group.js";
import type { Plan } from "./plan.js";
import type { RawRecords } from "./raw-records.js";
import type { Summary } from "./result.js";
import { summarise } from "./summary.js";
import { textReport } from "./text-report.js";
import type { Threshold } from "./thresholds.js";
import type { Workload } from "./workload.js";

export const OUTPUTS = ["text", "json", "ndjson"] as const;

export interface SessionOptions {
  readonly workers: number;
  readonly thresholds: readonly Threshold[];
  /** Whether to end the run as soon as a threshold fails. */
  readonly abortOnFail: boolean;
  readonly output: (typeof OUTPUTS)[number];
  /** Whether to print neither progress nor result, under the `equipoise` command, which has its own table. */
  readonly silent: boolean;
  readonly rawRecords: RawRecords | undefined;
  log(message: string): void;
}

const PROGRESS_MILLISECONDS = 1000;
/** No threshold aborts the run before this many jobs have ended. */
const LEAST_ENDED = 100;

/** A run of the load generator from start to result: progress on standard error, the result on standard output. */
export class Session {
  private readonly group: GeneratorGroup;
  private readonly progress: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly plan: Plan,
    private readonly workload: Workload,
    private readonly options: SessionOptions,
  ) {
    this.group = generatorGroup(
      plan,
      workload,
      options.workers,
      {
        done: () => this.conclude(undefined),
        failed: (error) => {
          throw error;
        },
        log: options.log,
      },
      options.rawRecords,
    );
    this.progress = setInterval(() => this.tick(), PROGRESS_MILLISECONDS);
  }

  report(): GroupReport {
    return this.group.report();
  }

  /** Ends the run at the user's request. */
  interrupt(): void {
    this.conclude(this.options.silent ? EXIT.ok : EXIT.interrupted);
  }

  private tick(): void {
    const { options, plan, workload } = this;
    const report = this.group.report();
    const { completed, blocked, lost, timedOut } = report.recorder.counts;
    if (!options.silent && report.running) this.show(report);
    if (!options.abortOnFail || completed + blocked + lost + timedOut < LEAST_ENDED) return;
    const failed = options.thresholds.find((threshold) => threshold.mayAbort && threshold.holds(report) === false);
    if (failed === undefined) return;
    options.log(`aborted: threshold ${failed.text} failed`);
    this.conclude(exitCode(summarise(plan, workload, report, options.thresholds, true)));
  }

  private show({ totals, underWay, recorder }: GroupReport): void {
    const { sent, completed, blocked, lost, timedOut, unsent } = totals;
    if (this.options.output === "ndjson") {
      const sojourn = { mean: recorder.mean("sojourn"), p99: recorder.percentile("sojourn", 99) };
      const jobs = { sent, completed, blocked, lost, timedOut, unsent, underWay };
      write({ type: "progress", ...jobs, sojournSeconds: sojourn });
    }
    process.stderr.write(
      `sent ${sent}, completed ${completed}, blocked ${blocked}, timed out ${timedOut}, lost ${lost}, in flight ${underWay}\n`,
    );
  }

  /** @param code the exit code; undefined for that of the result */
  private conclude(code: number | undefined): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.progress);
    const { plan, workload, options } = this;
    const report = this.group.report();
    const summary = summarise(plan, workload, report, options.thresholds, code !== undefined);
    this.group.stop();
    options.rawRecords?.close();
    if (!options.silent) print(summary, options.output);
    process.stdout.write("", () => process.exit(code ?? exitCode(summary)));
  }
}

/** Writes a result to standard output. */
export function print(summary: Summary, output: (typeof OUTPUTS)[number]): void {
  if (output === "text") process.stdout.write(textReport(summary));
  else if (output === "json") process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else write({ type: "summary", ...summary });
}

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The exit code of a result. In a void run the thresholds do not count. */
export function exitCode({ whyVoid, thresholds }: Summary): number {
  if (whyVoid !== null) return EXIT.void;
  return thresholds.some(({ holds }) => holds !== true) ? EXIT.thresholdFailed : EXIT.ok;
}
