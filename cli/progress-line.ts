import { createLogUpdate } from "log-update";
import { paperOf, shortened } from "./paper.js";

/** How often a line is printed without a terminal to redraw. */
const LINE_MILLISECONDS = 10_000;

/** How often a line is redrawn on a terminal. */
const REDRAW_MILLISECONDS = 100;

/** Shows the progress of some work and the time left: one line redrawn on a terminal, an occasional line elsewhere. */
export class ProgressLine {
  private readonly update = createLogUpdate(process.stderr);
  private readonly isTerminal = process.stderr.isTTY === true;
  private readonly startedAt = Date.now();
  private shownAt = this.startedAt;

  constructor(private readonly what: string) {}

  /** @param done fraction of the work that is done, in (0, 1] */
  show(done: number, detail = ""): void {
    const now = Date.now();
    if (now < this.shownAt + (this.isTerminal ? REDRAW_MILLISECONDS : LINE_MILLISECONDS)) return;
    this.shownAt = now;
    const elapsed = now - this.startedAt;
    const left = Math.ceil((elapsed * (1 - done)) / done / 1000);
    const text = `${this.what}: ${Math.floor(100 * done)} %, ${formatSeconds(left)} left${detail === "" ? "" : `; ${detail}`}`;
    if (this.isTerminal) this.update(shortened(text, paperOf(process.stderr).width));
    else process.stderr.write(`${text}\n`);
  }

  /** Removes the line from a terminal. */
  clear(): void {
    if (this.isTerminal) this.update.clear();
  }

  /** Prints how long the work took. */
  end(): void {
    this.clear();
    process.stderr.write(`${this.what}: ${formatSeconds(Math.round((Date.now() - this.startedAt) / 1000))}\n`);
  }
}

function formatSeconds(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
