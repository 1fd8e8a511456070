import { closeSync, fstatSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import { EVENT_LOG_FORMAT, type EventLogHeader, endLine, eventLine } from "../scenarios/event-log.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { DispatcherEvent } from "./recording-dispatcher.js";

/** Lines are written so many at once: a write for each would cost more than the job itself. */
const LINES_PER_WRITE = 1000;

/**
 * The event log of a live run in a file. Where the file can take no more, it ends with the last events that fitted as a
 * whole: jobs go on, and `failed` is told why.
 */
export class EventLogFile {
  private descriptor: number | undefined;
  private lines: string[];
  private events = 0;
  private bytesWritten = 0;

  /**
   * @param failed called once, with the reason, when the file can no longer be written
   * @throws UserError if the file cannot be opened
   */
  constructor(
    private readonly file: string,
    experiment: Experiment,
    seed: string,
    private readonly failed: (why: string) => void,
  ) {
    try {
      this.descriptor = openSync(file, "w");
    } catch (error) {
      throw new UserError(
        `--record ${file}: cannot be written (${messageOf(error)}); name a file in a folder that exists`,
      );
    }
    const header: EventLogHeader = {
      format: EVENT_LOG_FORMAT,
      version: VERSION,
      scenario: experiment.scenario.name,
      parameters: experiment.parameters,
      seed,
    };
    this.lines = [JSON.stringify(header)];
  }

  readonly add = ({ name, arguments: numbers, result }: DispatcherEvent): void => {
    if (this.descriptor === undefined) return;
    this.events++;
    this.lines.push(eventLine(name, result === undefined ? numbers : [...numbers, result]));
    if (this.lines.length >= LINES_PER_WRITE) this.flush();
  };

  /** Writes all events so far. */
  flush(): void {
    const { descriptor } = this;
    if (descriptor === undefined || this.lines.length === 0) return;
    const bytes = Buffer.from(`${this.lines.join("\n")}\n`);
    this.lines = [];
    try {
      writeFileSync(descriptor, bytes);
      this.bytesWritten += bytes.length;
    } catch (error) {
      this.descriptor = undefined;
      if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor, this.bytesWritten);
      closeSync(descriptor);
      this.failed(
        `--record ${this.file}: cannot be written any more (${messageOf(error)}); make room and start again, or leave it out`,
      );
    }
  }

  /** Writes what is left, and that this is all. */
  close(): void {
    this.lines.push(endLine(this.events));
    this.flush();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}
