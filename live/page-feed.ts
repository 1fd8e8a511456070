import type { ModelTime, Rate } from "../model/units.js";
import type { ChartName } from "../scenarios/scenario.js";
import type { ControlOffer } from "./control.js";
import type { DispatcherState } from "./dispatcher-state.js";
import type { HistoryState, Row } from "./history.js";

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
  /** Another one after every start of the dispatcher. */
  readonly id: string;
  readonly version: string;
  readonly scenario: string;
  readonly title: string;
  readonly source: string;
  readonly summary: string;
  readonly parameters: readonly RunParameter[];
  /** The charts that theory says something about, and what, in a sentence with its source. */
  readonly claims: Readonly<Partial<Record<ChartName, string>>>;
  /** Where the servers are by their own numbers, in graphs that are made from places in the plane. */
  readonly places: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
  readonly controls: ControlOffer | null;
}

export interface RunParameter {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly description: string;
}

/** Something that happened to the run, marked on every chart over time. */
export interface RunEvent {
  readonly time: ModelTime;
  readonly kind: "phase" | "control" | "fault";
  readonly text: string;
}

export interface Update {
  readonly state: DispatcherState;
  /** To be added to the history, at the state's elapsed time; null before time starts. */
  readonly row: Row | null;
  readonly fleet: FleetLook;
  readonly distributions: Distributions;
  /** Those that happened since the last update. */
  readonly events: readonly RunEvent[];
}

/** The fleet at this moment, server by server; null where a server has not reported yet. */
export interface FleetLook {
  /** One server in so many is looked at; 1 unless the fleet is large. */
  readonly oneIn: number;
  /** The servers' own numbers. */
  readonly numbers: readonly number[];
  readonly queueLengths: readonly number[];
  readonly rates: readonly (Rate | null)[];
  /** Time averages of I_v(t) since measuring began. */
  readonly meanIdleTimes: readonly (ModelTime | null)[];
}

/** Distributions since measuring began, each beside what theory says of it. */
export interface Distributions {
  /** Part of the time that a server holds at least 0, 1, 2, ... jobs. */
  readonly queueTail: readonly number[];
  /** Part of the jobs whose sojourn took longer than each of these times. */
  readonly sojournTail: { readonly times: readonly ModelTime[]; readonly fractions: readonly number[] };
  readonly predictedQueueTail: PredictedTail | null;
  readonly predictedSojournTail: PredictedTail | null;
}

/** A tail that theory gives, at the same points as the measured one; null where it says nothing. */
export interface PredictedTail {
  readonly label: string;
  readonly fractions: readonly (number | null)[];
}
