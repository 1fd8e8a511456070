import { createLogUpdate } from "log-update";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { paperOf, shortened } from "./paper.js";
import { formatNumber, jobBalance, policyCost, policyLine, verdictTable } from "./table.js";

/** How often a line of progress is printed without a terminal to redraw. */
const LINE_MILLISECONDS = 10_000;
const BAND_WIDTH = 36;
/** An empty line above the table, and the line of the cursor below it. */
const LINES_LEFT_FREE = 2;

/** Shows a live run while it runs: redrawn in place on a terminal, an occasional line elsewhere. */
export class Screen {
  private readonly update = createLogUpdate(process.stderr);
  private readonly isTerminal = process.stderr.isTTY === true;
  private lastLine = "";
  private lastLineAt = 0;

  /** @param withTable whether the table is shown while the run goes on, and not only at its end */
  constructor(private readonly withTable: boolean) {}

  /** Shows a message before the run starts. */
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
    const paper = paperOf(process.stderr);
    const lines = [
      heading(state, dispatcherUrl, prometheusUrl),
      progress(state),
      jobBalance(state.totals),
      delays(state),
      rates(state),
      band(state),
    ];
    const shown = lines.map((line) => shortened(line, paper.width));
    const room = process.stderr.rows - shown.length - LINES_LEFT_FREE;
    if (this.withTable && state.phase !== "waiting")
      shown.push("", verdictTable(state.quantities, { ...paper, lines: room }));
    this.update(shown.join("\n"));
  }

  /** Erases what was drawn. */
  clear(): void {
    if (this.isTerminal) this.update.clear();
  }

  /** Prints a line if its subject is new or some time has passed since the last one. */
  private line(subject: string, text: string): void {
    const now = Date.now();
    if (subject === this.lastLine && now < this.lastLineAt + LINE_MILLISECONDS) return;
    this.lastLine = subject;
    this.lastLineAt = now;
    process.stderr.write(`${text}\n`);
  }
}

function heading(state: DispatcherState, url: string, prometheusUrl?: string): string {
  const prometheus = prometheusUrl === undefined ? "" : ` (Prometheus at ${prometheusUrl})`;
  const { scenario, servers, policy, information, totals, seed } = state;
  const { learned } = information;
  const cost = policyLine(policyCost(policy, information, totals.offered));
  const rank = learned === null ? "" : `, r = ${learned}`;
  return `${scenario} live at ${url}${prometheus}: ${servers.connected} servers, seed ${seed}${rank}, ${cost}`;
}

function progress(state: DispatcherState): string {
  const { phase, elapsedTime, warmUpTime, measuringTime, timeUnitSeconds, servers } = state;
  const seconds = (time: number): string => `${Math.max(0, Math.round(time * timeUnitSeconds))} s`;
  if (phase === "waiting") return `starting: ${servers.connected} of ${servers.expected} servers connected`;
  if (phase === "warming up") return `warming up: ${seconds(elapsedTime)} of ${seconds(warmUpTime)}`;
  const measured = elapsedTime - warmUpTime;
  if (measuringTime === null)
    return `measuring for ${seconds(measured)} after ${seconds(warmUpTime)} of warm-up; Ctrl-C to stop`;
  return `${phase}: ${seconds(Math.min(measured, measuringTime))} of ${seconds(measuringTime)}`;
}

function delays({ messageDelay, askedDelay = 0, scheduleLag, timeUnitSeconds }: DispatcherState): string {
  const milliseconds = (time: number): string => `${(1000 * time * timeUnitSeconds).toFixed(2)} ms`;
  const asked = askedDelay === 0 ? "" : ` (${milliseconds(askedDelay)} of it asked for)`;
  return `per job: ${milliseconds(messageDelay)} message delay${asked}, ${milliseconds(scheduleLag)} schedule lag`;
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
  return `0 [${cells.join("")}] ${formatNumber(scale)}  o mean, = p5 to p95${targetRate === null ? "" : ", | optimum"}`;
}
