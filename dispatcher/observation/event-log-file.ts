import { closeSync, fstatSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import type { Experiment } from "../../experiments/scenario.js";
import { Sha256Checksum } from "../../live/line-checksum.js";
import { VERSION } from "../../live/processes/version.js";
import { messageOf, UserError } from "../../model/errors.js";
import { checksumLine, EVENT_LOG_FORMAT, type EventLogHeader, endLine, eventLine } from "../../model/event-log.js";
import type { DispatcherEvent } from "../core/recording-dispatcher.js";

/** Lines per write: a write for each event would cost more than the event itself. */
const LINES_PER_WRITE = 1000;

interface RecordedSystem {
  readonly experiment: Experiment;
  /** Those of its parameters that were set, with the contents of files. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly number: number;
}

/**
 * The event log of a live run. If a write fails, the file is truncated to the last complete batch and `failed` is called; the
 * run goes on.
 */
export class EventLogFile {
  private descriptor: number | undefined;
  private lines: string[];
  private events = 0;
  private bytesWritten = 0;
  private readonly checksum = new Sha256Checksum();

  /**
   * @param run what is recorded, and the dispatcher's number among several
   * @param failed called once, with the reason, when the file can no longer be written
   * @throws UserError if the file cannot be opened
   */
  constructor(
    private readonly file: string,
    { experiment, settings, seed, number }: RecordedSystem,
    private readonly failed: (why: string) => void,
  ) {
    try {
      this.descriptor = openSync(file, "w");
    } catch (error) {
      throw new UserError(
        `--record ${file}: cannot be written (${messageOf(error)}); name a file in an existing folder`,
      );
    }
    const { division } = experiment.system;
    const header: EventLogHeader = {
      format: EVENT_LOG_FORMAT,
      version: VERSION,
      scenario: experiment.scenario.name,
      parameters: settings,
      seed,
      ...(division === undefined ? {} : { share: { ...division, number } }),
    };
    this.lines = [JSON.stringify(header)];
  }

  readonly add = ({ name, arguments: numbers, result }: DispatcherEvent): void => {
    if (this.descriptor === undefined) return;
    this.events++;
    this.lines.push(eventLine(name, result === undefined ? numbers : [...numbers, result]));
    if (this.lines.length >= LINES_PER_WRITE) this.flush();
  };

  /** Writes all pending events, and a checksum of everything so far. */
  flush(): void {
    const { descriptor } = this;
    if (descriptor === undefined || this.lines.length === 0) return;
    const lines = this.lines.splice(0);
    for (const line of lines) this.checksum.add(line);
    const last = checksumLine(this.checksum);
    this.checksum.add(last);
    const bytes = Buffer.from(`${[...lines, last].join("\n")}\n`);
    try {
      writeFileSync(descriptor, bytes);
      this.bytesWritten += bytes.length;
    } catch (error) {
      this.descriptor = undefined;
      if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor, this.bytesWritten);
      closeSync(descriptor);
      this.failed(
        `--record ${this.file}: can no longer be written (${messageOf(error)}); free some space and start again, or leave it out`,
      );
    }
  }

  /** Writes the pending events and the end marker. */
  close(): void {
    this.flush();
    this.lines.push(endLine(this.events));
    this.flush();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}
