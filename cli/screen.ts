import { createLogUpdate } from "log-update";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { books, formatNumber, policyCost, policyLine, verdictTable } from "./table.js";

/** How often a line of progress is printed where there is no terminal to redraw. */
const LINE_MILLISECONDS = 10_000;
const BAND_WIDTH = 50;

/** Shows a live run while it runs: redrawn in place on a terminal, a line now and then elsewhere. */
export class Screen {
  private readonly update = createLogUpdate(process.stderr);
  private readonly isTerminal = process.stderr.isTTY === true;
  private lastLine = "";
  private lastLineAt = 0;

  /** @param withTable whether the table is part of the live picture, and not only of the end */
  constructor(private readonly withTable: boolean) {}

  /** Shows a message while nothing runs yet. */
  status(message: string): void {
    if (this.isTerminal) this.update(message);
    else this.line(message, message);
  }

  show(state: DispatcherState, dispatcherUrl: string, prometheusUrl?: string): void {
    if (!this.isTerminal) {
      this.line(
        `${state.phase}|${state.servers.connected === state.servers.expected}`,
        [progress(state), rates(state)].join(" | "),
      );
      return;
    }
    const table =
      this.withTable && state.phase !== "waiting" ? [verdictTable(state.quantities, state.familyConfidence)] : [];
    this.update(
      [
        heading(state, dispatcherUrl, prometheusUrl),
        progress(state),
        jobs(state),
        rates(state),
        band(state),
        "",
        ...table,
      ].join("\n"),
    );
  }

  /** Leaves what was drawn last on the terminal. */
  done(): void {
    if (this.isTerminal) this.update.done();
  }

  /** Takes away what was drawn. */
  clear(): void {
    if (this.isTerminal) this.update.clear();
  }

  /** Prints a line if it is about something new, or the last one is a while ago. */
  private line(subject: string, text: string): void {
    const now = Date.now();
    if (subject === this.lastLine && now < this.lastLineAt + LINE_MILLISECONDS) return;
    this.lastLine = subject;
    this.lastLineAt = now;
    process.stderr.write(`${text}\n`);
  }
}

function heading(state: DispatcherState, url: string, prometheusUrl?: string): string {
  const prometheus = prometheusUrl === undefined ? "" : `; Prometheus at ${prometheusUrl}`;
  const { scenario, servers, policy, information, totals, seed } = state;
  const { learned } = information;
  const cost = policyLine(policyCost(policy, information, totals.offered));
  return `${scenario} live: ${servers.connected} servers, ${cost}${learned === null ? "" : `, r = ${learned}`}, seed ${seed}; watch it at ${url}${prometheus}`;
}

function progress(state: DispatcherState): string {
  const { phase, elapsedTime, warmUpTime, measuringTime, timeUnitSeconds, servers } = state;
  const seconds = (time: number): string => `${Math.max(0, Math.round(time * timeUnitSeconds))} s`;
  if (phase === "waiting") return `starting: ${servers.connected} of ${servers.expected} servers are here`;
  if (phase === "warming up") return `warming up: ${seconds(elapsedTime)} of ${seconds(warmUpTime)}`;
  const measured = elapsedTime - warmUpTime;
  if (measuringTime === null)
    return `measuring for ${seconds(measured)} after ${seconds(warmUpTime)} of warm-up; Ctrl-C ends it`;
  return `${phase}: ${seconds(Math.min(measured, measuringTime))} of ${seconds(measuringTime)}`;
}

function jobs({ totals, messageDelay, scheduleLag, timeUnitSeconds }: DispatcherState): string {
  const milliseconds = (time: number): string => `${(1000 * time * timeUnitSeconds).toFixed(2)} ms`;
  return (
    `${books(totals)}; ` +
    `per job ${milliseconds(messageDelay)} message delay, ${milliseconds(scheduleLag)} schedule lag`
  );
}

function rates({ rates, targetRate }: DispatcherState): string {
  if (rates === null) return "service rates: no report yet";
  const target = targetRate === null ? "" : `, optimum ${formatNumber(targetRate)}`;
  return `service rates: mean ${rates.mean.toFixed(4)}, 5th percentile ${rates.p05.toFixed(4)}, 95th ${rates.p95.toFixed(4)}${target}`;
}

/** The fleet's rates on a line from 0 to twice the target: 5th to 95th percentile, mean, and the target itself. */
function band({ rates, targetRate }: DispatcherState): string {
  if (rates === null) return "";
  const scale = 2 * (targetRate ?? rates.mean);
  const column = (rate: number): number => Math.min(BAND_WIDTH, Math.round((rate / scale) * BAND_WIDTH));
  const cells = Array.from({ length: BAND_WIDTH + 1 }, (_, i): string =>
    i >= column(rates.p05) && i <= column(rates.p95) ? "=" : " ",
  );
  if (targetRate !== null) cells[column(targetRate)] = "|";
  cells[column(rates.mean)] = "o";
  return `0 [${cells.join("")}] ${formatNumber(scale)}   (o mean, = 5th to 95th percentile${targetRate === null ? "" : ", | optimum"})`;
}
