import { createLogUpdate } from "log-update";

/** How often a line is printed where there is no terminal to redraw. */
const LINE_MILLISECONDS = 10_000;

/** Says how far some work is and how long the rest will take: one line redrawn on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  private readonly update = createLogUpdate(process.stderr);
  private readonly isTerminal = process.stderr.isTTY === true;
  private readonly startedAt = Date.now();
  private printedAt = this.startedAt;

  constructor(private readonly what: string) {}

  /** @param done the part of the work that is done, in (0, 1] */
  show(done: number, detail = ""): void {
    const elapsed = Date.now() - this.startedAt;
    const left = Math.ceil((elapsed * (1 - done)) / done / 1000);
    const text = `${this.what}: ${Math.floor(100 * done)} %, ${formatSeconds(left)} left${detail === "" ? "" : `; ${detail}`}`;
    if (this.isTerminal) this.update(text);
    else if (Date.now() >= this.printedAt + LINE_MILLISECONDS) {
      this.printedAt = Date.now();
      process.stderr.write(`${text}\n`);
    }
  }

  /** Says how long it took. */
  end(): void {
    if (this.isTerminal) this.update.clear();
    process.stderr.write(`${this.what}: ${formatSeconds(Math.round((Date.now() - this.startedAt) / 1000))}\n`);
  }
}

function formatSeconds(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
