import type { ProcessSource } from "../model/arrivals/index.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import type { AskedDelays } from "../model/message-delay.js";
import type { ServerModels } from "../model/server-model.js";
import type { SlotLaw } from "../model/slot-laws.js";
import type { Interval } from "../model/statistics/interval.js";
import type { FleetTimes, JobGroups } from "../model/statistics/job-times.js";
import type { DispatcherTotals, ServerTotals, SlotTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { PolicyFactory, PolicyInformation, Thresholds } from "../policies/index.js";
import type { PredictionKind, Predictions } from "../theory/prediction.js";
import type { ParameterDefinitions } from "./parameters.js";
import type { QuantityDefinition } from "./quantities.js";

export type { PolicyInformation, Thresholds };

/** An experiment from a paper: its parameters, the system, what is measured, and what theory predicts. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The paper, by authors and year. */
  readonly source: string;
  readonly summary: string;
  readonly parameters: ParameterDefinitions;
  /** Charts that theory makes a statement about: one sentence each, with its source. */
  readonly claims: Readonly<Partial<Record<ChartName, string>>>;
  /** Parses the settings, for a run with this seed. Throws UserError for an unknown parameter or a value out of range. */
  configure(settings: Readonly<Record<string, string>>, seed: string): Experiment;
}

/** Charts that the page and the dashboards can show for any scenario besides its quantities. */
export type ChartName = "service-rates" | "idle-times" | "queue-lengths" | "sojourn-times" | "fleet";

/** A scenario with its parameters set. */
export interface Experiment {
  readonly scenario: Scenario;
  /** The value of every parameter, as text that `--set` parses. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly system: SystemModel;
  /** Conditions of the theorems, and whether they hold here. */
  readonly assumptions: readonly Assumption[];
  /** Time until the initial state is forgotten, from theory. */
  readonly warmUpTime: ModelTime;
  /** The shortest warm-up after which predictions hold, if other than `warmUpTime`: 0 where they follow the system from its start. */
  readonly settledAfter?: ModelTime;
  /** Why no warm-up is known to be long enough; left out where one is. */
  readonly whyNeverSettled?: string;
  /** Default measuring time. */
  readonly measuringTime: ModelTime;
  /** Relaxation time, given where it can be longer than a run: a run must last several times as long. */
  readonly relaxationTime?: ModelTime;
  /** Set if the queue lengths form a Markov chain and are all that is measured: a simulation need not track individual jobs. */
  readonly isQueueChain?: true;
  /** Set if the system's own simulation is to predict of a real run what theory does not. */
  readonly isPredictedBySimulation?: true;
  /** The limit of the service rates, if there is one. */
  readonly targetRate?: Rate;
  readonly quantities: readonly QuantityDefinition[];
  /** The predicted distribution of sojourn times, if there is one. */
  readonly sojournTail?: TailPrediction;
  /** A new, empty measurement. */
  measure(): Measurement;
  /** Predictions of each quantity, sharpest first. */
  predict(conditions: RunConditions): Predictions;
  /**
   * The same experiment with so many dispatchers, where what is measured depends on that; as it is if left out. Throws UserError if it needs
   * several of them.
   */
  withDispatchers?(dispatchers: number): Experiment;
  /** Those of several dispatchers where `predict` is about one; none if left out. */
  predictDivided?(division: Division, conditions: RunConditions): Predictions;
}

/** The predicted tail of a distribution. */
export interface TailPrediction {
  readonly kind: PredictionKind;
  readonly source: string;
  /** The probability of exceeding `time`. */
  longerThan(time: ModelTime): number;
}

/** The system to run: everything that the three kinds of process need to know. */
export interface SystemModel extends ServerModels, AskedDelays {
  readonly servers: number;
  /** Jobs per unit of model time, for the whole system. */
  readonly totalArrivalRate: Rate;
  /** A time-dependent rate instead, in the syntax of the load generator's `--schedule`. */
  readonly arrivalSchedule?: string | undefined;
  /** Jobs that come together at the start. */
  readonly backlog: number;
  /** Set if `policy` sends these to servers that the start says. */
  readonly isPlaced?: true;
  readonly policy: PolicyFactory;
  /** Which servers, by number, can serve which task type; every job has a uniformly random type. A single type if left out. */
  readonly graph?: CompatibilityGraph;
  /** Without a graph: types of jobs, equally likely, by which a policy may tell them apart. A single one if left out. */
  readonly keys?: number;
  /** The law of the job sizes; exponential of unit mean if left out. */
  readonly sizes?: JobSizeLaw;
  /** The arrival process, of whatever rate; Poisson if left out. */
  readonly arrivals?: ProcessSource;
  /** A job that is longer at its server has timed out; jobs never do if left out. */
  readonly timeout?: ModelTime | undefined;
  /** Whose times at servers are told apart, besides those of all jobs; if left out, no times are measured. */
  readonly timesApart?: JobGroups | undefined;
  /** Names of the server classes; a server that names none is of the first. */
  readonly classNames: readonly string[];
  /** The class of each server, as an index into `classNames`. */
  classOf(server: number): number;
  /** Set if several dispatchers share the servers. */
  readonly division?: Division;
  /** Set if time is slotted: a time unit is a slot, and these are the laws of the arrivals and of a server's service per slot. */
  readonly slots?: { readonly arrivals: SlotLaw; readonly services: SlotLaw };
}

/**
 * What each of several dispatchers knows of the servers that they share: what the servers tell it, or only of the jobs that it has
 * sent itself, as most balancers do.
 */
export const VIEWS = ["told", "local"] as const;
export type Views = (typeof VIEWS)[number];

/** How many dispatchers there are, and what they know. */
export interface Division {
  readonly dispatchers: number;
  readonly views: Views;
}

/** The queue lengths of the servers of one class over time. Levels start at 1. */
export interface QueueView {
  /** Jobs at these servers now. */
  readonly jobs: number;
  /** A queue length that no server has exceeded so far. */
  readonly highest: number;
  /** Servers with at least `level` jobs now. */
  count(level: number): number;
  /** The integral of that number over time, from 0 to `now`. */
  integral(level: number, now: ModelTime): number;
}

/** The dispatcher's view of jobs and servers, for the measurement. */
export interface FleetView {
  readonly totals: Readonly<DispatcherTotals>;
  /** The times of completed jobs at their servers; undefined where nobody sees all of them. */
  readonly times?: FleetTimes | undefined;
  /** By class of servers. */
  readonly queues: readonly QueueView[];
  queueLength(server: number): number;
  /** The policy's communication cost so far: messages besides the jobs, and bits kept per server. */
  readonly information: PolicyInformation;
  /** The learned parameter of a learning policy: the rank r of SLTA. */
  readonly learned: number | undefined;
  /** What a policy that sends jobs by thresholds has come to. */
  readonly thresholds?: Thresholds | undefined;
  /** The rate that the server announced. */
  rate(server: number): Rate;
  /** Only in slotted time. */
  readonly slots?: Readonly<SlotTotals> | undefined;
}

export interface Assumption {
  readonly condition: string;
  /** Null where it is not known. */
  readonly holds: boolean | null;
  /** The condition at the present values. */
  readonly meaning: string;
  /** What follows if it is violated, or may be. */
  readonly consequence: string;
}

/** Whether an assumption holds, in a word. */
export function standing({ holds }: Pick<Assumption, "holds">): "holds" | "violated" | "unknown" {
  if (holds === null) return "unknown";
  return holds ? "holds" : "violated";
}

/** Measured deviations of a real run from the model, for predictions that account for them. */
export interface RunConditions {
  /** Mean time per job by which the dispatcher overestimates the time at the server: messages and late timers. */
  readonly messageDelay: ModelTime;
  /** The part of it that messages have on purpose: 0 if left out. */
  readonly askedDelay?: ModelTime;
  /** Fraction of jobs held up in bursts, before or after the dispatcher. */
  readonly heldUpFraction: number;
}

/** What was measured of one quantity. */
export interface Measured {
  readonly value: number;
  /** For a standard deviation that may be 0: an unbiased estimate of its square, possibly negative, to average over runs. */
  readonly variance?: number;
  /** For a fraction: what its observations are worth at most, in independent trials. */
  readonly trials?: number;
  /** Bound on the bias in a run of this length, if not 0: averaging over runs does not reduce it. */
  bias?(): number;
  /** The confidence interval at this level; infinite limits if there are too few data. */
  interval(confidence: number): Interval;
}

/**
 * The measurement of a run. The driver, live or in virtual time, reports every server a few times per relaxation time, and
 * closes an epoch at regular intervals.
 */
export interface Measurement<Name extends string = string> {
  /** The system starts to receive jobs. */
  started?(now: ModelTime): void;
  /** An observation of one server: its totals and its present rate. */
  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void;
  /** The server has left; if it comes back, its totals restart from 0. */
  forgetServer(server: number): void;
  closeEpoch(now: ModelTime, fleet: FleetView): void;
  readonly epochs: number;
  conditions(): RunConditions;
  /** Jobs that the dispatcher counted as lost while measuring. */
  readonly lost: number;
  measured(): ReadonlyMap<Name, Measured>;
}

/** Length of an epoch: short compared with the relaxation time of the rates, long compared with a message delay. */
export const EPOCH_TIME: ModelTime = 5;
