import { EXIT } from "../live/process.js";
import { type Crew, type CrewReport, crewOf } from "./crew.js";
import type { Plan } from "./plan.js";
import type { RawRecords } from "./raw-records.js";
import { type Summary, summarise } from "./summary.js";
import { textReport } from "./text-report.js";
import type { Threshold } from "./thresholds.js";

export const OUTPUTS = ["text", "json", "ndjson"] as const;

export interface SessionOptions {
  readonly workers: number;
  readonly thresholds: readonly Threshold[];
  /** Ends the run as soon as a threshold fails. */
  readonly abortOnFail: boolean;
  readonly output: (typeof OUTPUTS)[number];
  /** Under the `equipoise` command, which has a table of its own: neither progress nor result. */
  readonly silent: boolean;
  readonly rawRecords: RawRecords | undefined;
  log(message: string): void;
}

const PROGRESS_MILLISECONDS = 1000;
/** Before so many jobs have completed, no threshold aborts the run. */
const LEAST_COMPLETED = 100;

/** A run of the load generator from its start to its result: progress to standard error, results to standard output. */
export class Session {
  private readonly crew: Crew;
  private readonly progress: NodeJS.Timeout;
  private ended = false;

  /** Throws UserError for a workload that cannot be read. */
  constructor(
    private readonly plan: Plan,
    private readonly options: SessionOptions,
  ) {
    this.crew = crewOf(
      plan,
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

  report(): CrewReport {
    return this.crew.report();
  }

  /** Somebody asked it to end. */
  interrupt(): void {
    this.conclude(this.options.silent ? EXIT.ok : EXIT.interrupted);
  }

  private tick(): void {
    const { options, plan } = this;
    const report = this.crew.report();
    if (!options.silent && report.running) this.show(report);
    if (!options.abortOnFail || report.recorder.counts.completed < LEAST_COMPLETED) return;
    const failed = options.thresholds.find((threshold) => threshold.holds(report.recorder) === false);
    if (failed === undefined) return;
    options.log(`aborted: threshold ${failed.text} failed`);
    this.conclude(exitCode(summarise(plan, report, options.thresholds, true)));
  }

  private show({ totals, underWay, recorder }: CrewReport): void {
    const { sent, completed, blocked, lost, unsent } = totals;
    if (this.options.output === "ndjson") {
      const sojourn = { mean: recorder.mean("sojourn"), p99: recorder.percentile("sojourn", 99) };
      write({ type: "progress", sent, completed, blocked, lost, unsent, underWay, sojournSeconds: sojourn });
    }
    process.stderr.write(
      `sent ${sent}, completed ${completed}, blocked ${blocked}, lost ${lost}, under way ${underWay}\n`,
    );
  }

  /** @param code the exit code; undefined for what the result says */
  private conclude(code: number | undefined): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.progress);
    const { plan, options } = this;
    const report = this.crew.report();
    const summary = summarise(plan, report, options.thresholds, code !== undefined);
    this.crew.stop();
    options.rawRecords?.close();
    if (!options.silent) {
      if (options.output === "text") process.stdout.write(textReport(summary));
      else if (options.output === "json") process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      else write({ type: "summary", ...summary });
    }
    process.stdout.write("", () => process.exit(code ?? exitCode(summary)));
  }
}

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** What a result means for the exit code: a void one says nothing of the thresholds. */
function exitCode({ whyVoid, thresholds }: Summary): number {
  if (whyVoid !== null) return EXIT.void;
  return thresholds.some(({ holds }) => holds !== true) ? EXIT.thresholdFailed : EXIT.ok;
}
