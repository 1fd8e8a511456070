import type { DispatcherState } from "../live/dispatcher-state.js";
import { History, type Row } from "../live/history.js";
import type {
  Beginning,
  Distributions,
  FeedEvents,
  FleetLook,
  PredictedTail,
  RunDescription,
  Update,
} from "../live/page-feed.js";
import type { ModelTime } from "../model/units.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { Phase } from "../scenarios/run.js";
import type { Experiment, FleetView } from "../scenarios/scenario.js";
import type { NumberedServer, RunWatch } from "./run-watch.js";

/** What the feed is fed from. */
export interface FeedSources {
  readonly run: RunDescription;
  readonly experiment: Experiment;
  readonly watch: RunWatch;
  readonly fleet: FleetView;
  state(): DispatcherState;
  /** In the clock of the fleet's queues. */
  now(): ModelTime;
  servers(): NumberedServer[];
}

/** Takes one event of the feed, as text of an event stream. */
export type FeedListener = (event: string) => void;

/** Servers whose rates are kept over time, at most: more lines than that are a smear. */
const MOST_RATE_LINES = 50;

/** Follows a run for the page: keeps its history whether or not anyone looks, and tells those who do. */
export class PageFeed {
  private readonly history = new History();
  private readonly listeners = new Set<FeedListener>();
  private phase: Phase = "waiting";
  private previous: DispatcherState | undefined;
  private eventsTold = 0;

  constructor(private readonly sources: FeedSources) {}

  /** Begins to tell someone. Returns how to stop that. */
  subscribe(listener: FeedListener): () => void {
    const { run, watch } = this.sources;
    const events = watch.events.slice(0, this.eventsTold);
    const beginning: Beginning = { run, history: this.history.state(), events };
    listener(eventText("begin", beginning));
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes note of the run as it stands now. To be called a few times a second. */
  tick(): void {
    const { watch, fleet } = this.sources;
    const state = this.sources.state();
    if (state.phase !== this.phase) {
      this.phase = state.phase;
      watch.happened("phase", state.phase);
      if (state.phase === "measuring") watch.restart(this.sources.now(), fleet);
    }
    const look = watch.look(this.sources.servers(), fleet);
    const row = state.phase === "waiting" ? null : rowOf(state, this.previous, look);
    if (row !== null) this.history.add(state.elapsedTime, row);
    this.previous = state;
    const events = watch.events.slice(this.eventsTold);
    this.eventsTold = watch.events.length;
    if (this.listeners.size === 0) return;
    const update: Update = { state, row, fleet: look, distributions: this.distributions(state), events };
    const text = eventText("update", update);
    for (const listener of this.listeners) listener(text);
  }

  private distributions({ quantities }: DispatcherState): Distributions {
    const { watch, fleet, experiment } = this.sources;
    const queueTail = watch.queueTail(this.sources.now(), fleet, experiment.system.servers);
    const sojournTail = watch.sojournTail();
    const { sojournTail: predicted } = experiment;
    return {
      queueTail,
      sojournTail,
      predictedQueueTail: predictedQueueTail(quantities, queueTail.length),
      predictedSojournTail:
        predicted === undefined
          ? null
          : {
              label: `${predicted.kind}: ${predicted.source}`,
              fractions: sojournTail.times.map((time) => predicted.longerThan(time)),
            },
    };
  }
}

function eventText<E extends keyof FeedEvents>(event: E, data: FeedEvents[E]): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The history's row of this moment. Rates of what happened are over the time since the state before. */
function rowOf(state: DispatcherState, before: DispatcherState | undefined, fleet: FleetLook): Row {
  const { totals, schedule, lateness, timeUnitSeconds, rates, quantities } = state;
  const per = (gained: number, events: number, factor: number): number | null =>
    events > 0 ? (factor * gained) / events : null;
  const seconds = (state.elapsedTime - (before?.elapsedTime ?? 0)) * timeUnitSeconds;
  const row: Record<string, number | null> = {
    throughput: per(totals.completed - (before?.totals.completed ?? 0), seconds, 1),
    blocked: per(totals.blocked - (before?.totals.blocked ?? 0), totals.offered - (before?.totals.offered ?? 0), 1),
    lateness: per(
      lateness.totalSeconds - (before?.lateness.totalSeconds ?? 0),
      lateness.deliveries - (before?.lateness.deliveries ?? 0),
      1000,
    ),
    scheduleLag: per(
      schedule.lag - (before?.schedule.lag ?? 0),
      schedule.sent - (before?.schedule.sent ?? 0),
      1000 * timeUnitSeconds,
    ),
    "rate mean": rates?.mean ?? null,
    "rate p05": rates?.p05 ?? null,
    "rate p95": rates?.p95 ?? null,
  };
  const every = Math.ceil(fleet.numbers.length / MOST_RATE_LINES) || 1;
  for (let i = 0; i < fleet.numbers.length; i += every) row[`rate of server ${fleet.numbers[i]}`] = fleet.rates[i];
  if (state.phase === "warming up") return rounded(row);
  for (const { name, measured, ciLow, ciHigh } of quantities) {
    Object.assign(row, { [name]: measured, [`${name} low`]: ciLow, [`${name} high`]: ciHigh });
  }
  return rounded(row);
}

/** Six digits: more than a chart shows, and half the bytes. */
function rounded(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value.toPrecision(6))]),
  );
}

/** From the predictions of the quantities `queue_tail_1`, `queue_tail_2`, ..., or of `busy_fraction` for the first. */
function predictedQueueTail(quantities: readonly QuantityEvidence[], levels: number): PredictedTail | null {
  const sharpest = (level: number) => {
    const names = level === 1 ? ["queue_tail_1", "busy_fraction"] : [`queue_tail_${level}`];
    const claims = quantities.find(({ name }) => names.includes(name))?.predictions ?? [];
    return claims.flatMap((claim) => ("value" in claim ? [claim] : []))[0];
  };
  const claims = Array.from({ length: levels }, (_, level) => sharpest(level));
  const kinds = new Set(claims.flatMap((claim) => (claim === undefined ? [] : [claim.kind])));
  if (kinds.size === 0) return null;
  const fractions = claims.map((claim, level) => (level === 0 ? 1 : (claim?.value ?? null)));
  return { label: `predicted: ${[...kinds].join(", ")}`, fractions };
}
