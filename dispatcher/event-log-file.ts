import { closeSync, openSync, writeSync } from "node:fs";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import { EVENT_LOG_FORMAT, type EventLogHeader, endLine, eventLine } from "../scenarios/event-log.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { DispatcherEvent } from "./recording-dispatcher.js";

/** Lines are written so many at once: a write for each would cost more than the job itself. */
const LINES_PER_WRITE = 1000;

/** The event log of a live run in a file. */
export class EventLogFile {
  private readonly descriptor: number;
  private lines: string[];
  private events = 0;

  /** @throws UserError if the file cannot be written */
  constructor(file: string, experiment: Experiment, seed: string) {
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
    this.events++;
    this.lines.push(eventLine(name, result === undefined ? numbers : [...numbers, result]));
    if (this.lines.length >= LINES_PER_WRITE) this.flush();
  };

  /** Writes what is left, and that this is all. */
  close(): void {
    this.lines.push(endLine(this.events));
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    writeSync(this.descriptor, `${this.lines.join("\n")}\n`);
    this.lines = [];
  }
}
