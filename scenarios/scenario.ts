import type { PolicyFactory, PolicyInformation } from "../dispatcher/policies/index.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import type { ServerModel } from "../model/server-model.js";
import type { SlotLaw } from "../model/slot-laws.js";
import type { Interval } from "../model/statistics/interval.js";
import type { DispatcherTotals, ServerTotals, SlotTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { Prediction, PredictionKind } from "../theory/prediction.js";
import type { ParameterDefinitions } from "./parameters.js";

export type { PolicyInformation };

/** An experiment of a paper: its parameters, the system to run, what is measured, and what theory says of it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The paper, by authors and year. */
  readonly source: string;
  readonly summary: string;
  readonly parameters: ParameterDefinitions;
  /** The charts that theory says something about, and what: one sentence each, with where it is stated. */
  readonly claims: Readonly<Partial<Record<ChartName, string>>>;
  /** Reads the settings. Throws UserError for an unknown parameter or a value out of range. `seed` is the run's. */
  configure(settings: Readonly<Record<string, string>>, seed: string): Experiment;
}

/** What the page and the dashboards can show of any scenario beside its quantities. */
export type ChartName = "service-rates" | "idle-times" | "queue-lengths" | "sojourn-times" | "fleet";

/** A scenario with its parameters set. */
export interface Experiment {
  readonly scenario: Scenario;
  /** Every parameter with the value it has, as text that `--set` reads back. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly system: SystemModel;
  /** Conditions of the theorems, with whether they hold here. */
  readonly assumptions: readonly Assumption[];
  /** Time until the start is forgotten, by what theory says of it. */
  readonly warmUpTime: ModelTime;
  /** How long to measure unless told otherwise. */
  readonly measuringTime: ModelTime;
  /** How long the system remembers, where that may be longer than any run: a run must last several times as long. */
  readonly relaxationTime?: ModelTime;
  /** Set if queue lengths are all that is measured and a Markov chain by themselves: a simulation needs no single jobs then. */
  readonly isQueueChain?: true;
  /** What the rates of the servers should tend to, if they tend to something. */
  readonly targetRate?: Rate;
  readonly quantities: readonly QuantityDefinition[];
  /** What theory says of the whole distribution of sojourn times, where it does. */
  readonly sojournTail?: TailPrediction;
  /** A new, empty measurement. */
  measure(): Measurement;
  /** What theory says of each quantity, the sharpest first. */
  predict(conditions: RunConditions): ReadonlyMap<string, readonly Prediction[]>;
}

/** The tail of a distribution as theory gives it. */
export interface TailPrediction {
  readonly kind: PredictionKind;
  readonly source: string;
  /** The probability of more than `time`. */
  longerThan(time: ModelTime): number;
}

/** What to run: everything that the three kinds of process need to know, each its own part. */
export interface SystemModel {
  readonly servers: number;
  /** Jobs per unit of model time to the whole system. */
  readonly totalArrivalRate: Rate;
  /** A rate that changes instead, as `--schedule` of the load generator takes it. */
  readonly arrivalSchedule?: string | undefined;
  /** Jobs in the system at the start. */
  readonly backlog: number;
  readonly policy: PolicyFactory;
  /** Which servers, by their numbers, can do jobs of which type; every job is of a random type. One type for all if left out. */
  readonly graph?: CompatibilityGraph;
  readonly server: ServerModel;
  /** Classes of servers, by name; a server that does not say is of the first. */
  readonly classNames: readonly string[];
  /** The class of each server, as an index into `classNames`. */
  classOf(server: number): number;
  /** Set if time is slotted: a unit of time is a slot then, and these are what arrives and what a server can serve in one. */
  readonly slots?: { readonly arrivals: SlotLaw; readonly services: SlotLaw };
}

/** The queue lengths of the servers of one class over time. Levels start at 1. */
export interface QueueView {
  /** Jobs that these servers hold now. */
  readonly jobs: number;
  /** A level above which there was no server so far. */
  readonly highest: number;
  /** Servers with at least `level` jobs now. */
  count(level: number): number;
  /** The integral of that number over time, from 0 until now. */
  integral(level: number, now: ModelTime): number;
}

/** What the dispatcher sees of jobs and servers, for the measurement. */
export interface FleetView {
  readonly totals: Readonly<DispatcherTotals>;
  /** By class of servers. */
  readonly queues: readonly QueueView[];
  queueLength(server: number): number;
  /** What the policy has cost in information so far: messages besides the jobs, and what it keeps of each server. */
  readonly information: PolicyInformation;
  /** What a policy that learns has learned so far: the rank r of SLTA. */
  readonly learned: number | undefined;
  /** The rate that the server announced. */
  rate(server: number): Rate;
  /** In slotted time only. */
  readonly slots?: Readonly<SlotTotals> | undefined;
}

export interface Assumption {
  readonly condition: string;
  readonly holds: boolean;
  /** What it says, with the values at hand. */
  readonly meaning: string;
  /** What it means that it is violated. */
  readonly consequence: string;
}

export interface QuantityDefinition {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** The widest interval that still decides: half its width, in the quantity's unit. */
  readonly precision: number;
}

/** What a real run adds to the model, measured, for predictions that take account of it. */
export interface RunConditions {
  /** Mean time per job that the dispatcher takes a server for busy although it is not: messages and late timers. */
  readonly messageDelay: ModelTime;
  /** Fraction of jobs that were held up, on their way to the dispatcher or after it, many of them at once. */
  readonly heldUpFraction: number;
}

/** What was measured of one quantity. */
export interface Measured {
  readonly value: number;
  /** Of a standard deviation that may be 0: an unbiased estimate of its square, which may be below 0. Runs are averaged by it. */
  readonly variance?: number;
  /** Of a fraction that may be rare: how many trials it is a fraction of. */
  readonly trials?: number;
  /** How far the value is off on average in a run of this length, at most, where that is not 0: no average over runs mends it. */
  bias?(): number;
  /** The interval that covers the true value with this confidence. Infinite limits where there are too few data. */
  interval(confidence: number): Interval;
}

/**
 * Gathers the evidence of a run. The driver, live or in virtual time, tells it of every server a few times per unit of
 * relaxation time, and closes an epoch at regular times.
 */
export interface Measurement {
  /** The system starts, and with it the load. */
  started?(now: ModelTime): void;
  /** A look at one server: its totals and its rate at this moment. */
  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void;
  /** The server has left; if it comes back, its totals start anew. */
  forgetServer(server: number): void;
  closeEpoch(now: ModelTime, fleet: FleetView): void;
  readonly epochs: number;
  conditions(): RunConditions;
  /** Jobs that the dispatcher counted as lost while measuring. */
  readonly lost: number;
  measured(): ReadonlyMap<string, Measured>;
}

/** Length of an epoch. Short against the relaxation time of the rates, long against a message delay. */
export const EPOCH_TIME: ModelTime = 5;
