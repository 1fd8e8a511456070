import type { Assumption, ChartName, TailPrediction } from "../../experiments/scenario.js";
import type { Discipline } from "../../model/server-model.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { HistoryState, Row } from "../history.js";
import type { ControlOffer, Workload } from "./control.js";
import type { DispatcherState } from "./dispatcher-state.js";

/**
 * What `GET /api/events` of the dispatcher streams to the page, as server-sent events: `begin` once per connection, then
 * an `update` a few times a second.
 */
export interface FeedEvents {
  readonly begin: Beginning;
  readonly update: Update;
}

export interface Beginning {
  readonly run: RunDescription;
  readonly history: HistoryState;
  readonly events: readonly RunEvent[];
}

/** What does not change while the dispatcher runs. */
export interface RunDescription {
  /** Changes with every start of the dispatcher. */
  readonly id: string;
  readonly version: string;
  readonly scenario: string;
  readonly title: string;
  readonly source: string;
  readonly summary: string;
  readonly parameters: readonly RunParameter[];
  /** Theory's claim about each chart that it covers, in a sentence with its source. */
  readonly claims: Readonly<Partial<Record<ChartName, string>>>;
  /** The conditions of the theorems, and whether they hold. */
  readonly assumptions: readonly Assumption[];
  readonly system: SystemDescription;
  /** Positions of the servers by number; null unless the graph is made from positions in the plane. */
  readonly positions: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
  readonly controls: ControlOffer | null;
}

/** What the page needs to know of the system beside its parameters. */
export interface SystemDescription {
  /** Of the whole system at the start. */
  readonly totalArrivalRate: Rate;
  readonly discipline: Discipline;
  /** Most jobs at a server; null for any number. */
  readonly buffer: number | null;
  /** Whether servers change their own rates. */
  readonly adaptsRates: boolean;
  readonly classes: readonly { readonly name: string; readonly servers: number }[];
}

interface RunParameter {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly description: string;
}

/** An event of the run, marked on every chart over time. */
export interface RunEvent {
  readonly time: ModelTime;
  readonly kind: "phase" | "control" | "fault";
  readonly text: string;
}

export interface Update {
  readonly state: DispatcherState;
  /** To be added to the history at the state's elapsed time; null before time starts. */
  readonly row: Row | null;
  readonly fleet: FleetSample;
  readonly distributions: Distributions;
  /** What the load generators send at present, as far as it was set by hand; null where nothing can be. */
  readonly workload: Workload | null;
  /** Events since the last update. */
  readonly events: readonly RunEvent[];
}

/** `drained`: it gets no jobs at present; `gone`: it was here, and its node has left. */
export type ServerStatus = "serving" | "drained" | "gone";

/** The current state of each server; null where a server has not reported yet. */
export interface FleetSample {
  /** Sampling interval: every n-th server is shown; 1 unless the fleet is large. */
  readonly oneIn: number;
  /** The servers' own numbers. */
  readonly numbers: readonly number[];
  readonly statuses: readonly ServerStatus[];
  /** The node of each server, as an index into `DispatcherState.nodes`; null for one that is gone. */
  readonly nodes: readonly (number | null)[];
  readonly queueLengths: readonly number[];
  readonly rates: readonly (Rate | null)[];
  /** Time averages since measuring began: of I_v(t), of the number of jobs, and of being busy. */
  readonly meanIdleTimes: readonly (ModelTime | null)[];
  readonly meanQueueLengths: readonly (number | null)[];
  readonly busyFractions: readonly (number | null)[];
}

/** Distributions since measuring began, with theory's predictions. */
export interface Distributions {
  /** Fraction of time that a server holds at least 0, 1, 2, ... jobs. */
  readonly queueTail: readonly number[];
  /** The same by class of servers; empty where there is one class only. */
  readonly queueTailsByClass: readonly (readonly number[])[];
  /** Fraction of moments at which the system holds more than each of these numbers of jobs. */
  readonly totalTail: { readonly jobs: readonly number[]; readonly fractions: readonly number[] };
  /** Fraction of jobs whose sojourn time exceeds each of these times. */
  readonly sojournTail: { readonly times: readonly ModelTime[]; readonly fractions: readonly number[] };
  readonly predictedQueueTail: PredictedTail | null;
  readonly predictedSojournTail: PredictedTail | null;
}

/** A predicted tail at the points of the measured one; null where theory predicts nothing. */
export interface PredictedTail {
  readonly kind: TailPrediction["kind"];
  readonly source: string;
  readonly fractions: readonly (number | null)[];
}
