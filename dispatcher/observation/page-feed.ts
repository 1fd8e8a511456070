import type { QuantityEvidence } from "../../experiments/evidence.js";
import { type QueueQuantity, queueTail } from "../../experiments/queue-quantities.js";
import type { Phase } from "../../experiments/run.js";
import type { Experiment, FleetView } from "../../experiments/scenario.js";
import { History } from "../../live/history.js";
import type { Workload } from "../../live/http/control.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import type {
  Beginning,
  Distributions,
  FeedEvents,
  PredictedTail,
  RunDescription,
  Update,
} from "../../live/http/page-feed.js";
import type { ModelTime } from "../../model/units.js";
import { historyRow } from "./history-row.js";
import type { NumberedServer, RunWatch } from "./run-watch.js";

/** Sources of the feed. */
export interface FeedSources {
  readonly run: RunDescription;
  readonly experiment: Experiment;
  readonly watch: RunWatch;
  readonly fleet: FleetView;
  state(): DispatcherState;
  /** Present time on the clock of the fleet's queues. */
  now(): ModelTime;
  servers(): NumberedServer[];
  /** Null where nothing can be set by hand. */
  workload(): Workload | null;
}

/** Receives one event of the feed, in event-stream format. */
export type FeedListener = (event: string | Buffer) => void;

/** Follows a run for the page: keeps its history, and sends updates to subscribers. */
export class PageFeed {
  private readonly history = new History();
  private readonly listeners = new Set<FeedListener>();
  private phase: Phase = "waiting";
  private previous: DispatcherState | undefined;
  private eventsTold = 0;

  constructor(private readonly sources: FeedSources) {}

  /** Adds a listener. Returns a function that removes it. */
  subscribe(listener: FeedListener): () => void {
    const { run, watch } = this.sources;
    const events = watch.events.slice(0, this.eventsTold);
    const beginning: Beginning = { run, history: this.history.state(), events };
    listener(eventText("begin", beginning));
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Records the present state of the run and sends an update. To be called several times a second. */
  tick(): void {
    const { watch, fleet } = this.sources;
    const state = this.sources.state();
    if (state.phase !== this.phase) {
      this.phase = state.phase;
      watch.happened("phase", state.phase);
      if (state.phase === "measuring") watch.restart(this.sources.now(), fleet);
    }
    if (state.phase === "measuring") watch.look(fleet);
    const sample = watch.sample(this.sources.servers(), fleet);
    const row = state.phase === "waiting" ? null : historyRow(state, this.previous, sample);
    if (row !== null) this.history.add(state.elapsedTime, row);
    this.previous = state;
    const events = watch.events.slice(this.eventsTold);
    this.eventsTold = watch.events.length;
    if (this.listeners.size === 0) return;
    const workload = this.sources.workload();
    const update: Update = { state, row, fleet: sample, distributions: this.distributions(state), workload, events };
    // Encoded once for all.
    const text = Buffer.from(eventText("update", update));
    for (const listener of this.listeners) listener(text);
  }

  private distributions({ quantities }: DispatcherState): Distributions {
    const { watch, fleet, experiment, run } = this.sources;
    const now = this.sources.now();
    const queueTail = watch.queueTail(now, fleet, experiment.system.servers);
    const { classes } = run.system;
    const sojournTail = watch.sojournTail();
    const { sojournTail: predicted } = experiment;
    return {
      queueTail,
      queueTailsByClass:
        classes.length === 1 ? [] : classes.map(({ servers }, i) => watch.queueTail(now, fleet, servers, [i])),
      totalTail: watch.totalTail(),
      sojournTail,
      predictedQueueTail: predictedQueueTail(quantities, queueTail.length),
      predictedSojournTail:
        predicted === undefined
          ? null
          : {
              kind: predicted.kind,
              source: predicted.source,
              fractions: sojournTail.times.map((time) => predicted.longerThan(time)),
            },
    };
  }
}

function eventText<E extends keyof FeedEvents>(event: E, data: FeedEvents[E]): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Taken from the predictions of `queue_tail_1`, `queue_tail_2`, ..., or of `busy_fraction` for the first. */
function predictedQueueTail(quantities: readonly QuantityEvidence[], levels: number): PredictedTail | null {
  const sharpest = (level: number) => {
    const names: QueueQuantity[] = level === 1 ? ["queue_tail_1", "busy_fraction"] : [queueTail(level)];
    const claims = quantities.find(({ name }) => names.some((known) => known === name))?.predictions ?? [];
    return claims.flatMap((claim) => ("value" in claim ? [claim] : []))[0];
  };
  const claims = Array.from({ length: levels }, (_, level) => sharpest(level));
  const first = claims.find((claim) => claim !== undefined);
  if (first === undefined) return null;
  const fractions = claims.map((claim, level) => (level === 0 ? 1 : claim?.kind === first.kind ? claim.value : null));
  return { kind: first.kind, source: first.source, fractions };
}
